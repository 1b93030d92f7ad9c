import { branchKey } from './branch.ts';
import type { Branches } from './branches.ts';
import type { ParticipantClock } from './clock.ts';
import { messageOf } from './errors.ts';
import { participantLimits, participantPauses } from './limits.ts';
import type { BranchLog } from './log/branch-log.ts';
import type { OpenEntry } from './log/entry.ts';
import type { ParticipantLogger } from './logger.ts';

/** When a branch is to be looked after next. */
interface Plan {
  readonly tries: number;
  /** ms since 1970 */
  readonly dueAt: number;
  /** The pass through the log in which the branch was seen last. */
  readonly pass: number;
}

export interface AttentionOptions {
  readonly log: BranchLog;
  readonly branches: Branches;
  readonly clock: ParticipantClock;
  readonly logger: ParticipantLogger;
  readonly onFatal: (error: unknown) => void;
}

/**
 * Looks after branches that nobody asks about: all that are open at start, later those whose time has come, with
 * growing pauses; and forgets ended ones whose deadline has passed. A round reads a bounded piece of the log and waits
 * for no branch, so that none holds up the others (rule 11).
 */
export class Attention {
  readonly #options: AttentionOptions;
  readonly #plans = new Map<string, Plan>();
  readonly #lookedAfter = new Set<string>();
  #place: OpenEntry | undefined;
  #pass = 0;
  #overdue = 0;
  #complainedAt = 0;
  #cancel = (): void => {};
  #isStopped = false;
  #round: Promise<void> = Promise.resolve();

  constructor(options: AttentionOptions) {
    this.#options = options;
  }

  start(): void {
    this.#round = this.#next();
  }

  /** Resolves when no round is under way; what it has begun goes on. */
  stop(): Promise<void> {
    this.#isStopped = true;
    this.#cancel();
    return this.#round;
  }

  async #next(): Promise<void> {
    const { roundMs, crowdedMs } = participantPauses;
    let isCrowded: boolean;
    try {
      isCrowded = await this.#doRound();
    } catch (error) {
      this.#options.onFatal(error);
      return;
    }
    if (this.#isStopped) return;
    // The first pass goes on at once: what was open when the last process ended has waited long enough.
    const pauseMs = this.#pass > 0 ? roundMs : isCrowded ? crowdedMs : 0;
    this.#cancel = this.#options.clock.schedule(pauseMs, () => this.start());
  }

  /** @returns whether it had to end early, because too many branches are being looked after. */
  async #doRound(): Promise<boolean> {
    const { log, branches } = this.#options;
    const now = branches.now();
    // Piece by piece, so that messages get their turn in between.
    while ((await log.forget(now, participantLimits.round)) === participantLimits.round && !this.#isStopped);
    const page = await log.open({
      limit: participantLimits.round,
      ...(this.#place !== undefined && { after: this.#place }),
    });
    for (const entry of page) {
      if (this.#isStopped) return false;
      if (this.#isDue(entry, now)) {
        if (this.#lookedAfter.size >= participantLimits.round) return true; // the next round begins with this one
        this.#lookAfter(entry);
      }
      if (entry.state !== 'preparing' && now > entry.deadline + participantPauses.complaintMs) this.#overdue += 1;
      this.#place = entry;
    }
    if (page.length < participantLimits.round) this.#endPass(now);
    return false;
  }

  #isDue(entry: OpenEntry, now: number): boolean {
    const key = branchKey(entry);
    const plan = this.#plans.get(key);
    if (plan !== undefined) {
      this.#plans.set(key, { ...plan, pass: this.#pass });
      if (now < plan.dueAt) return false;
    }
    if (this.#lookedAfter.has(key) || this.#options.branches.isBusyWith(entry)) return false;
    const isLate = now > entry.deadline;
    switch (entry.state) {
      case 'preparing':
        return isLate;
      case 'prepared':
        return isLate || this.#pass === 0;
      case 'committing':
      case 'aborting':
        if (plan !== undefined || this.#pass === 0) return true;
        // Its handler has just failed, or runs elsewhere.
        this.#plan(key, 0);
        return false;
    }
  }

  /** Not awaited by the round: a handler may take its time. */
  #lookAfter(entry: OpenEntry): void {
    const key = branchKey(entry);
    this.#lookedAfter.add(key);
    const tries = (this.#plans.get(key)?.tries ?? 0) + 1;
    this.#options.branches
      .lookAfter(entry)
      .catch((error: unknown) => {
        const { transaction, branch } = entry;
        if (!this.#isStopped) this.#options.logger.warn({ transaction, branch, tries }, messageOf(error));
        return false;
      })
      .then((hasEnded) => {
        this.#lookedAfter.delete(key);
        if (hasEnded) this.#plans.delete(key);
        else this.#plan(key, tries);
      })
      .catch(this.#options.onFatal);
  }

  #plan(key: string, tries: number): void {
    const { firstMs, longestMs } = participantPauses;
    const pauseMs = Math.min(longestMs, firstMs * 2 ** Math.max(0, tries - 1));
    const jitterMs = (pauseMs / 5) * this.#options.clock.random();
    this.#plans.set(key, { tries, dueAt: this.#options.branches.now() + pauseMs + jitterMs, pass: this.#pass });
  }

  #endPass(now: number): void {
    this.#place = undefined;
    // What another instance has ended is not listed any more.
    for (const [key, { pass }] of this.#plans) if (pass < this.#pass) this.#plans.delete(key);
    this.#pass += 1;
    if (this.#overdue > 0 && now >= this.#complainedAt + participantPauses.complaintMs) {
      this.#complainedAt = now;
      const message =
        'Branches are undecided long after their deadline: is Ordo running, and reachable on this NATS server?';
      this.#options.logger.warn({ branches: this.#overdue }, message);
    }
    this.#overdue = 0;
  }
}
