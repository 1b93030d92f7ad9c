import { Counter, Histogram, type Registry } from 'prom-client';
import type { Outcome } from '../../api/observer.ts';
import { type EndpointName, endpointNames, endpointOf, isErrorCode } from '../../contracts/index.ts';
import { SECONDS } from './buckets.ts';
import { OTHER } from './label-values.ts';

type Observer = ReturnType<Histogram['labels']>;

/** How long commands and questions take, and what they come to. */
export class RequestMetrics {
  readonly #commands: Histogram;
  readonly #questions: Histogram;
  readonly #unreadable: Counter;
  /** One for each outcome that an endpoint has had: nothing is joined or looked up by labels on the way of a command. */
  readonly #observers = new Map<EndpointName, Map<Outcome, Observer>>(endpointNames.map((name) => [name, new Map()]));

  constructor(registry: Registry) {
    const registers = [registry];
    this.#commands = new Histogram({
      name: 'ordo_command_duration_seconds',
      help: 'From a command read to its answer on disk, by command and outcome (OK or the error code).',
      labelNames: ['command', 'outcome'],
      buckets: SECONDS,
      registers,
    });
    this.#questions = new Histogram({
      name: 'ordo_question_duration_seconds',
      help: 'From a question read to its answer, by question and outcome (OK or the error code). Waits are questions too.',
      labelNames: ['question', 'outcome'],
      buckets: SECONDS,
      registers,
    });
    this.#unreadable = new Counter({
      name: 'ordo_requests_unreadable_total',
      help: 'Requests whose id, headers or body could not be taken, by error code; they reached no order.',
      labelNames: ['code'],
      registers,
    });
  }

  answered(name: EndpointName, outcome: Outcome, ms: number): void {
    const observer = this.#observers.get(name)?.get(outcome) ?? this.#observer(name, outcome);
    observer.observe(ms / 1_000);
  }

  unreadable(code: string): void {
    this.#unreadable.inc({ code: isErrorCode(code) ? code : OTHER });
  }

  #observer(name: EndpointName, outcome: Outcome): Observer {
    const label = outcome === 'OK' || isErrorCode(outcome) ? outcome : OTHER;
    const histogram = endpointOf(name).kind === 'command' ? this.#commands : this.#questions;
    const observer = histogram.labels(name, label);
    this.#observers.get(name)?.set(label === OTHER ? OTHER : outcome, observer);
    return observer;
  }
}
