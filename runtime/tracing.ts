import type { Address } from './address.ts';
import type { Ask } from './record.ts';
import type { Stepped } from './step.ts';

/** Gives the trace context (W3C `traceparent`) that a step hands on, from that of what caused it. */
export type OwnTrace = (causedIn: string, address: Address, seq: number) => string;

/** Follows steps from actor to actor, for whoever wants to see what a command has caused. */
export interface Tracing {
  /** Pure, so that a repeat or a replay of the step gives the same. Without it, steps have no trace context of their own. */
  readonly ownTrace?: OwnTrace;
  /** A moment of the tracing's own clock, for `stepped`. */
  now(): number;
  /** A step is on disk and its effects have left; it was taken at the moment `takenAt`. */
  stepped(result: Stepped, takenAt: number): void;
  /** An ask leaves, for the first time or again. Gives the trace context that travels with it. */
  asked(from: Address, ask: Ask): string | undefined;
}

/** For a host whose steps nobody follows: the trace context that a command came with is handed on as it is. */
export const NO_TRACING: Tracing = {
  now: () => 0,
  stepped() {},
  asked: (_from, { trace }) => trace,
};
