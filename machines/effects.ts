/**
 * The effects that a machine may have beside XState's own `emit`, `after`, delayed `raise` and `cancel`. They are
 * data: nothing runs during a transition, the runtime carries them out once the step is on disk.
 */
import type { EventObject } from 'xstate';

/** A durable request to an actor (`stock/85123A`) or service (`service:psp`), repeated until it is answered. */
export interface AskParams {
  /** Unique among the open asks of this actor; the same id replaces an older ask. */
  readonly id: string;
  readonly to: string;
  readonly event: EventObject & Readonly<Record<string, unknown>>;
}

/** The answer to the message being handled. */
export type ReplyParams = Readonly<Record<string, unknown>>;

/** The error that a waiting command is answered with instead of the view. */
export interface SettleParams {
  readonly code: string;
  readonly message: string;
  readonly retriable: boolean;
  readonly details: Readonly<Record<string, unknown>>;
}

/** For `setup({ actions })`. */
export const effects = {
  ask: (_: unknown, _params: AskParams): void => {},
  reply: (_: unknown, _params: ReplyParams): void => {},
  settle: (_: unknown, _params: SettleParams): void => {},
};
