import { Command, CommanderError, InvalidArgumentError } from 'commander';
import manifest from '../../package.json' with { type: 'json' };
import { type CliContext, processContext } from './context.ts';
import { exitCodeOf, exitCodes, failureJson, failureText } from './failure.ts';
import { addOrderCommands } from './orders.ts';
import { addPlaceCommand } from './place.ts';
import { addQuestionCommands } from './questions.ts';
import { addStockCommands } from './stock.ts';
import { addTransactionCommands } from './transactions.ts';

const guide = `
A first order:
  $ ordo stock receive 85123A 100
  $ ordo place --id SO-1 --customer C-17 --currency GBP --line 85123A:6:255
  $ ordo pay SO-1 --token ok
  $ ordo ship SO-1 --carrier DHL
  $ ordo deliver SO-1
  $ ordo confirm-receipt SO-1
  $ ordo history SO-1

Exit codes: 0 done, 1 unexpected, 2 wrong usage or request, 3 refused, 4 not found, 5 unavailable or timed out.
`;

/** Adds commands to the program. */
export type AddCommands = (program: Command, context: CliContext) => void;

/**
 * Builds the command line. What runs the service or feeds it (serve, import, demo) is handed in by `main` in `more`, so
 * that asking a service loads none of it. Commands added so print through `context`, throw what fails, and inherit how
 * errors are reported.
 */
export function createProgram(context: CliContext = processContext(), more: readonly AddCommands[] = []): Command {
  const program = new Command('ordo')
    .description('Orders that live, pay, ship and survive: asks an Ordo service over NATS.')
    .version(manifest.version)
    .exitOverride()
    .configureOutput({ writeOut: (text) => context.write(text), writeErr: (text) => context.writeError(text) })
    .showSuggestionAfterError()
    .addHelpText('after', guide);
  for (const add of more) add(program, context);
  program.commandsGroup('Commands on an order:');
  addPlaceCommand(program, context);
  addOrderCommands(program, context);
  program.commandsGroup('Questions:');
  addQuestionCommands(program, context);
  program.commandsGroup('Stock and transactions:');
  addStockCommands(program, context);
  addTransactionCommands(program, context);
  return program;
}

/**
 * Runs the command line with the arguments after the program's name. Never throws: what fails is printed to standard
 * error, and the exit code (`exitCodes`) is returned.
 */
export async function runProgram(
  args: readonly string[],
  context: CliContext = processContext(),
  more: readonly AddCommands[] = [],
): Promise<number> {
  try {
    await createProgram(context, more).parseAsync(args, { from: 'user' });
    return exitCodes.ok;
  } catch (error) {
    // An action that refuses an argument throws this as it is; what commander itself refuses, it has printed already.
    if (error instanceof InvalidArgumentError) {
      context.writeError(`${error.message}\n`);
      return exitCodes.usage;
    }
    // help and version come this way too, with 0
    if (error instanceof CommanderError) return error.exitCode === 0 ? exitCodes.ok : exitCodes.usage;
    const json = args.includes('--json');
    context.writeError(json ? `${JSON.stringify(failureJson(error))}\n` : failureText(error));
    return exitCodeOf(error);
  }
}
