import { Counter, type Registry } from 'prom-client';
import type { Outcome } from '../../api/observer.ts';
import { type EndpointName, endpointNames, endpointOf, isErrorCode } from '../../contracts/index.ts';
import { SECONDS } from './buckets.ts';
import { type Distribution, Distributions } from './distributions.ts';
import { OTHER } from './label-values.ts';

/** How long commands and questions take, and what they come to. */
export class RequestMetrics {
  readonly #commands: Distributions;
  readonly #questions: Distributions;
  readonly #unreadable: Counter;
  /** One for each outcome that an endpoint has had: nothing is joined or looked up by labels on the way of a command. */
  readonly #durations = new Map<EndpointName, Map<Outcome, Distribution>>(
    endpointNames.map((name) => [name, new Map()]),
  );

  constructor(registry: Registry) {
    const command = {
      name: 'ordo_command_duration_seconds',
      help: 'From a command read to its answer on disk, by command and outcome (OK or the error code).',
      labels: ['command', 'outcome'],
    };
    this.#commands = new Distributions(registry, command, SECONDS);
    const question = {
      name: 'ordo_question_duration_seconds',
      help: 'From a question read to its answer, by question and outcome (OK or the error code). Waits are questions too.',
      labels: ['question', 'outcome'],
    };
    this.#questions = new Distributions(registry, question, SECONDS);
    this.#unreadable = new Counter({
      name: 'ordo_requests_unreadable_total',
      help: 'Requests whose id, headers or body could not be taken, by error code; they reached no order.',
      labelNames: ['code'],
      registers: [registry],
    });
  }

  answered(name: EndpointName, outcome: Outcome, ms: number): void {
    const durations = this.#durations.get(name)?.get(outcome) ?? this.#keep(name, outcome);
    durations.observe(ms / 1_000);
  }

  unreadable(code: string): void {
    this.#unreadable.inc({ code: isErrorCode(code) ? code : OTHER });
  }

  #keep(name: EndpointName, outcome: Outcome): Distribution {
    const label = outcome === 'OK' || isErrorCode(outcome) ? outcome : OTHER;
    const family = endpointOf(name).kind === 'command' ? this.#commands : this.#questions;
    const durations = family.of(name, label);
    this.#durations.get(name)?.set(label, durations);
    return durations;
  }
}
