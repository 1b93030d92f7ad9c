import type { AnyEventObject } from 'xstate';
import type { Address } from './address.ts';
import type { Ask } from './record.ts';
import type { Refusal } from './refusal.ts';

/** What actors send to one another. */
export type ActorEvent = AnyEventObject;

/** A durable request on its way. It may be lost, repeated or late: whoever sent it repeats it until it is answered. */
export interface OutgoingAsk {
  readonly from: Address;
  /** Names the ask among all that `from` ever made; comes back with the answer. */
  readonly ask: string;
  /** An actor's address, or `service:<name>` for an outside participant. */
  readonly to: string;
  readonly event: ActorEvent;
  /** `<address>/<seq>` of the step that asked. */
  readonly cause: string;
  readonly trace?: string | undefined;
}

/** What an ask is answered with: the machine's reply, or why there is none, which never counts as an answer. */
export type OutgoingAnswer =
  | { readonly kind: 'reply'; readonly payload: unknown }
  | { readonly kind: 'refusal'; readonly refusal: Refusal }
  | { readonly kind: 'failure'; readonly message: string };

export interface IncomingMessage {
  readonly to: Address;
  readonly event: ActorEvent;
  readonly cause: string;
  readonly trace?: string | undefined;
  /** Answers it, once. Nothing waits for it: the sender asks again. */
  readonly answer: (answer: OutgoingAnswer) => void;
}

export interface IncomingAnswer {
  readonly to: Address;
  readonly ask: string;
  readonly answer: Readonly<Record<string, unknown>>;
  readonly trace?: string | undefined;
}

/** The host, as a transport sees it. */
export interface Receiver {
  readonly message: (message: IncomingMessage) => void;
  readonly answer: (answer: IncomingAnswer) => void;
}

/** How actors reach one another and outside services. It promises nothing: no delivery, no order, no single copy. */
export interface Transport {
  /** Begins to deliver. Called once, by the host, before anything is sent. */
  open(receiver: Receiver): Promise<void>;
  /** Sends and forgets. Called by the host once the step that asked is on disk. */
  ask(ask: OutgoingAsk): void;
  /** Stops to deliver; what was sent is flushed. */
  close(): Promise<void>;
}

/** An ask as it leaves, in the trace context that is to travel with it. */
export function outgoing(from: Address, { id, seq, to, event }: Ask, trace: string | undefined): OutgoingAsk {
  const cause = `${from}/${seq}`;
  return { from, ask: askName(id, seq), to, event, cause, trace };
}

/** The wire's name of an ask: its id and the step that asked, so that an answer to an older ask is told apart. */
export function askName(id: string, seq: number): string {
  return `${id}#${seq}`;
}

/** The way back; `undefined` for what is no such name. */
export function parseAskName(name: string): { readonly id: string; readonly seq: number } | undefined {
  const mark = name.lastIndexOf('#');
  const seq = Number(name.slice(mark + 1));
  return mark > 0 && Number.isSafeInteger(seq) && seq > 0 ? { id: name.slice(0, mark), seq } : undefined;
}
