import { collectDefaultMetrics, Gauge, Registry } from 'prom-client';
import { AnnouncementMetrics } from './announcement-metrics.ts';
import { nodeMetrics, type Observed } from './node-metrics.ts';
import { Pulled } from './pulled.ts';
import { RequestMetrics } from './request-metrics.ts';
import { RuntimeMetrics } from './runtime-metrics.ts';
import { transactionMetrics } from './transaction-metrics.ts';

/** The metrics of a node, as whoever scrapes them sees them. */
export interface MetricsText {
  /** What to send as `Content-Type` with the text. */
  readonly contentType: string;
  /** All metrics in Prometheus' text format. Those who ask while it is being made get the same. */
  text(): Promise<string>;
}

/** All metrics of one node. */
export class Metrics implements MetricsText {
  readonly registry = new Registry();
  readonly requests = new RequestMetrics(this.registry);
  readonly announcements: AnnouncementMetrics;
  readonly runtime: RuntimeMetrics;
  readonly #pulled: Pulled;
  #scrape: Promise<string> | undefined;

  /** @param onFailed a metric could not be looked up, and was left out. */
  constructor(version: string, onFailed: (name: string, error: unknown) => void) {
    this.#pulled = new Pulled(this.registry, onFailed);
    this.announcements = new AnnouncementMetrics(this.registry, this.#pulled);
    this.runtime = new RuntimeMetrics(this.registry, this.#pulled);
    new Gauge({
      name: 'ordo_build_info',
      help: 'Which version runs; always 1.',
      labelNames: ['version'],
      registers: [this.registry],
    }).set({ version }, 1);
  }

  /** Looks at a node's parts too, once they are there. */
  observe(observed: Observed): void {
    nodeMetrics(this.#pulled, observed);
    transactionMetrics(this.#pulled, observed.store, observed.clock);
  }

  get contentType(): string {
    return this.registry.contentType;
  }

  text(): Promise<string> {
    this.#scrape ??= Promise.all([this.registry.metrics(), processRegistry().metrics()])
      .then((texts) => texts.join('\n'))
      .finally(() => {
        this.#scrape = undefined;
      });
    return this.#scrape;
  }
}

let ofProcess: Registry | undefined;

/**
 * What Node.js says of the process: one for all nodes in it, since what it sets up cannot be taken down again, and only
 * once somebody wants to know, since it looks at the event loop all the time.
 */
export function processRegistry(): Registry {
  if (ofProcess === undefined) {
    ofProcess = new Registry();
    collectDefaultMetrics({ register: ofProcess });
  }
  return ofProcess;
}
