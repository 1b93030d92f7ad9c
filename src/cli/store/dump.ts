import { createReadStream } from 'node:fs';
import type { Command } from 'commander';
import { grouped } from '../../import/table.ts';
import type { CliContext } from '../context.ts';
import { makeFile, type SourceFlags, withSourceFlags, writeOut } from './source.ts';
import { withProgress } from './work.ts';

/** Adds `ordo dump`. */
export function addDumpCommand(program: Command, context: CliContext): void {
  const command = program
    .command('dump')
    .summary('write the whole store as lines of JSON, while it serves')
    .description('Writes the whole store as it is at one moment as lines of JSON, while the service goes on.')
    .argument('[file]', 'where to write it; standard output where left out')
    .addHelpText(
      'after',
      `
Examples:
  $ ordo dump | gzip > orders.ndjson.gz
  $ ordo dump | jq -c 'select(.kind == "actor" and .address == "order/SO-1").record.context'
  $ ordo dump orders.ndjson --data ./data           the service is stopped

It holds what customers have written, and the payment tokens of payments that are under way: keep it like the store.
`,
    );
  withSourceFlags(command, context).action((file: string | undefined, flags: SourceFlags) =>
    dump(context, file, flags),
  );
}

async function dump(context: CliContext, path: string | undefined, flags: SourceFlags): Promise<void> {
  const { dumpOf } = await import('../../store/dump/dump.ts');
  const { WholeFile } = await import('../../store/whole-file.ts');
  await withProgress(context, async (onAdvance) => {
    if (path === undefined) return makeFile(context, flags, 'admin.dump', dumpOf, writeOut, onAdvance);
    const file = await WholeFile.create(path);
    try {
      await makeFile(context, flags, 'admin.dump', dumpOf, (bytes) => file.write(bytes), onAdvance);
      await file.finish();
    } catch (error) {
      await file.discard();
      throw error;
    }
    context.write(
      flags.json ? `${JSON.stringify({ file: path, bytes: file.bytes })}\n` : `${path}: ${grouped(file.bytes)} bytes\n`,
    );
  });
}

interface LoadFlags {
  readonly data: string;
  readonly json?: true;
}

/** Adds `ordo load`. */
export function addLoadCommand(program: Command, context: CliContext): void {
  program
    .command('load')
    .summary('make a store out of a dump')
    .description('Makes a store out of a dump, in an empty directory, and verifies that it gives the same dump again.')
    .argument('<file>', 'what ordo dump has written; - is standard input')
    .requiredOption('--data <dir>', 'the directory for the store; it must be empty, or not exist')
    .option('--json', 'print what was loaded as JSON')
    .addHelpText(
      'after',
      `
Examples:
  $ ordo load orders.ndjson --data ./loaded && ordo serve --data ./loaded
  $ gunzip -c orders.ndjson.gz | ordo load - --data ./loaded
`,
    )
    .action((file: string, flags: LoadFlags) => load(context, file, flags));
}

async function load(context: CliContext, path: string, { data, json }: LoadFlags): Promise<void> {
  const { loadDump } = await import('../../store/dump/load.ts');
  const [input, name] = path === '-' ? [process.stdin, 'standard input'] : [createReadStream(path), path];
  const { actors, entries, cursors, sha256 } = await withProgress(context, (onAdvance) =>
    loadDump(input, name, data, onAdvance),
  );
  const text = `loaded ${grouped(actors)} actors with ${grouped(entries)} journal entries into ${data}: ordo serve --data ${data}\n`;
  context.write(json ? `${JSON.stringify({ data, actors, entries, cursors, sha256 })}\n` : text);
}
