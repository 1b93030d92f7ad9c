import { type Command, Option } from 'commander';
import type { Client, NatsAccess } from '../client/index.ts';
import { stopOnSignal } from '../import/stop-on-signal.ts';
import { natsFilesOf, readNatsAccess } from '../nats-files.ts';
import type { CliContext } from './context.ts';
import { Interrupted } from './failure.ts';

/** Where NATS is expected when nobody says. */
export const defaultUrl = 'nats://127.0.0.1:4222';

/** The flags of every command that connects to NATS. */
export interface ConnectionFlags {
  readonly nats: string;
  /** A file. */
  readonly creds?: string;
}

type Environment = CliContext['env'];

/** Adds the flags of `ConnectionFlags`. What the environment says is not shown in the help: it may hold a password. */
export function withConnectionFlags(command: Command, env: Environment): Command {
  const nats = new Option('--nats <url>', 'where NATS is (or NATS_URL)');
  const creds = new Option('--creds <file>', 'a credentials file for NATS (or NATS_CREDS)');
  return command
    .addOption(nats.default(env.NATS_URL || defaultUrl, defaultUrl))
    .addOption(env.NATS_CREDS ? creds.default(env.NATS_CREDS, 'NATS_CREDS') : creds);
}

/**
 * How to get to the NATS server that the flags name; certificates come from the environment alone.
 *
 * @throws {NatsFileError} for a file that cannot be read.
 */
export function accessOf({ nats, creds }: ConnectionFlags, env: Environment): Promise<NatsAccess> {
  return readNatsAccess(nats, { ...natsFilesOf(env), creds });
}

/**
 * Connects for as long as `work` takes. Ctrl-C raises the signal that it gets.
 *
 * @throws {Interrupted} when work fails after Ctrl-C; whatever else `work` throws.
 */
export async function withClient<Result>(
  context: CliContext,
  flags: ConnectionFlags,
  work: (client: Client, stop: AbortSignal) => Promise<Result>,
): Promise<Result> {
  const { signal, release } = stopOnSignal(() => {});
  try {
    const access = await accessOf(flags, context.env);
    const client = await context.connect({ ...access, name: 'ordo-cli', defaults: context.callDefaults });
    try {
      return await work(client, signal);
    } finally {
      await client.close();
    }
  } catch (error) {
    throw signal.aborted && error === signal.reason ? new Interrupted('Stopped by a signal.') : error;
  } finally {
    release();
  }
}
