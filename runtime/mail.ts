import type { AnyEventObject } from 'xstate';
import { typeOf } from './address.ts';
import type { ActorState, Definition } from './definition.ts';
import type { Refusal } from './refusal.ts';
import type { Input } from './step.ts';
import { type IncomingAnswer, type IncomingMessage, type OutgoingAnswer, parseAskName } from './transport.ts';

/** A command from outside. */
export interface Command {
  readonly event: AnyEventObject;
  /** Who or what sends it; goes into the history. */
  readonly by?: string | undefined;
  /** What made it happen, in the words of the history. */
  readonly cause: string;
  readonly trace?: string | undefined;
  /** Makes it idempotent: the id, and a hash of the command and its body. */
  readonly request?: { readonly id: string; readonly hash: string } | undefined;
  /** The version that the sender has seen. */
  readonly expectedVersion?: number | undefined;
  /** Not to be started after this moment (ms since 1970). */
  readonly deadline?: number | undefined;
  /** Where the answer goes if the one who waits for it is gone by then. */
  readonly replyTo?: string | undefined;
}

/** What becomes of a command. All of it is told only after what it was read from is on disk. */
export type CommandOutcome =
  /** Taken, settled: the JSON of the view or, with `error`, of the error that the machine settled it with. */
  | { readonly kind: 'answered'; readonly error: boolean; readonly bytes: Uint8Array }
  | { readonly kind: 'absent' }
  | { readonly kind: 'exists'; readonly version: number }
  | { readonly kind: 'conflict'; readonly version: number }
  | { readonly kind: 'locked'; readonly state: ActorState }
  | { readonly kind: 'refused'; readonly state: ActorState; readonly refusal: Refusal }
  | { readonly kind: 'reused' }
  | { readonly kind: 'expired'; readonly version: number }
  | { readonly kind: 'late' }
  | { readonly kind: 'busy' }
  | { readonly kind: 'stopping' }
  /** The store has failed: nothing is started any more. */
  | { readonly kind: 'unavailable' }
  /** The step has thrown: our own bug. Nothing has changed. */
  | { readonly kind: 'failed'; readonly error: unknown };

/** One thing in a mailbox. */
export type Mail =
  | { readonly kind: 'command'; readonly command: Command; readonly tell: (outcome: CommandOutcome) => void }
  | {
      readonly kind: 'message';
      readonly input: Extract<Input, { kind: 'message' }>;
      readonly answer: (answer: OutgoingAnswer) => void;
    }
  | { readonly kind: 'answer'; readonly input: Extract<Input, { kind: 'answer' }> }
  /** Its time may have come: timers that are due, asks that were open when it left memory. */
  | { readonly kind: 'wake'; readonly done: () => void }
  /** Its open asks are to be sent again now. */
  | { readonly kind: 'repeat'; readonly done: () => void };

/** A protocol message as mail, or what is wrong with it: nothing reaches an actor that has not been looked over. */
export function mailOfMessage(
  definitions: ReadonlyMap<string, Definition>,
  { to, event, cause, trace, answer }: IncomingMessage,
): Mail | string {
  const definition = definitions.get(typeOf(to));
  const wrong = definition === undefined ? `there are no actors of the type ${typeOf(to)}` : definition.check(event);
  if (wrong !== undefined) return wrong;
  return { kind: 'message', input: { kind: 'message', event, cause, trace }, answer };
}

/** An answer as mail; `undefined` for one that answers no ask of ours. What it says is looked over with its ask. */
export function mailOfAnswer(
  definitions: ReadonlyMap<string, Definition>,
  { to, ask, answer, trace }: IncomingAnswer,
): Mail | undefined {
  const name = parseAskName(ask);
  if (name === undefined || !definitions.has(typeOf(to))) return undefined;
  const { id, seq } = name;
  const input = {
    kind: 'answer' as const,
    ask: id,
    seq,
    answer,
    cause: 'answer',
    trace,
  };
  return { kind: 'answer', input };
}
