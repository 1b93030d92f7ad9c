import { type BranchKind, type JsonObject, voteAnswer } from '../contracts/index.ts';
import { branchKey, type HeldBranch, type Json, type NewBranch } from './branch.ts';
import type { ParticipantClock } from './clock.ts';
import { type BranchMessage, TOO_LATE } from './decide.ts';
import { messageOf, Refusal } from './errors.ts';
import type { CallContext, Handlers, Vote } from './handlers.ts';
import { participantLimits } from './limits.ts';
import type { OpenEntry } from './log/entry.ts';
import { Slots } from './slots.ts';

/** A handler's call: it waits for a slot, then it runs. */
interface Call {
  readonly key: string;
  readonly phase: BranchMessage['phase'];
  readonly controller: AbortController;
  /** ms since 1970; undefined while it waits. */
  startedAt: number | undefined;
}

/** A vote that was looked over; `keep` is as it will be read back from the log. */
export interface CheckedVote {
  readonly vote: Vote;
  readonly keep: Json | undefined;
}

/** Calls the author's handlers, so many at a time, decisions first. Whatever they throw becomes HANDLER_FAILED. */
export class Calls {
  readonly #calls = new Map<string, Call>();
  readonly #handlers: Handlers<BranchKind, Vote>;
  readonly #clock: ParticipantClock;
  readonly #slots: Slots;
  #isEnding = false;

  constructor(handlers: Handlers<BranchKind, Vote>, clock: ParticipantClock, concurrency: number) {
    this.#handlers = handlers;
    this.#clock = clock;
    this.#slots = new Slots(concurrency);
  }

  /** The calls that run now, with the time of their start: ms since 1970. */
  get running(): readonly { readonly key: string; readonly phase: Call['phase']; readonly startedAt: number }[] {
    return [...this.#calls.values()].flatMap(({ key, phase, startedAt }) =>
      startedAt === undefined ? [] : [{ key, phase, startedAt }],
    );
  }

  /** @param args what came with the prepare, secrets included. */
  prepare(entry: OpenEntry, args: JsonObject, trace: string | undefined): Promise<CheckedVote> {
    return this.#call('prepare', entry, trace, async (context) => {
      // It has waited for its slot for too long: nothing is begun that would only have to be undone.
      if (context.signal.aborted) return { vote: { vote: 'no', ...TOO_LATE }, keep: undefined };
      const branch = { ...factsOf(entry), args } as unknown as NewBranch; // its kind's schema has seen to the args
      return checked(await this.#handlers.prepare(branch, context));
    });
  }

  /** Calls `commit` or `abort`, as the entry's state says. */
  carryOut(entry: OpenEntry, trace: string | undefined): Promise<void> {
    const phase = entry.state === 'committing' ? 'commit' : 'abort';
    return this.#call(phase, entry, trace, async (context) => {
      const branch = { ...factsOf(entry), args: entry.args, keep: entry.keep } as unknown as HeldBranch<
        BranchKind,
        never
      >;
      await this.#handlers[phase](branch, context);
    });
  }

  /** Tells a `prepare` of this branch, should there be one, that nobody waits for it any more. */
  overtake(key: string): void {
    const call = this.#calls.get(key);
    if (call?.phase === 'prepare') call.controller.abort(new Error('The transaction was aborted.'));
  }

  /** Tells every call that it is not waited for; those that have not begun will not. */
  end(): void {
    this.#isEnding = true;
    for (const { controller } of this.#calls.values()) controller.abort(new Error('The participant is stopping.'));
  }

  async #call<Result>(
    phase: BranchMessage['phase'],
    entry: OpenEntry,
    trace: string | undefined,
    work: (context: CallContext) => Promise<Result>,
  ): Promise<Result> {
    const controller = new AbortController();
    const call: Call = { key: branchKey(entry), phase, controller, startedAt: undefined };
    const late = () => controller.abort(new Error('The deadline for this vote has passed.'));
    const cancel = phase === 'prepare' ? this.#clock.schedule(this.#leftUntil(entry.deadline), late) : () => {};
    this.#calls.set(call.key, call);
    try {
      return await this.#slots.use(phase !== 'prepare', async () => {
        if (this.#isEnding) throw new Refusal('SHUTTING_DOWN', 'The participant is stopping; ask again.');
        call.startedAt = this.#clock.now();
        try {
          return await work({ signal: controller.signal, ...(trace !== undefined && { traceparent: trace }) });
        } catch (cause) {
          throw new Refusal('HANDLER_FAILED', `${phase} has failed: ${messageOf(cause)}`, {}, { cause });
        }
      });
    } finally {
      cancel();
      this.#calls.delete(call.key);
    }
  }

  #leftUntil(deadline: number): number {
    return Math.max(0, deadline - this.#clock.now());
  }
}

function factsOf(entry: OpenEntry) {
  const { transaction, branch, order, operation, deadline } = entry;
  return { transaction, branch, order, operation, key: branchKey(entry), deadline: new Date(deadline) };
}

function checked(vote: Vote): CheckedVote {
  const parsed = voteAnswer.safeParse(vote);
  if (!parsed.success) {
    const shapes = '{vote: "yes"}, {vote: "no", code, reason} or {vote: "readOnly"}';
    throw new TypeError(`prepare must return ${shapes}, and not ${JSON.stringify(vote)}`);
  }
  const { data } = parsed;
  switch (data.vote) {
    case 'yes':
      return { vote: { vote: 'yes' }, keep: kept((vote as { readonly keep?: Json }).keep) };
    case 'no':
      return { vote: { vote: 'no', code: data.code, reason: data.reason }, keep: undefined };
    case 'readOnly':
      return { vote: { vote: 'readOnly' }, keep: undefined };
  }
}

/** What is handed over today must be what is read back from the log tomorrow. */
function kept(keep: Json | undefined): Json | undefined {
  if (keep === undefined) return undefined;
  const json = JSON.stringify(keep);
  const bytes = Buffer.byteLength(json);
  if (bytes > participantLimits.keepBytes) {
    throw new RangeError(`keep must be at most ${participantLimits.keepBytes} bytes as JSON, but has ${bytes}`);
  }
  return JSON.parse(json) as Json;
}
