import { type JetStreamManager, type NatsConnection, NatsError, nanos } from 'nats';
import { refused, streamError } from './failure.ts';

/** A stream for every announcement. */
export interface EventStreamOptions {
  /** The stream's name, `ORDO` by default. */
  readonly name?: string;
  /** How long announcements are kept, in milliseconds: 7 days by default; 0 for ever. */
  readonly maxAgeMs?: number;
  /** How many bytes are kept at most, the newest; without a limit by default. */
  readonly maxBytes?: number;
  /** On how many servers of a cluster the stream is kept; 1 by default. */
  readonly replicas?: number;
  /**
   * For how long a repeated announcement is known by its id and left out, in milliseconds: 10 minutes by default. It
   * should be longer than the service takes to come back after a crash, since it then repeats the last ones.
   */
  readonly duplicateWindowMs?: number;
}

const minuteMs = 60_000;
const dayMs = 24 * 60 * minuteMs;
const subject = 'events.>';
/** Subjects that have every announcement. */
const takesAll: readonly string[] = [subject, '>'];

/** Makes the stream where it is missing. Resolves to whether it was made. */
export async function ensureEventStream(connection: NatsConnection, options: EventStreamOptions): Promise<boolean> {
  const { name = 'ORDO', maxAgeMs = 7 * dayMs, maxBytes = -1, replicas = 1 } = options;
  const duplicateWindowMs = options.duplicateWindowMs ?? 10 * minuteMs;
  try {
    const manager = await connection.jetstreamManager({ checkAPI: false });
    const held = await subjectsOf(manager, name);
    if (held === undefined) {
      await manager.streams.add({
        name,
        subjects: [subject],
        max_age: nanos(maxAgeMs),
        max_bytes: maxBytes,
        num_replicas: replicas,
        // a window beyond what is kept is refused
        duplicate_window: nanos(maxAgeMs === 0 ? duplicateWindowMs : Math.min(duplicateWindowMs, maxAgeMs)),
      });
      return true;
    }
    if (held.some((one) => takesAll.includes(one))) return false;
    const why = `the stream ${name} is there and takes ${held.join(', ')}, not ${subject}; choose another name`;
    throw refused(`make the stream ${name}`, why, undefined);
  } catch (cause) {
    throw streamError(cause, `make the stream ${name}`);
  }
}

/** What an existing stream takes; undefined where there is none. */
async function subjectsOf(manager: JetStreamManager, name: string): Promise<readonly string[] | undefined> {
  try {
    return (await manager.streams.info(name)).config.subjects ?? [];
  } catch (error) {
    if (error instanceof NatsError && error.code === '404') return undefined;
    throw error;
  }
}
