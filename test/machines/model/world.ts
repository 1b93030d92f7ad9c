import type { AnyEventObject } from 'xstate';
import { type Address, addressOf, typeOf } from '../../../runtime/address.ts';
import { type Ask, packRecord, unpackRecord } from '../../../runtime/record.ts';
import { restore } from '../../../runtime/statechart.ts';
import { type Actor, type Input, newActor, type StepResult, step } from '../../../runtime/step.ts';
import { definitionOf } from '../fixtures/definition.ts';
import { DAWN } from '../fixtures/scene.ts';

/** Something on its way. */
export type Packet =
  | { readonly kind: 'message'; readonly from: Address; readonly ask: Ask }
  | {
      readonly kind: 'answer';
      readonly to: Address;
      readonly ask: string;
      readonly seq: number;
      readonly payload: Readonly<Record<string, unknown>>;
    };

/** One step that was tried, for whoever watches. */
export interface Tried {
  readonly address: Address;
  readonly before: Actor;
  readonly input: Input;
  readonly result: StepResult;
}

/**
 * Actors and a network that can do anything to a message but invent it. There is no host: whoever plays with the
 * world decides what is delivered, repeated, lost, and when time passes.
 */
export class World {
  readonly #actors = new Map<Address, Actor>();
  readonly #skews: Readonly<Record<string, number>>;
  readonly #watch: (tried: Tried) => void;
  #packets: readonly Packet[] = [];
  #now = DAWN;

  /** @param skews how far the clocks of each type of actor are off, in ms. */
  constructor(skews: Readonly<Record<string, number>>, watch: (tried: Tried) => void) {
    this.#skews = skews;
    this.#watch = watch;
  }

  get packets(): readonly Packet[] {
    return this.#packets;
  }

  get actors(): readonly Actor[] {
    return [...this.#actors.values()];
  }

  /** Every ask that is open, of everybody. */
  get asks(): readonly { readonly from: Address; readonly ask: Ask }[] {
    return this.actors.flatMap(({ address, record }) => (record?.asks ?? []).map((ask) => ({ from: address, ask })));
  }

  actor(type: string, key: string): Actor {
    return this.#actor(addressOf(type, key));
  }

  clockOf(address: Address): number {
    return this.#now + (this.#skews[typeOf(address)] ?? 0);
  }

  pass(ms: number): void {
    this.#now += ms;
  }

  command(address: Address, event: AnyEventObject): StepResult {
    return this.#take(address, { kind: 'command', event, cause: 'test' });
  }

  /** Asks again. */
  repeat({ from, ask }: { readonly from: Address; readonly ask: Ask }): void {
    this.#packets = [...this.#packets, { kind: 'message', from, ask }];
  }

  lose(packet: Packet): void {
    this.#packets = this.#packets.filter((other) => other !== packet);
  }

  /** @param isRepeated whether it will come once more. */
  deliver(packet: Packet, isRepeated = false): void {
    if (!isRepeated) this.lose(packet);
    if (packet.kind === 'answer') {
      const { to, ask, seq, payload } = packet;
      this.#take(to, { kind: 'answer', ask, seq, answer: payload, cause: 'test' });
      return;
    }
    const { from, ask } = packet;
    const result = this.#take(ask.to as Address, { kind: 'message', event: ask.event, cause: `${from}/${ask.seq}` });
    const reply = result.kind === 'replied' ? result : result.kind === 'stepped' ? result.reply : undefined;
    if (reply === undefined) return;
    const payload = reply.payload as Readonly<Record<string, unknown>>;
    this.#packets = [...this.#packets, { kind: 'answer', to: from, ask: ask.id, seq: ask.seq, payload }];
  }

  /** Lets all timers of an actor fire that are due by its own clock. */
  wake(address: Address): void {
    for (const timer of this.#actor(address).record?.timers ?? []) {
      const isStill = this.#actor(address).record?.timers.includes(timer) === true;
      if (isStill && timer.dueAt <= this.clockOf(address)) this.#take(address, { kind: 'timer', timer });
    }
  }

  /** Takes an actor out of memory and reads it again. */
  restart(address: Address): void {
    const actor = this.#actor(address);
    if (actor.record === null) return;
    const record = unpackRecord(packRecord(actor.record));
    this.#actors.set(address, { ...actor, record, snapshot: restore(actor.definition.machine, record) });
  }

  #actor(address: Address): Actor {
    return this.#actors.get(address) ?? newActor(address, definitionOf(typeOf(address)), 0);
  }

  #take(address: Address, input: Input): StepResult {
    const before = this.#actor(address);
    const result = step(before, input, this.clockOf(address));
    this.#watch({ address, before, input, result });
    if (result.kind !== 'stepped') return result;
    // Who is forgotten keeps nothing but the number of its last step.
    const after = result.forgotten ? newActor(address, before.definition, result.actor.seq) : result.actor;
    this.#actors.set(address, after);
    this.#packets = [...this.#packets, ...result.asks.map((ask) => ({ kind: 'message' as const, from: address, ask }))];
    return result;
  }
}
