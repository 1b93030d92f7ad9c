import { type BranchId, branchKey } from './branch.ts';
import type { Calls } from './calls.ts';
import type { ParticipantClock } from './clock.ts';
import type { ParticipantCounters } from './counters.ts';
import { type Answer, type BranchMessage, carriedOut, decide, voted } from './decide.ts';
import { isDamage, Refusal } from './errors.ts';
import { Lanes } from './lanes.ts';
import { participantLimits, participantPauses } from './limits.ts';
import type { BranchLog } from './log/branch-log.ts';
import type { EndedEntry, LogEntry, OpenEntry } from './log/entry.ts';
import type { ParticipantLogger } from './logger.ts';

export interface BranchesOptions {
  readonly log: BranchLog;
  readonly calls: Calls;
  readonly clock: ParticipantClock;
  readonly counters: ParticipantCounters;
  readonly logger: ParticipantLogger;
  /** How a transaction ended, as its coordinator tells; undecided also when that does not answer. */
  readonly inquire: (id: BranchId) => Promise<'committed' | 'aborted' | 'undecided'>;
  /** The log has failed: nothing may be answered any more. */
  readonly onFatal: (error: unknown) => void;
}

/**
 * The one loop of a participant: read the log, decide, write, call the handler, write, decide again, until there is an
 * answer. Nothing is answered before what it rests on is in the log.
 */
export class Branches {
  readonly #options: BranchesOptions;
  readonly #lanes = new Lanes<Answer>();
  #prepares = 0;
  #latest = 0;
  #failure: unknown;

  constructor(options: BranchesOptions) {
    this.#options = options;
  }

  /** Its own time: ms since 1970, and never back, so that what was late stays late. */
  now(): number {
    this.#latest = Math.max(this.#latest, this.#options.clock.now());
    return this.#latest;
  }

  /** How many messages wait or run. */
  get size(): number {
    return this.#lanes.size;
  }

  isBusyWith(id: BranchId): boolean {
    return this.#lanes.has(branchKey(id));
  }

  /** Resolves when nothing is under way. */
  idle(): Promise<void> {
    return this.#lanes.idle();
  }

  /**
   * Does what a message asks, and gives the answer. Rejects with a Refusal, which is to be answered as an error.
   *
   * @param trace W3C trace context for the handlers.
   */
  async take(message: BranchMessage, trace?: string): Promise<Answer> {
    const key = branchKey(message);
    const { phase } = message;
    if (phase === 'abort') this.#options.calls.overtake(key);
    const isPrepare = phase === 'prepare';
    if (!this.#lanes.has(key, phase)) {
      this.#refuseIfFull(isPrepare);
      this.#prepares += isPrepare ? 1 : 0;
    }
    return this.#lanes.run(key, phase, async () => {
      try {
        return await this.#settle(message, trace);
      } finally {
        this.#prepares -= isPrepare ? 1 : 0;
      }
    });
  }

  /** After a failure of the log nobody knows what it holds: nothing is read, written or answered any more. */
  fail(error: unknown): void {
    if (this.#failure !== undefined) return;
    this.#failure = error;
    this.#options.onFatal(error);
  }

  /**
   * Brings an open branch further without being asked: a decided one is carried out, one that never voted in time is
   * undone, a prepared one asks for its decision (rule 2). Rejects with a Refusal.
   *
   * @returns whether the branch has ended.
   */
  async lookAfter(entry: OpenEntry): Promise<boolean> {
    if (entry.state === 'committing') return this.#conclude(entry, 'commit');
    if (entry.state === 'aborting') return this.#conclude(entry, 'abort');
    if (entry.state === 'preparing' && this.now() > entry.deadline) return this.#conclude(entry, 'abort');
    this.#options.counters.inquiries += 1;
    const outcome = await this.#options.inquire(entry);
    switch (outcome) {
      case 'undecided':
        return false;
      case 'committed':
        return this.#conclude(entry, 'commit');
      case 'aborted':
        return this.#conclude(entry, 'abort');
    }
  }

  async #conclude({ transaction, branch, order, operation, deadline }: OpenEntry, phase: 'commit' | 'abort') {
    await this.take({ phase, transaction, branch, order, operation, deadline });
    return true;
  }

  #refuseIfFull(isPrepare: boolean): void {
    const isFull = isPrepare && this.#prepares >= participantLimits.prepares;
    if (!isFull && this.#lanes.size < participantLimits.messages) return;
    throw new Refusal('BUSY', 'Too many messages are waiting; ask again in a moment.', { retryAfterMs: 1_000 });
  }

  async #settle(message: BranchMessage, trace: string | undefined): Promise<Answer> {
    let entry = await this.#logged((log) => log.read(message));
    const older = message.phase === 'prepare' && entry === undefined ? await this.#older(message) : undefined;
    for (;;) {
      const decision = decide(entry, message, this.now(), older);
      switch (decision.kind) {
        case 'refuse':
          throw this.#refused(message, decision.code, decision.why);
        case 'answer':
          if (decision.entry !== undefined) await this.#write(decision.entry);
          if (decision.forgotten === true) this.#countForgotten(message);
          return decision.answer;
        case 'run': {
          const isRepeat = decision.entry === entry;
          if (!isRepeat) await this.#write(decision.entry);
          entry = await this.#run(message, decision.entry, isRepeat, trace);
        }
      }
    }
  }

  /** Calls the handler that an entry is about, and writes what has become of it. */
  async #run(
    message: BranchMessage,
    entry: OpenEntry,
    isRepeat: boolean,
    trace: string | undefined,
  ): Promise<LogEntry> {
    const { calls } = this.#options;
    try {
      if (message.phase === 'prepare' && entry.state === 'preparing') {
        const { vote, keep } = await calls.prepare(entry, message.args, trace);
        return await this.#write(voted(entry, vote, keep, this.now(), isRepeat));
      }
      await calls.carryOut(entry, trace);
      return await this.#write(carriedOut(entry));
    } catch (error) {
      if (error instanceof Refusal && error.code === 'HANDLER_FAILED') this.#countFailure(entry, error);
      throw error;
    }
  }

  /** Rule 7: the transaction of an older branch of this order that is still undecided, after asking about it. */
  async #older({ order, transaction }: BranchMessage): Promise<string | undefined> {
    const find = () => this.#logged((log) => log.openOfOrder(order, transaction, participantLimits.olderBranches));
    const found = await find();
    if (found.length === 0) return undefined;
    await this.#atMost(
      participantPauses.inquiryMs,
      found.map((entry) => this.lookAfter(entry)),
    );
    const [left] = await find();
    return left?.transaction;
  }

  /** Waits for all, but not for ever: a handler that hangs must not hold up another branch. */
  async #atMost(patienceMs: number, works: readonly Promise<unknown>[]): Promise<void> {
    let cancel = (): void => {};
    const patience = new Promise<void>((resolve) => {
      cancel = this.#options.clock.schedule(patienceMs, resolve);
    });
    await Promise.race([Promise.allSettled(works), patience]);
    cancel();
  }

  async #write<Entry extends LogEntry>(entry: Entry): Promise<Entry> {
    if (!(await this.#logged((log) => log.write(entry)))) {
      const why = 'Another instance has written to the log about this branch meanwhile; ask again.';
      throw new Refusal('TAKEN_ELSEWHERE', why);
    }
    this.#count(entry);
    return entry;
  }

  async #logged<Result>(use: (log: BranchLog) => Promise<Result>): Promise<Result> {
    if (this.#failure !== undefined) throw unavailable(this.#failure);
    try {
      return await use(this.#options.log);
    } catch (error) {
      if (isDamage(error)) {
        this.#options.logger.error({ err: error }, 'An entry of the log is damaged');
        throw new Refusal('STORE_CORRUPT', error.message, {}, { cause: error });
      }
      this.fail(error);
      throw unavailable(error);
    }
  }

  #count({ state }: OpenEntry | EndedEntry): void {
    const { counters } = this.#options;
    if (state === 'prepared') counters.yes += 1;
    else if (state === 'no' || state === 'readOnly' || state === 'committed' || state === 'aborted')
      counters[state] += 1;
  }

  #countForgotten({ transaction, branch }: BranchMessage): void {
    this.#options.counters.forgottenCommits += 1;
    this.#options.logger.warn({ transaction, branch }, 'A commit came for a branch that is not remembered any more');
  }

  #countFailure({ transaction, branch, state }: OpenEntry, error: Refusal): void {
    this.#options.counters.handlerErrors += 1;
    const fields = { transaction, branch, state, err: error.cause };
    this.#options.logger.error(fields, `${error.message}. The branch is as it was, and will be asked for again`);
  }

  #refused({ phase, transaction, branch }: BranchMessage, code: Refusal['code'], why: string): Refusal {
    if (code === 'BRANCH_UNKNOWN' || code === 'OUTCOME_CONTRADICTED') {
      this.#options.counters.contradictions += 1;
      this.#options.logger.error({ transaction, branch, phase, code }, `Branch ${transaction} ${branch}: ${why}`);
    }
    return new Refusal(code, `Branch ${transaction} ${branch}: ${why}`);
  }
}

function unavailable(cause: unknown): Refusal {
  const why = 'The log of this participant has failed, and it takes no more messages; ask again once it is restarted.';
  return new Refusal('STORE_UNAVAILABLE', why, {}, { cause });
}
