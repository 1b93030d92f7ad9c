import type { Active } from './activation.ts';
import type { Address } from './address.ts';
import { type Instruments, NO_INSTRUMENTS } from './instruments.ts';
import type { Clock } from './ports.ts';
import type { Ask } from './record.ts';

/** How the pauses between repetitions grow, in ms. */
export interface RepetitionPauses {
  /** Before an actor is asked again. */
  readonly actorMs: number;
  /** Before a service is asked again: it may have to ask others. */
  readonly serviceMs: number;
  readonly mostMs: number;
}

export const REPETITION_PAUSES: RepetitionPauses = { actorMs: 500, serviceMs: 2_000, mostMs: 30_000 };

interface Planned {
  readonly ask: Ask;
  attempts: number;
  nextAt: number;
}

/**
 * Repeats the open asks of the actors in memory, with growing pauses and jitter, until each is answered. The plan is
 * in memory only: after a restart every ask begins anew.
 */
export class Repetition {
  readonly #clock: Clock;
  readonly #pauses: RepetitionPauses;
  readonly #random: () => number;
  readonly #send: (from: Address, ask: Ask) => void;
  readonly #instruments: Pick<Instruments, 'askRepeated'>;
  readonly #plans = new WeakMap<Active, Map<string, Planned>>();

  constructor(options: {
    readonly clock: Clock;
    readonly pauses: RepetitionPauses;
    /** From 0 to below 1, for the jitter. */
    readonly random: () => number;
    readonly send: (from: Address, ask: Ask) => void;
    readonly instruments?: Pick<Instruments, 'askRepeated'>;
  }) {
    this.#clock = options.clock;
    this.#pauses = options.pauses;
    this.#random = options.random;
    this.#send = options.send;
    this.#instruments = options.instruments ?? NO_INSTRUMENTS;
  }

  /** Sends asks for the first time and plans their repetition. They must be on disk. */
  begin(active: Active, asks: readonly Ask[]): void {
    if (asks.length === 0) return;
    const plan = this.#plans.get(active) ?? new Map<string, Planned>();
    this.#plans.set(active, plan);
    for (const ask of asks) {
      plan.set(ask.id, { ask, attempts: 1, nextAt: this.#clock.now() + this.#pause(ask, 1) });
      this.#send(active.actor.address, ask);
    }
    this.#schedule(active, plan);
  }

  #schedule(active: Active, plan: Map<string, Planned>): void {
    active.stopRepeating?.();
    active.stopRepeating = undefined;
    let next = Number.POSITIVE_INFINITY;
    for (const { nextAt } of plan.values()) next = Math.min(next, nextAt);
    if (next === Number.POSITIVE_INFINITY) return;
    active.stopRepeating = this.#clock.schedule(Math.max(0, next - this.#clock.now()), () => {
      active.stopRepeating = undefined;
      this.#repeat(active, plan);
    });
  }

  #repeat(active: Active, plan: Map<string, Planned>): void {
    const now = this.#clock.now();
    const open = new Map((active.actor.record?.asks ?? []).map((ask) => [ask.id, ask]));
    for (const [id, planned] of plan) {
      if (open.get(id)?.seq !== planned.ask.seq) plan.delete(id);
      else if (planned.nextAt <= now) {
        planned.attempts += 1;
        planned.nextAt = now + this.#pause(planned.ask, planned.attempts);
        this.#send(active.actor.address, planned.ask);
        this.#instruments.askRepeated(planned.ask.to);
      }
    }
    this.#schedule(active, plan);
  }

  /** Doubles with every attempt, up to the most; ±20 % of jitter keeps those that failed together apart. */
  #pause({ to }: Ask, attempts: number): number {
    const first = to.startsWith('service:') ? this.#pauses.serviceMs : this.#pauses.actorMs;
    const grown = Math.min(this.#pauses.mostMs, first * 2 ** Math.min(attempts - 1, 20));
    return Math.round(grown * (0.8 + 0.4 * this.#random()));
  }
}

/** Those of some asks of an actor that it has not canceled, replaced or had answered since. */
export function stillOpen({ actor }: Active, asks: readonly Ask[]): readonly Ask[] {
  return asks.filter((ask) => actor.record?.asks.includes(ask) === true);
}
