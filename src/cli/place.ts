import { type Command, Option } from 'commander';
import { type JsonObject, terms } from '../contracts/index.ts';
import { ask, type ChangingFlags, callOptionsOf, withChangingFlags } from './asking.ts';
import type { CliContext } from './context.ts';
import { UsageError } from './failure.ts';
import { showOrder } from './show/order.ts';
import { given, instant, jsonObject, newFee, newLine, repeated, wholeNumber } from './values.ts';

interface PlaceFlags extends ChangingFlags {
  readonly id?: string;
  readonly customer?: string;
  readonly currency?: string;
  readonly digits?: number;
  readonly terms?: string;
  readonly line?: readonly JsonObject[];
  readonly fee?: readonly JsonObject[];
  readonly placedAt?: string;
  readonly address?: JsonObject;
  readonly metadata?: JsonObject;
}

const examples = `
Examples:
  $ ordo place --customer C-17 --currency GBP --line 85123A:6:255 --fee POST:1800
  $ ordo place --id SO-1 order.json
  $ jq .order big.json | ordo place -
  $ ordo place --json-body '{"customer":"C-17","currency":"GBP","fees":[{"code":"GIFT","amount":500}]}'

Prices and amounts are in the smallest unit (255 GBP is 2.55), quantities whole numbers. Without --id, the order's id is
derived from the request id.
`;

/** Adds `ordo place`. */
export function addPlaceCommand(program: Command, context: CliContext): void {
  const command = program
    .command('place')
    .summary('place a new order')
    .description('Places a new order, from a file, from standard input (-) or from flags. Flags win over the file.')
    .argument('[file]', "the order's JSON; - is standard input")
    .option('--id <id>', "the order's id")
    .option('--customer <id>')
    .option('--currency <code>', 'ISO 4217, such as GBP')
    .option('--digits <n>', "digits after the decimal point; the currency's own where left out", wholeNumber)
    .addOption(new Option('--terms <terms>', 'when it is paid').choices(terms))
    .option('--line <sku:quantity:price[:name]>', 'a line; may be repeated', repeated(newLine))
    .option('--fee <code:amount>', 'a fee, or a discount where negative; may be repeated', repeated(newFee))
    .option('--placed-at <time>', 'now where left out', instant)
    .option('--address <json>', 'where to ship to', jsonObject)
    .option('--metadata <json>', 'anything to keep with the order', jsonObject)
    .addHelpText('after', examples);
  withChangingFlags(command, context).action(async (file: string | undefined, flags: PlaceFlags) => {
    const read = file === undefined ? {} : await readOrder(context, file);
    const body = { ...read, ...flags.jsonBody, ...fieldsOf(flags) };
    const question = { name: 'orders.place', key: flags.id ?? null, body, call: callOptionsOf(flags) } as const;
    await ask(context, flags, question, showOrder);
  });
}

async function readOrder(context: CliContext, file: string): Promise<JsonObject> {
  try {
    return jsonObject(await context.read(file));
  } catch (cause) {
    const name = file === '-' ? 'standard input' : file;
    throw new UsageError(`Cannot read the order from ${name}: ${(cause as Error).message}`, { cause });
  }
}

function fieldsOf(flags: PlaceFlags): JsonObject {
  return given({
    customer: flags.customer,
    currency: flags.currency,
    digits: flags.digits,
    terms: flags.terms,
    lines: flags.line,
    fees: flags.fee,
    placedAt: flags.placedAt,
    shippingAddress: flags.address,
    metadata: flags.metadata,
    by: flags.by,
  });
}
