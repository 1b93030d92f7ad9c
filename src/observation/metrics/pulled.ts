import { Counter, Gauge, type Registry } from 'prom-client';

/** What is said about a metric, beside its values. */
export interface MetricText {
  readonly name: string;
  readonly help: string;
  readonly labels?: readonly string[];
}

/** Tells one value, under some labels where the metric has any. */
export type Tell = (value: number, labels?: Readonly<Record<string, string | number>>) => void;

/**
 * Metrics whose values are looked up when somebody scrapes them, so that they cost nothing on the way of a command. One
 * that cannot be looked up just then is left out; the others still tell.
 */
export class Pulled {
  readonly #registry: Registry;
  readonly #onFailed: (name: string, error: unknown) => void;

  constructor(registry: Registry, onFailed: (name: string, error: unknown) => void) {
    this.#registry = registry;
    this.#onFailed = onFailed;
  }

  /** A value that goes up and down. */
  gauge({ name, help, labels = [] }: MetricText, look: (tell: Tell) => Promise<void> | void): void {
    const gauge: Gauge = new Gauge({
      name,
      help,
      labelNames: labels,
      registers: [this.#registry],
      collect: () => this.#collect(name, gauge, look, (value, of = {}) => gauge.set(of, value)),
    });
  }

  /** A sum that somebody else keeps, and that only grows. */
  counter({ name, help, labels = [] }: MetricText, look: (tell: Tell) => void): void {
    const counter: Counter = new Counter({
      name,
      help,
      labelNames: labels,
      registers: [this.#registry],
      collect: () => this.#collect(name, counter, look, (value, of = {}) => counter.inc(of, value)),
    });
  }

  async #collect(
    name: string,
    metric: Gauge | Counter,
    look: (tell: Tell) => Promise<void> | void,
    tell: Tell,
  ): Promise<void> {
    const told: Parameters<Tell>[] = [];
    try {
      await look((...value) => told.push(value));
    } catch (error) {
      this.#onFailed(name, error);
    }
    metric.reset();
    // Without labels it is 0 by now: what is not known is not 0.
    if (told.length === 0) metric.remove({});
    for (const value of told) tell(...value);
  }
}
