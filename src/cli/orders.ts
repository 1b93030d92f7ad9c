import type { Command } from 'commander';
import { endpoints, type JsonObject, type LaterCommandName } from '../contracts/index.ts';
import { ask, type ChangingFlags, callOptionsOf, withChangingFlags, withExpectedVersion } from './asking.ts';
import type { CliContext } from './context.ts';
import { showOrder } from './show/order.ts';
import { given, jsonObject, linePart, repeated, returnedPart, wholeNumber } from './values.ts';

/** Every flag that some command on an order has. */
interface OrderFlags extends ChangingFlags {
  readonly expectedVersion?: number;
  readonly amount?: number;
  readonly provider?: string;
  readonly token?: string;
  readonly line?: readonly JsonObject[];
  readonly carrier?: string;
  readonly tracking?: string;
  readonly parcel?: string;
  readonly failed?: true;
  readonly lost?: true;
  readonly reason?: string;
  readonly refund?: number;
  readonly address?: JsonObject;
}

/** What is special about one command: its flags, an argument after the order's id, and the body they make. */
interface CommandLine {
  /** Its name on the command line. */
  readonly word: string;
  readonly flags: (command: Command) => Command;
  readonly argument?: { readonly usage: string; readonly meaning: string; readonly parse?: (text: string) => unknown };
  readonly body: (flags: OrderFlags, argument: unknown) => JsonObject;
  readonly examples: readonly string[];
}

const linePartFlag = ['--line <line:quantity>', 'a part of a line; may be repeated', repeated(linePart)] as const;
const reasonFlag = ['--reason <text>', 'why; goes into the history'] as const;

const commandLines: Record<LaterCommandName, CommandLine> = {
  pay: {
    word: 'pay',
    flags: (command) =>
      command
        .option('--token <token>', "the provider's token; sandbox knows ok, declined and silent")
        .option('--provider <name>', 'who takes the money (default: sandbox, with --token)')
        .option('--amount <n>', 'in the smallest unit; what is outstanding where left out', wholeNumber),
    body: ({ amount, provider, token }) => ({
      amount,
      method: token === undefined && provider === undefined ? undefined : { provider: provider ?? 'sandbox', token },
    }),
    examples: ['ordo pay SO-1 --token ok', 'ordo pay SO-1 --token ok --amount 3330 --request-id attempt-2'],
  },
  ship: {
    word: 'ship',
    flags: (command) =>
      command
        .option(...linePartFlag)
        .option('--carrier <name>')
        .option('--tracking <number>'),
    body: ({ line, carrier, tracking }) => ({ lines: line, carrier, tracking }),
    examples: ['ordo ship SO-1', 'ordo ship SO-1 --line 1:4 --line 2:1 --carrier DHL --tracking JD014'],
  },
  deliver: {
    word: 'deliver',
    flags: (command) =>
      command
        .option('--parcel <id>', 'such as P1; every parcel under way where left out')
        .option('--failed', 'it could not be handed over')
        .option('--lost', 'it is lost: its lines are open again')
        .option(...reasonFlag),
    body: ({ parcel, failed, lost, reason }) => ({ parcel, failed, lost, reason }),
    examples: ['ordo deliver SO-1', "ordo deliver SO-1 --parcel P1 --failed --reason 'nobody in'"],
  },
  confirmReceipt: {
    word: 'confirm-receipt',
    flags: (command) => command,
    body: () => ({}),
    examples: ['ordo confirm-receipt SO-1'],
  },
  cancel: {
    word: 'cancel',
    flags: (command) => command.option(...linePartFlag).option(...reasonFlag),
    body: ({ line, reason }) => ({ lines: line, reason }),
    examples: ['ordo cancel SO-1 --reason customer', 'ordo cancel SO-1 --line 2:1'],
  },
  return: {
    word: 'return',
    flags: (command) =>
      command
        .option('--line <line:quantity[:writeoff]>', 'what came back; may be repeated', repeated(returnedPart))
        .option('--refund <n>', 'in the smallest unit; the price of what came back where left out', wholeNumber)
        .option(...reasonFlag),
    body: ({ line, refund, reason }) => ({ lines: line, refund, reason }),
    examples: ['ordo return SO-1 --line 1:2', 'ordo return SO-1 --line 1:2:writeoff --reason damaged --refund 500'],
  },
  refund: {
    word: 'refund',
    argument: { usage: '[amount]', meaning: 'in the smallest unit', parse: wholeNumber },
    flags: (command) => command.option(...reasonFlag),
    body: ({ reason }, amount) => ({ amount, reason }),
    examples: ['ordo refund SO-1 500 --reason goodwill'],
  },
  amend: {
    word: 'amend',
    flags: (command) => command.option('--address <json>', 'where to ship to', jsonObject),
    body: ({ address }) => ({ shippingAddress: address }),
    examples: [`ordo amend SO-1 --address '{"street":"1 Mill Lane","city":"Leeds"}'`],
  },
  note: {
    word: 'note',
    argument: { usage: '[text]', meaning: 'the remark' },
    flags: (command) => command,
    body: (_flags, text) => ({ text }),
    examples: ["ordo note SO-1 'wants it before Christmas' --by ann"],
  },
};

/** Adds the commands on an order that exists: pay, ship, deliver and so on. */
export function addOrderCommands(program: Command, context: CliContext): void {
  for (const name of Object.keys(commandLines) as LaterCommandName[]) addOrderCommand(program, context, name);
}

function addOrderCommand(program: Command, context: CliContext, name: LaterCommandName): void {
  const { word, argument, flags: addFlags, body, examples } = commandLines[name];
  const { summary } = endpoints[`orders.${name}`];
  const command = program.command(word).summary(lowerFirst(summary)).description(summary);
  command.argument('<order>', "the order's id");
  if (argument?.parse) command.argument(argument.usage, argument.meaning, argument.parse);
  else if (argument) command.argument(argument.usage, argument.meaning);
  addFlags(command);
  withExpectedVersion(command);
  withChangingFlags(command, context);
  command.addHelpText('after', `\nExamples:\n${examples.map((example) => `  $ ${example}\n`).join('')}`);
  command.action(async (order: string, ...rest: unknown[]) => {
    const [said, flags] = argument === undefined ? [undefined, rest[0]] : rest;
    const { jsonBody, by, expectedVersion, ...others } = flags as OrderFlags;
    const fields = given({ ...body(others as OrderFlags, said), by, expectedVersion });
    const call = callOptionsOf(flags as OrderFlags);
    const question = { name: `orders.${name}`, key: order, body: { ...jsonBody, ...fields }, call } as const;
    await ask(context, flags as OrderFlags, question, showOrder);
  });
}

/** `Takes the money.` as it stands in a list of commands: `takes the money`. */
export function lowerFirst(sentence: string): string {
  return sentence.charAt(0).toLowerCase() + sentence.slice(1).replace(/\.$/, '');
}
