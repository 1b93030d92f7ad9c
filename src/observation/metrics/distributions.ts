import type { Histogram, Registry } from 'prom-client';

/** How often a value has fallen into each bucket. */
export class Distribution {
  readonly labels: Readonly<Record<string, string>>;
  sum = 0;
  readonly #bounds: readonly number[];
  /** One for each bound, and one for what is above all of them. */
  readonly #counts: number[];

  constructor(bounds: readonly number[], labels: Readonly<Record<string, string>>) {
    this.#bounds = bounds;
    this.#counts = Array<number>(bounds.length + 1).fill(0);
    this.labels = labels;
  }

  observe(value: number): void {
    const bounds = this.#bounds;
    let bucket = 0;
    while (bucket < bounds.length && value > (bounds[bucket] ?? 0)) bucket += 1;
    this.#counts[bucket] = (this.#counts[bucket] ?? 0) + 1;
    this.sum += value;
  }

  /** How many were not above each bound, and last how many there were at all. */
  get upTo(): readonly (readonly [le: number | '+Inf', count: number])[] {
    let count = 0;
    return this.#counts.map((own, bucket) => {
      count += own;
      return [this.#bounds[bucket] ?? '+Inf', count] as const;
    });
  }
}

interface Sample {
  readonly metricName: string;
  readonly labels: Readonly<Record<string, string | number>>;
  readonly value: number;
}

/**
 * A histogram whose values come on the way of every command. prom-client's own makes two objects and joins the labels
 * for each value, which takes twenty times as long; here that is done once for each combination of labels.
 */
export class Distributions {
  readonly name: string;
  readonly help: string;
  readonly type = 'histogram';
  readonly aggregator = 'sum';
  readonly labelNames: readonly string[];
  readonly #bounds: readonly number[];
  readonly #all = new Map<string, Distribution>();

  /** @param buckets their upper bounds, ascending. */
  constructor(
    registry: Registry,
    text: { readonly name: string; readonly help: string; readonly labels?: readonly string[] },
    buckets: readonly number[],
  ) {
    this.name = text.name;
    this.help = text.help;
    this.labelNames = text.labels ?? [];
    this.#bounds = buckets;
    // What a registry wants of a metric is what `get` gives; its type names prom-client's own classes only.
    registry.registerMetric(this as unknown as Histogram);
  }

  /** The one under these labels' values, in the order of their names: for the caller to keep. */
  of(...values: readonly string[]): Distribution {
    const key = JSON.stringify(values);
    const known = this.#all.get(key);
    if (known !== undefined) return known;
    const labels = Object.fromEntries(this.labelNames.map((name, index) => [name, values[index] ?? '']));
    const added = new Distribution(this.#bounds, labels);
    this.#all.set(key, added);
    return added;
  }

  /** For the registry. */
  async get(): Promise<object> {
    const { name, help, type, aggregator } = this;
    return { name, help, type, aggregator, values: [...this.#all.values()].flatMap((one) => samplesOf(name, one)) };
  }
}

function samplesOf(name: string, { labels, sum, upTo }: Distribution): readonly Sample[] {
  const buckets = upTo.map(([le, value]) => ({ metricName: `${name}_bucket`, labels: { le, ...labels }, value }));
  const count = upTo.at(-1)?.[1] ?? 0;
  return [
    ...buckets,
    { metricName: `${name}_sum`, labels, value: sum },
    { metricName: `${name}_count`, labels, value: count },
  ];
}
