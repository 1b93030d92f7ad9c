import { addCheckUpgradeCommand } from './check-upgrade.ts';
import { addDemoCommand } from './demo.ts';
import { addImportCommand } from './import.ts';
import { runProgram } from './program.ts';
import { addServeCommand, startServiceFor } from './serve.ts';
import { addStoreCommands } from './store/commands.ts';

/** Runs any command; the exit code is returned. */
export function runEverything(argv: readonly string[]): Promise<number> {
  return runProgram(argv, undefined, [
    addServeCommand,
    (program) => addImportCommand(program, { startService: startServiceFor }),
    (program) => addDemoCommand(program),
    addCheckUpgradeCommand,
    addStoreCommands,
  ]);
}
