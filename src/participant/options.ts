import type { NatsConnection } from 'nats';
import { type BranchKind, branchOperations } from '../contracts/index.ts';
import type { ParticipantClock } from './clock.ts';
import { ParticipantError } from './errors.ts';
import type { Handlers, Vote } from './handlers.ts';
import type { BranchLog } from './log/branch-log.ts';
import type { ParticipantLogger } from './logger.ts';

interface Common<Kind extends BranchKind> {
  /** As in `ORDO_PARTICIPANTS=payment=service:<name>`: letters, digits, `_` and `-`. Also the name of its queue group. */
  readonly name: string;
  /** The kinds of branches it takes. The operations of others are voted down with UNKNOWN_OPERATION. */
  readonly serves: Kind | readonly Kind[];
  /** Handlers that run at the same time; 32 by default. */
  readonly concurrency?: number;
  /** Where trouble is told; standard error by default. */
  readonly logger?: ParticipantLogger;
  /**
   * The participant cannot go on: its log has failed, or its connection was closed for good. It has left its queue and
   * answers nothing any more. End the process, and let its next start recover. By default the error is thrown where
   * nobody catches it, which ends the process.
   */
  readonly onFatal?: (error: unknown) => void;
  readonly clock?: ParticipantClock;
}

type Connected =
  | {
      /** Where NATS is, such as `nats://127.0.0.1:4222`. Reconnects for ever. */
      readonly url: string;
    }
  | {
      /** A connection that is open already. `stop` leaves it open. */
      readonly connection: NatsConnection;
    };

type Logged =
  | {
      /** The directory of its log, a LevelDB that this process alone uses; made where there is none. */
      readonly data: string;
    }
  | {
      /** A log of another make, for instances that share one. `stop` closes it. */
      readonly log: BranchLog;
    };

export type ParticipantOptions<Kind extends BranchKind, V extends Vote> = Common<Kind> &
  Connected &
  Logged &
  Handlers<Kind, V>;

/** The kinds of branches that are served. Throws INVALID_OPTION for options that cannot be meant. */
export function checkOptions(options: object): readonly BranchKind[] {
  const { name, serves, concurrency = 1, ...others } = options as Partial<Record<string, unknown>>;
  const invalid = (why: string) => new ParticipantError('INVALID_OPTION', why);
  if (typeof name !== 'string' || !/^[A-Za-z0-9_-]+$/.test(name)) {
    throw invalid(`name: ${JSON.stringify(name)} must be letters, digits, _ and - only, as in payment=service:<name>`);
  }
  const kinds: readonly unknown[] = Array.isArray(serves) ? serves : [serves];
  const unknown = kinds.find((kind) => !Object.hasOwn(branchOperations, String(kind)));
  if (kinds.length === 0 || unknown !== undefined) {
    const known = Object.keys(branchOperations).join(', ');
    throw invalid(`serves: must be one or more of ${known}, not ${JSON.stringify(unknown ?? [])}`);
  }
  if (!Number.isInteger(concurrency) || Number(concurrency) < 1) {
    throw invalid(`concurrency: must be a whole number from 1, not ${concurrency}`);
  }
  for (const handler of ['prepare', 'commit', 'abort']) {
    if (typeof others[handler] !== 'function') throw invalid(`${handler}: must be a function`);
  }
  if (typeof others.url !== 'string' && others.connection === undefined) {
    throw invalid('url: must say where NATS is, such as nats://127.0.0.1:4222; or give a connection');
  }
  if ((typeof others.data !== 'string' || others.data === '') && others.log === undefined) {
    throw invalid('data: must name the directory of the log; or give a log');
  }
  return kinds as readonly BranchKind[];
}
