import { once } from 'node:events';
import type { Command } from 'commander';
import type { StoreSnapshot } from '../../../runtime/ports.ts';
import type { Client } from '../../client/index.ts';
import type { AnswerOf, InputOf } from '../../contracts/index.ts';
import { drained, type FileWork, type OnAdvance } from '../../store/advance.ts';
import { type AskingFlags, withAskingFlags } from '../asking.ts';
import { withClient } from '../connection.ts';
import type { CliContext } from '../context.ts';

/** The flags of a tool that reads a store, running or stopped. */
export interface SourceFlags extends AskingFlags {
  readonly data?: string;
}

/** Adds the flags of `SourceFlags`. */
export function withSourceFlags(command: Command, context: CliContext): Command {
  command.option('--data <dir>', 'read the store in this directory, whose service is stopped, instead of asking one');
  return withAskingFlags(command, context);
}

type PieceName = 'admin.backup' | 'admin.dump' | 'admin.doctor';

/** Pulls all pieces of a session on a running service, and closes it however that ends. */
export async function pullPieces<Name extends PieceName>(
  context: CliContext,
  flags: AskingFlags,
  name: Name,
  take: (piece: AnswerOf<Name>) => void | Promise<void>,
): Promise<void> {
  await withClient(context, flags, async (client, stop) => {
    const call = { signal: stop, ...(flags.timeout !== undefined && { timeoutMs: flags.timeout }) };
    // All of these have the same body; TypeScript cannot tell from a name that is not known yet.
    const pull = (body: InputOf<PieceName>) => client.call(name, null, body as InputOf<Name>, call);
    let answer = await pull({});
    try {
      for (;;) {
        await take(answer);
        if (answer.last) return;
        answer = await pull({ session: answer.session, piece: answer.piece + 1 });
      }
    } finally {
      await close(client, name, answer.session);
    }
  });
}

/** A session that cannot be closed is closed by the service when it has been idle for long enough. */
async function close(client: Client, name: PieceName, session: string): Promise<void> {
  await client.call(name, null, { session, close: true }, { retry: false }).catch(() => undefined);
}

/** Has a file made by the service, or out of the directory that `--data` names. */
export async function makeFile(
  context: CliContext,
  flags: SourceFlags,
  name: 'admin.backup' | 'admin.dump',
  make: (snapshot: StoreSnapshot) => FileWork,
  write: (bytes: Uint8Array) => Promise<void>,
  onAdvance: OnAdvance,
): Promise<void> {
  if (flags.data === undefined) {
    return pullPieces(context, flags, name, async ({ data, progress }) => {
      onAdvance(progress);
      await write(Buffer.from(data, 'base64'));
    });
  }
  const { onStopped } = await import('../../store/directory.ts');
  await onStopped(flags.data, async (snapshot) => {
    await drained(make(snapshot), async ({ bytes, ...advance }) => {
      onAdvance(advance);
      if (bytes !== undefined) await write(bytes);
    });
  });
}

/** Writes to standard output as fast as whoever reads it takes it. */
export async function writeOut(bytes: Uint8Array): Promise<void> {
  if (!process.stdout.write(bytes)) await once(process.stdout, 'drain');
}
