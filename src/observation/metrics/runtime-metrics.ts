import { Counter, type Registry } from 'prom-client';
import type { Instruments } from '../../../runtime/instruments.ts';
import { SECONDS, STEPS } from './buckets.ts';
import { type Distribution, Distributions } from './distributions.ts';
import { LabelValues } from './label-values.ts';
import type { Pulled } from './pulled.ts';

/** How many names of actor types and outside participants are told apart. */
const MOST_ASKED = 64;

/** What a host tells: its writes, the asks that it repeats, its timers, what it had no room for. */
export class RuntimeMetrics implements Instruments {
  readonly #steps: Distribution;
  readonly #sync: Distribution;
  readonly #lateness: Distribution;
  readonly #repeated: Counter;
  readonly #dropped: Counter;
  readonly #asked = new LabelValues(MOST_ASKED);
  #records = 0;

  constructor(registry: Registry, pulled: Pulled) {
    const registers = [registry];
    const steps = { name: 'ordo_group_commit_steps', help: 'Steps that shared one write and its sync.' };
    this.#steps = new Distributions(registry, steps, STEPS).of();
    const sync = { name: 'ordo_sync_duration_seconds', help: 'How long a write took, until the disk had it.' };
    this.#sync = new Distributions(registry, sync, SECONDS).of();
    const lateness = {
      name: 'ordo_timer_lateness_seconds',
      help: 'How long after they were due timers have fired; the count is how many have.',
    };
    this.#lateness = new Distributions(registry, lateness, [...SECONDS, 60, 600, 3_600]).of();
    this.#repeated = new Counter({
      name: 'ordo_asks_repeated_total',
      help: 'Asks sent again because no answer had come, by who is asked: a type of actor, or service:<name>.',
      labelNames: ['to'],
      registers,
    });
    this.#dropped = new Counter({
      name: 'ordo_messages_dropped_total',
      help:
        'Messages that came to nothing; whoever asked asks again. mailbox_full: no room. no_responders: nobody listens ' +
        'where an ask went. message, answer: it could not be read, or the answer was an error. ask: it could not be sent.',
      labelNames: ['kind'],
      registers,
    });
    for (const kind of ['mailbox_full', 'no_responders', 'message', 'answer', 'ask']) this.#dropped.inc({ kind }, 0);
    pulled.counter({ name: 'ordo_records_written_total', help: 'Records written since the start.' }, (tell) =>
      tell(this.#records),
    );
  }

  batchWritten(actors: number, steps: number, ms: number): void {
    this.#records += actors;
    this.#steps.observe(steps);
    this.#sync.observe(ms / 1_000);
  }

  askRepeated(to: string): void {
    const slash = to.indexOf('/');
    this.#repeated.inc({ to: this.#asked.of(slash === -1 ? to : to.slice(0, slash)) });
  }

  timerFired(lateMs: number): void {
    this.#lateness.observe(lateMs / 1_000);
  }

  mailDropped(): void {
    this.#dropped.inc({ kind: 'mailbox_full' });
  }

  /** A transport has dropped a message on a subject. */
  messageDropped(subject: string, why: string): void {
    this.#dropped.inc({ kind: why === 'no responders' ? 'no_responders' : kindOf(subject) });
  }
}

function kindOf(subject: string): 'ask' | 'answer' | 'message' {
  if (subject.startsWith('participants.')) return 'ask';
  return subject.startsWith('answers.') ? 'answer' : 'message';
}
