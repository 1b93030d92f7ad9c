import type { AnyMachineSnapshot } from 'xstate';
import type { ActorState, Definition } from './definition.ts';
import type { Announced } from './group-commit.ts';
import type { Instruments } from './instruments.ts';
import type { MailboxLimits } from './mailbox.ts';
import type { Clock, Store } from './ports.ts';
import type { RepetitionPauses } from './repetition.ts';
import type { Tracing } from './tracing.ts';
import type { Transport } from './transport.ts';

/** What went on, for people to read. */
export interface HostLog {
  debug(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

export interface HostOptions {
  readonly store: Store;
  readonly transport: Transport;
  readonly definitions: ReadonlyMap<string, Definition>;
  readonly clock: Clock;
  /** From 0 to below 1; only the jitter of repetitions depends on it. */
  readonly random: () => number;
  readonly log: HostLog;
  /** The store has failed. Nothing is released any more; the process is to end and recover by its next start. */
  readonly onFatal: (error: unknown) => void;
  /** Announcements that are on disk, in the feed's order; `before` and `after` are its head before and after them. */
  readonly onAnnounced: (announced: readonly Announced[], before: number, after: number) => void;
  /** The answer to a command whose sender is not known to this process any more. */
  readonly onOrphanAnswer: (
    replyTo: string,
    answer: { readonly error: boolean; readonly bytes: Uint8Array },
    trace: string | undefined,
  ) => void;
  readonly instruments?: Instruments;
  readonly tracing?: Tracing;
  readonly mailboxLimits?: MailboxLimits;
  readonly repetitionPauses?: RepetitionPauses;
  /** How many actors stay in memory when they are idle. */
  readonly activeActors?: number;
  /** How many commands' steps share one sync at most. */
  readonly batchSteps?: number;
}

/** An actor as a question sees it. */
export interface Look {
  readonly state: ActorState;
  readonly snapshot: AnyMachineSnapshot;
  readonly definition: Definition;
}

/** How full a host is. */
export interface Load {
  /** Outside commands and protocol messages that wait for their actors. */
  readonly commands: number;
  readonly messages: number;
  /** Actors in memory. */
  readonly actors: number;
  /** Commands that were taken and are not answered yet. */
  readonly waiting: number;
  /** How often an actor was wanted that was in memory, and how often one had to be read, since the start. */
  readonly lookups: { readonly hits: number; readonly misses: number };
}
