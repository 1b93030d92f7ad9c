import { connect, type NatsConnection } from 'nats';
import type { BranchKind } from '../contracts/index.ts';
import { Attention } from './attention.ts';
import { Branches } from './branches.ts';
import { Calls } from './calls.ts';
import { type ParticipantClock, systemClock } from './clock.ts';
import { noCounts, type ParticipantCounters } from './counters.ts';
import type { BranchMessage } from './decide.ts';
import { Door } from './door.ts';
import { messageOf, ParticipantError } from './errors.ts';
import type { Handlers, Vote } from './handlers.ts';
import { Inquiries } from './inquiry.ts';
import { participantLimits, participantPauses } from './limits.ts';
import type { BranchLog } from './log/branch-log.ts';
import type { OpenEntry } from './log/entry.ts';
import { LevelBranchLog } from './log/level-log.ts';
import { consoleLogger, type ParticipantLogger } from './logger.ts';
import { checkOptions, type ParticipantOptions } from './options.ts';

/** A participant at a glance. */
export interface ParticipantStatus {
  readonly name: string;
  /** False while the NATS server is away; the client library reconnects by itself. */
  readonly isConnected: boolean;
  /** Messages that wait or run. */
  readonly waiting: number;
  /** Handlers that run now, longest first. */
  readonly running: readonly { readonly key: string; readonly phase: BranchMessage['phase']; readonly forMs: number }[];
  readonly counters: Readonly<ParticipantCounters>;
}

/** A branch that has not ended. */
export interface OpenBranch {
  readonly transaction: string;
  readonly branch: string;
  readonly order: string;
  readonly operation: string;
  readonly state: OpenEntry['state'];
  readonly since: Date;
  readonly deadline: Date;
  readonly ageMs: number;
}

interface Parts {
  readonly name: string;
  readonly clock: ParticipantClock;
  readonly logger: ParticipantLogger;
  readonly log: BranchLog;
  readonly connection: NatsConnection;
  readonly ownsConnection: boolean;
  readonly served: readonly BranchKind[];
  readonly handlers: Handlers<BranchKind, Vote>;
  readonly concurrency: number;
  readonly onFatal: (error: unknown) => void;
}

/**
 * Starts a participant in Ordo's two-phase commit: opens its log, joins its queue group, and asks about what was left
 * undecided. Throws ParticipantError: INVALID_OPTION, CONNECTION_FAILED, and for the log LEVEL_LOCKED, STORE_CORRUPT or
 * STORE_FAILED.
 */
export async function startParticipant<const Kind extends BranchKind, const V extends Vote>(
  options: ParticipantOptions<Kind, V>,
): Promise<Participant> {
  const served = checkOptions(options);
  const { name, clock = systemClock, logger = consoleLogger, concurrency = participantLimits.concurrency } = options;
  const log = 'log' in options ? options.log : await openLog(options.data, logger);
  const ownsConnection = !('connection' in options);
  let connection: NatsConnection | undefined;
  try {
    connection = 'connection' in options ? options.connection : await connectTo(options.url, name);
    // The branches that reach the handlers are of the kinds that are served, so their types hold.
    const handlers = options as unknown as Handlers<BranchKind, Vote>;
    const onFatal = options.onFatal ?? throwUncaught;
    const parts = { name, clock, logger, log, connection, ownsConnection, served, handlers, concurrency, onFatal };
    const participant = new Participant(parts);
    await participant.start();
    return participant;
  } catch (error) {
    if (ownsConnection) await connection?.close();
    await log.close();
    throw error;
  }
}

/** A running participant; `startParticipant` makes it. */
export class Participant {
  readonly name: string;
  readonly #parts: Parts;
  readonly #counters = noCounts();
  readonly #calls: Calls;
  readonly #branches: Branches;
  readonly #attention: Attention;
  readonly #door: Door;
  #isConnected = true;
  #hasFailed = false;
  #stopped: Promise<void> | undefined;

  constructor(parts: Parts) {
    const { name, clock, logger, log, connection, served } = parts;
    const counters = this.#counters;
    this.name = name;
    this.#parts = parts;
    this.#calls = new Calls(parts.handlers, clock, parts.concurrency);
    const inquiries = new Inquiries(connection);
    this.#branches = new Branches({
      log,
      calls: this.#calls,
      clock,
      counters,
      logger,
      inquire: (id) => inquiries.ask(id),
      onFatal: (error) => this.#fail(error),
    });
    const branches = this.#branches;
    this.#attention = new Attention({ log, branches, clock, logger, onFatal: (error) => branches.fail(error) });
    this.#door = new Door({ connection, name, served, branches, counters, logger });
  }

  /** Called once, by `startParticipant`. */
  async start(): Promise<void> {
    const { connection } = this.#parts;
    await this.#door.open();
    this.#attention.start();
    this.#watch(connection).catch((error: unknown) => this.#branches.fail(error));
  }

  status(): ParticipantStatus {
    const now = this.#parts.clock.now();
    const running = this.#calls.running
      .map(({ key, phase, startedAt }) => ({ key, phase, forMs: now - startedAt }))
      .sort((a, b) => b.forMs - a.forMs);
    const isConnected = this.#isConnected && !this.#parts.connection.isClosed();
    return { name: this.name, isConnected, waiting: this.#branches.size, running, counters: { ...this.#counters } };
  }

  /** Branches that have not ended, oldest first: what hangs stands on top. `limit` is 100 by default. */
  async branches({ limit = 100 }: { readonly limit?: number } = {}): Promise<readonly OpenBranch[]> {
    const now = this.#branches.now();
    const entries = await this.#parts.log.open({ limit });
    return entries.map(({ transaction, branch, order, operation, state, since, deadline }) => ({
      transaction,
      branch,
      order,
      operation,
      state,
      since: new Date(since),
      deadline: new Date(deadline),
      ageMs: Math.max(0, now - since),
    }));
  }

  /**
   * Leaves the queue, finishes what was taken, and closes the log. Handlers that are not done after `graceMs` (10 s by
   * default) are told by their signal and waited for no longer; the next start takes up their branches.
   */
  stop({ graceMs = participantPauses.stopMs }: { readonly graceMs?: number } = {}): Promise<void> {
    this.#stopped ??= this.#stop(graceMs);
    return this.#stopped;
  }

  async #stop(graceMs: number): Promise<void> {
    const { logger, log, connection, ownsConnection } = this.#parts;
    await this.#within(graceMs, this.#leave());
    if (!(await this.#within(graceMs, this.#branches.idle()))) {
      this.#calls.end();
      if (!(await this.#within(participantPauses.signalMs, this.#branches.idle()))) {
        logger.error({ running: this.status().running }, 'Handlers were still running when the participant stopped');
      }
    }
    // Whatever still comes must not find a log that is closed: it is refused before it looks.
    this.#branches.fail(new Error('The participant is stopped.'));
    await log.close();
    if (!connection.isClosed()) await this.#within(participantPauses.signalMs, connection.flush());
    if (ownsConnection) await connection.close();
  }

  async #leave(): Promise<void> {
    await Promise.all([this.#attention.stop(), this.#door.close()]);
  }

  /** Whether a work is done within some time, or has failed. */
  async #within(ms: number, work: Promise<unknown>): Promise<boolean> {
    let cancel = (): void => {};
    const tooLate = new Promise<false>((resolve) => {
      cancel = this.#parts.clock.schedule(ms, () => resolve(false));
    });
    const done = work.then(
      () => true,
      (error: unknown) => {
        this.#parts.logger.warn({ err: error }, 'Stopping went wrong, and goes on');
        return true;
      },
    );
    const inTime = await Promise.race([done, tooLate]);
    cancel();
    return inTime;
  }

  async #watch(connection: NatsConnection): Promise<void> {
    connection.closed().then(
      (error) => this.#closed(error ?? undefined),
      (error: unknown) => this.#closed(error),
    );
    for await (const { type, data } of connection.status()) {
      if (type === 'disconnect') this.#isConnected = false;
      if (type === 'reconnect') this.#isConnected = true;
      this.#parts.logger.info({ type, data }, 'NATS');
    }
  }

  #closed(cause: unknown): void {
    if (this.#stopped !== undefined) return;
    const message =
      'The connection to NATS was closed for good: the participant hears nothing any more. Start it again.';
    this.#branches.fail(new ParticipantError('CONNECTION_CLOSED', message, { cause }));
  }

  #fail(error: unknown): void {
    if (this.#hasFailed || this.#stopped !== undefined) return;
    this.#hasFailed = true;
    this.#parts.logger.error({ err: error }, 'The participant cannot go on; end the process and start it again');
    this.#leave().catch((thrown: unknown) => this.#parts.logger.warn({ err: thrown }, 'The queue could not be left'));
    this.#parts.onFatal(error);
  }
}

async function openLog(directory: string, logger: ParticipantLogger): Promise<BranchLog> {
  return LevelBranchLog.open(directory, (error) => logger.error({ err: error }, 'An entry of the log is damaged'));
}

async function connectTo(url: string, name: string): Promise<NatsConnection> {
  try {
    return await connect({ servers: url, name, maxReconnectAttempts: -1 });
  } catch (cause) {
    const message = `No NATS server answers at ${url}: ${messageOf(cause)}. Start it, or name another in \`url\`.`;
    throw new ParticipantError('CONNECTION_FAILED', message, { cause });
  }
}

function throwUncaught(error: unknown): void {
  queueMicrotask(() => {
    throw error;
  });
}
