import type { Command } from 'commander';
import { grouped } from '../../import/table.ts';
import type { BackupContents } from '../../store/backup/read.ts';
import type { CliContext } from '../context.ts';
import { UsageError } from '../failure.ts';
import { makeFile, type SourceFlags, withSourceFlags } from './source.ts';
import { withProgress } from './work.ts';

/** Adds `ordo backup`. */
export function addBackupCommand(program: Command, context: CliContext): void {
  const command = program
    .command('backup')
    .summary('make a backup of the whole store, while it serves')
    .description('Makes a backup of the whole store as it is at one moment, while the service goes on.')
    .argument('<file>', 'where to write it; a file that exists is never replaced')
    .addHelpText(
      'after',
      `
Examples:
  $ ordo backup orders-2024-02-29.ordobak
  $ ordo backup orders.ordobak --data ./data        the service is stopped
  $ ordo restore orders.ordobak --verify            is it whole?
`,
    );
  withSourceFlags(command, context).action((file: string, flags: SourceFlags) => backup(context, file, flags));
}

async function backup(context: CliContext, path: string, flags: SourceFlags): Promise<void> {
  const { backupOf } = await import('../../store/backup/backup.ts');
  const { WholeFile } = await import('../../store/whole-file.ts');
  const { verifyBackup } = await import('../../store/backup/restore.ts');
  const takenAt = Date.now();
  const contents = await withProgress(context, async (onAdvance) => {
    const file = await WholeFile.create(path);
    try {
      const make = (snapshot: Parameters<typeof backupOf>[0]) => backupOf(snapshot, takenAt);
      await makeFile(context, flags, 'admin.backup', make, (bytes) => file.write(bytes), onAdvance);
      // What has its name is a backup that can be restored.
      const verified = await verifyBackup(await file.written(), onAdvance);
      await file.finish();
      return verified;
    } catch (error) {
      await file.discard();
      throw error;
    }
  });
  context.write(flags.json ? `${JSON.stringify(contentsJson(path, contents))}\n` : contentsText(path, contents));
}

interface RestoreFlags {
  readonly data?: string;
  readonly verify?: true;
  readonly json?: true;
}

/** Adds `ordo restore`. */
export function addRestoreCommand(program: Command, context: CliContext): void {
  program
    .command('restore')
    .summary('make a store out of a backup')
    .description('Makes a store out of a backup, in an empty directory, and verifies it before and after.')
    .argument('<file>', 'what ordo backup has written')
    .option('--data <dir>', 'the directory for the store; it must be empty, or not exist')
    .option('--verify', 'only read the backup to its end, and write nothing')
    .option('--json', 'print what is in it as JSON')
    .addHelpText(
      'after',
      `
Examples:
  $ ordo restore orders.ordobak --data ./restored && ordo serve --data ./restored
  $ ordo restore orders.ordobak --verify
`,
    )
    .action((file: string, flags: RestoreFlags) => restore(context, file, flags));
}

async function restore(context: CliContext, path: string, { data, verify, json }: RestoreFlags): Promise<void> {
  if (data === undefined && verify === undefined) {
    throw new UsageError('Say where to with --data, or that it is only to be verified with --verify.');
  }
  const { restoreBackup, verifyBackup } = await import('../../store/backup/restore.ts');
  const contents = await withProgress(context, (onAdvance) =>
    data === undefined || verify ? verifyBackup(path, onAdvance) : restoreBackup(path, data, onAdvance),
  );
  context.write(json ? `${JSON.stringify(contentsJson(path, contents))}\n` : contentsText(path, contents));
  if (data !== undefined && !verify && !json) context.write(`restored into ${data}: ordo serve --data ${data}\n`);
}

function contentsJson(file: string, { header, trailer }: BackupContents) {
  const { takenAt, steps } = header;
  return { file, takenAt, rows: trailer.rows, steps, sha256: trailer.fileDigest };
}

function contentsText(path: string, { header, trailer }: BackupContents): string {
  return `${path} is whole: ${grouped(trailer.rows)} rows, ${grouped(header.steps)} steps, taken at ${header.takenAt}\n`;
}
