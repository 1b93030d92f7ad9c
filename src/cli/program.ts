import { Command } from 'commander';
import manifest from '../../package.json' with { type: 'json' };
import { addCompletion } from './completion/command.ts';
import { completionRequest, completions } from './completion/request.ts';
import { type CliContext, processContext } from './context.ts';
import { addHelpCommand, configureHelp } from './help.ts';
import { addOrderCommands } from './orders.ts';
import { addPlaceCommand } from './place.ts';
import { addQuestionCommands } from './questions.ts';
import { run } from './run.ts';
import { addStockCommands } from './stock.ts';
import { addTransactionCommands } from './transactions.ts';
import { addWatch } from './watch.ts';

/** Adds commands to the program. */
export type AddCommands = (program: Command, context: CliContext) => void;

/**
 * Builds the command line. What runs the service or feeds it (serve, import, demo) is handed in by `main` in `more`, so
 * that asking a service loads none of it. Commands added so print through `context`, throw what fails, and inherit how
 * errors are reported.
 */
export function createProgram(context: CliContext = processContext(), more: readonly AddCommands[] = []): Command {
  const program = new Command('ordo')
    .description('Ordo: orders that live, pay, ship and survive. Runs the service, and asks it over NATS.')
    .version(manifest.version)
    .exitOverride()
    .showSuggestionAfterError();
  configureHelp(program, context);
  program.commandsGroup('Running and feeding it:');
  for (const add of more) add(program, context);
  program.commandsGroup('Commands on an order:');
  addPlaceCommand(program, context);
  addOrderCommands(program, context);
  program.commandsGroup('Questions:');
  addQuestionCommands(program, context);
  addWatch(program, context);
  program.commandsGroup('Stock and transactions:');
  addStockCommands(program, context);
  addTransactionCommands(program, context);
  program.commandsGroup('Help:');
  addHelpCommand(program, context);
  addCompletion(program, context);
  return program;
}

/**
 * Runs the command line with the arguments after the program's name. Never throws: what fails is printed to standard
 * error, and the exit code (`exitCodes`) is returned.
 */
export function runProgram(
  args: readonly string[],
  context: CliContext = processContext(),
  more: readonly AddCommands[] = [],
): Promise<number> {
  return run(args, context, async () => {
    const program = createProgram(context, more);
    const completed = completionRequest(args);
    if (completed !== undefined) context.write(await completions(program, context, completed));
    // Who knows nothing yet has done nothing wrong.
    else if (args.length === 0) program.outputHelp();
    else await program.parseAsync(args, { from: 'user' });
  });
}
