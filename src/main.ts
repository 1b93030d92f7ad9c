import { addCheckUpgradeCommand } from './cli/check-upgrade.ts';
import { addDemoCommand } from './cli/demo.ts';
import { addImportCommand } from './cli/import.ts';
import { runProgram } from './cli/program.ts';
import { addServeCommand, startServiceFor } from './cli/serve.ts';
import { addStoreCommands } from './cli/store/commands.ts';

/**
 * The `ordo` command.
 *
 * @param argv the arguments after the program's name.
 */
export async function main(argv: readonly string[]): Promise<void> {
  // Whoever reads from the pipe may have seen enough: `ordo list | head`.
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
    process.exit(0);
  });
  const code = await runProgram(argv, undefined, [
    addServeCommand,
    (program) => addImportCommand(program, { startService: startServiceFor }),
    (program) => addDemoCommand(program),
    addCheckUpgradeCommand,
    addStoreCommands,
  ]);
  if (code !== 0) process.exitCode = code;
}
