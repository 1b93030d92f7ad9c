import type { Announced } from '../../runtime/group-commit.ts';
import type { Instruments } from '../../runtime/instruments.ts';
import type { Tracing } from '../../runtime/tracing.ts';
import type { Outcome, RequestObserver, RequestSpan } from '../api/observer.ts';
import type { ApiRequest } from '../api/request.ts';
import type { EndpointName } from '../contracts/index.ts';
import { type NodeLog, partLog } from '../log.ts';
import { Lookout } from './lookout.ts';
import { Metrics, type MetricsText } from './metrics/metrics.ts';
import type { Observed } from './metrics/node-metrics.ts';
import { RequestLog } from './request-log.ts';
import { Seldom } from './seldom.ts';
import { type Env, tracesAreOn } from './traces/configured.ts';
import type { Traces } from './traces/traces.ts';

/** A write that takes longer than this is slow enough to warn of, in ms. */
const SLOW_SYNC_MS = 100;
/** How often the same is warned of at most, in ms. */
const WARN_PAUSE_MS = 10_000;

export interface ObservationOptions {
  readonly version: string;
  readonly log: NodeLog;
  readonly prepareTimeoutMs: number;
  /** Where traces go, where they are wanted. */
  readonly traces?: Traces | undefined;
}

/** All that is seen of a node from outside: its metrics, its traces, the log of its requests, warnings of what is slow or stuck. */
export class Observation implements Instruments, RequestObserver {
  readonly #metrics: Metrics;
  readonly #options: ObservationOptions;
  readonly #log: NodeLog;
  readonly #natsLog: NodeLog;
  readonly #requests: RequestLog;
  readonly #slow = new Seldom(WARN_PAUSE_MS, () => performance.now());
  readonly #unpublished = new Seldom(WARN_PAUSE_MS, () => performance.now());
  readonly #unknown = new Seldom(WARN_PAUSE_MS, () => performance.now());
  #lookout: Lookout | undefined;

  constructor(options: ObservationOptions) {
    this.#options = options;
    this.#log = partLog(options.log, 'observation');
    this.#natsLog = partLog(options.log, 'nats');
    this.#requests = new RequestLog(partLog(options.log, 'api'));
    this.#metrics = new Metrics(options.version, (metric, err) => {
      this.#unknown.say((kept) => this.#log.warn({ metric, kept, err }, 'A metric could not be looked up'));
    });
  }

  /** Begins to observe. OpenTelemetry is loaded only where it is configured. */
  static async start(options: Omit<ObservationOptions, 'traces'>, env: Env): Promise<Observation> {
    if (!tracesAreOn(env)) return new Observation(options);
    const { exportTraces } = await import('./traces/exporter.ts');
    const traces = exportTraces(options.version, env, partLog(options.log, 'traces'));
    return new Observation({ ...options, traces });
  }

  /** For the host: it follows steps where traces are wanted. */
  get tracing(): Tracing | undefined {
    return this.#options.traces;
  }

  get metrics(): MetricsText {
    return this.#metrics;
  }

  /** Looks at a node's parts, once they are there. */
  observe(observed: Observed): void {
    this.#metrics.observe(observed);
    this.#lookout = new Lookout(observed, this.#options.prepareTimeoutMs, this.#log);
  }

  /** Looks no longer; sends the last traces. */
  async stop(): Promise<void> {
    this.#lookout?.stop();
    await this.#options.traces?.stop();
  }

  // ── of the host ───────────────────────────────────────────────────────────────────────────────────────────────

  batchWritten(actors: number, steps: number, ms: number): void {
    this.#metrics.runtime.batchWritten(actors, steps, ms);
    this.#options.traces?.batchWritten(steps, ms);
    this.#lookout?.wake();
    if (ms < SLOW_SYNC_MS) return;
    this.#slow.say((kept) =>
      this.#log.warn({ durationMs: Math.round(ms), actors, steps, kept }, 'The disk was slow to take a write'),
    );
  }

  askRepeated(to: string): void {
    this.#metrics.runtime.askRepeated(to);
  }

  timerFired(lateMs: number): void {
    this.#metrics.runtime.timerFired(lateMs);
  }

  mailDropped(): void {
    this.#metrics.runtime.mailDropped();
  }

  // ── of requests ───────────────────────────────────────────────────────────────────────────────────────────────

  begun(name: EndpointName, request: ApiRequest<object>): RequestSpan | undefined {
    return this.#options.traces?.begun(name, request);
  }

  answered(name: EndpointName, request: ApiRequest<object>, outcome: Outcome, ms: number): void {
    this.#metrics.requests.answered(name, outcome, ms);
    this.#requests.answered(name, request, outcome, ms);
  }

  unreadable(name: EndpointName, code: string): void {
    this.#metrics.requests.unreadable(code);
    this.#requests.unreadable(name, code);
  }

  // ── of what goes out ──────────────────────────────────────────────────────────────────────────────────────────

  /** What has just been written and is to be announced. */
  announced(announced: readonly Announced[]): void {
    this.#metrics.announcements.announced(announced);
  }

  /** Announcements could not be published; they are tried again. */
  unpublished(err: unknown): void {
    this.#metrics.announcements.failed();
    this.#unpublished.say((kept) =>
      partLog(this.#options.log, 'announcements').warn(
        { kept, err },
        'Announcements could not be published; they are tried again',
      ),
    );
  }

  /** The transport has dropped a message. */
  messageDropped(subject: string, why: string): void {
    this.#metrics.runtime.messageDropped(subject, why);
    // A subject with a wildcard is a subscription of ours, and what happened to it will go on happening.
    if (subject.includes('*')) this.#natsLog.warn({ subject, why }, 'NATS lets no messages through on this subject');
    else this.#natsLog.debug({ subject, why }, 'A message was dropped');
  }
}
