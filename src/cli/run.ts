import { type Command, CommanderError, InvalidArgumentError } from 'commander';
import type { CliContext } from './context.ts';

/**
 * Does what the command line asks for. Never throws: what fails is printed to standard error, and the exit code
 * (`exitCodes`) is returned.
 */
export async function run(args: readonly string[], context: CliContext, work: () => Promise<void>): Promise<number> {
  try {
    await work();
    return 0;
  } catch (error) {
    // Loaded only now: what goes well, the service above all, should not wait for it.
    const { exitCodeOf, exitCodes, failureJson, failureText } = await import('./failure.ts');
    // An action that refuses an argument throws this as it is; what commander itself refuses, it has printed already.
    if (error instanceof InvalidArgumentError) {
      context.writeError(`${error.message}\n`);
      return exitCodes.usage;
    }
    // help and version come this way too, with 0
    if (error instanceof CommanderError) return error.exitCode === 0 ? exitCodes.ok : exitCodes.usage;
    const json = args.includes('--json') || args.includes('--ndjson');
    context.writeError(json ? `${JSON.stringify(failureJson(error))}\n` : failureText(error));
    return exitCodeOf(error);
  }
}

/** How a program prints, and that it throws instead of ending the process. */
export function withOutput(program: Command, context: CliContext): Command {
  return program
    .exitOverride()
    .showSuggestionAfterError()
    .configureOutput({
      writeOut: (text) => context.write(text),
      writeErr: (text) => context.writeError(text),
    });
}
