import type { Command } from 'commander';
import type { CliContext } from '../context.ts';
import { addBackupCommand, addRestoreCommand } from './backup.ts';
import { addDoctorCommand } from './doctor.ts';
import { addDumpCommand, addLoadCommand } from './dump.ts';
import { addTimersCommand } from './timers.ts';

/** Adds the operator's tools on a store: backup, restore, dump, load, doctor and timers. */
export function addStoreCommands(program: Command, context: CliContext): void {
  program.commandsGroup('The store:');
  addBackupCommand(program, context);
  addRestoreCommand(program, context);
  addDumpCommand(program, context);
  addLoadCommand(program, context);
  addDoctorCommand(program, context);
  addTimersCommand(program, context);
}
