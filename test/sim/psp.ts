import type { SteppedClock } from '../fixtures/stepped-clock.ts';
import type { Random } from './random.ts';
import { must } from './safety.ts';
import type { Trace } from './trace.ts';

type Body = Readonly<Record<string, unknown>>;
type Ending = 'held' | 'committed' | 'aborted' | 'no';

interface Branch {
  ending: Ending;
  readonly transaction: string;
  readonly branch: string;
  readonly operation: string;
  readonly order: string;
  readonly amount: number;
}

/** Asks what has become of a branch: a yes that hears no decision must inquire. */
export type Inquire = (transaction: string, branch: string, answer: (outcome: unknown) => void) => void;

const INQUIRY_MS = 5_000;

/**
 * An outside payment service. Its log survives its restarts; its answers come late, twice or not at all until it is
 * healed.
 */
export class PaymentService {
  /** By transaction and branch. */
  readonly #log = new Map<string, Branch>();
  readonly #clock: SteppedClock;
  readonly #random: Random;
  readonly #trace: Trace;
  readonly #inquire: Inquire;
  #deafUntil = 0;
  #run = 1;
  #isHealed = false;

  constructor(clock: SteppedClock, random: Random, trace: Trace, inquire: Inquire) {
    this.#inquire = inquire;
    this.#clock = clock;
    this.#random = random;
    this.#trace = trace;
  }

  heal(): void {
    this.#isHealed = true;
    this.#deafUntil = 0;
  }

  /** Dies and comes back after a while: what it was about to answer is gone, its log is not. */
  restart(downMs: number): void {
    this.#run += 1;
    this.#deafUntil = this.#clock.now() + downMs;
    this.#trace.add('service:psp restarts');
  }

  /** What an order has paid here, for good. */
  account(order: string): { readonly captured: number; readonly refunded: number } {
    const sum = (operation: string) =>
      [...this.#log.values()]
        .filter((branch) => branch.order === order && branch.operation === operation && branch.ending === 'committed')
        .reduce((total, { amount }) => total + amount, 0);
    return { captured: sum('charge'), refunded: sum('refund') };
  }

  /** The branches whose decision it has not heard. */
  get held(): readonly string[] {
    return [...this.#log].flatMap(([key, { ending }]) => (ending === 'held' ? [key] : []));
  }

  get #isDeaf(): boolean {
    return this.#clock.now() < this.#deafUntil;
  }

  take(what: string, body: Body, answer: (body: Body) => void): void {
    if (this.#isDeaf) return;
    const answered = this.#answerTo(what, body);
    const copies = this.#isHealed ? 1 : this.#random.pick([0, 1, 1, 1, 2]);
    const run = this.#run;
    for (let copy = 0; copy < copies; copy += 1) {
      const delayMs = this.#isHealed ? 1 : this.#random.pick([1, 50, 900, 4_000, 12_000]);
      this.#clock.schedule(delayMs, () => {
        if (run === this.#run) answer(answered);
      });
    }
  }

  #answerTo(what: string, body: Body): Body {
    const key = `${body.transaction}/${body.branch}`;
    const known = this.#log.get(key);
    if (what === 'prepare') return known === undefined ? this.#vote(key, body) : voteOf(known);
    const ending: Ending = what === 'commit' ? 'committed' : 'aborted';
    if (known === undefined) {
      must(what === 'abort', () => `service:psp is told to commit ${key}, which it never voted for`);
      this.#log.set(key, branchOf(body, ending, 0));
      return { done: true };
    }
    this.#end(key, known, ending);
    return { done: true };
  }

  #end(key: string, known: Branch, ending: Ending): void {
    must(
      known.ending === 'held' || known.ending === ending || (known.ending === 'no' && ending === 'aborted'),
      () => `service:psp is told that ${key} is ${ending}, which was ${known.ending}`,
    );
    if (known.ending === 'held') known.ending = ending;
  }

  #inquireUntilDecided(key: string, branch: Branch): void {
    this.#clock.schedule(INQUIRY_MS, () => {
      if (branch.ending !== 'held') return;
      if (!this.#isDeaf) {
        this.#inquire(branch.transaction, branch.branch, (outcome) => {
          if (outcome === 'committed' || outcome === 'aborted') this.#end(key, branch, outcome);
        });
      }
      this.#inquireUntilDecided(key, branch);
    });
  }

  #vote(key: string, body: Body): Body {
    const { amount, method } = body.args as { amount: number; method?: { token?: string } };
    const isLate = this.#clock.now() > Number(body.deadline);
    const ending: Ending = isLate || method?.token === 'declined' ? 'no' : 'held';
    const branch = branchOf(body, ending, amount);
    this.#log.set(key, branch);
    if (ending === 'held') this.#inquireUntilDecided(key, branch);
    return voteOf(branch);
  }
}

function branchOf(body: Body, ending: Ending, amount: number): Branch {
  const { transaction, branch, operation, order } = body as Readonly<Record<string, string | undefined>>;
  must(
    transaction !== undefined && branch !== undefined && operation !== undefined && order !== undefined,
    () => `service:psp is asked something incomplete: ${JSON.stringify(body)}`,
  );
  return { ending, transaction, branch, operation, order, amount };
}

function voteOf({ ending }: Branch): Body {
  if (ending === 'no') return { vote: 'no', code: 'PAYMENT_DECLINED', reason: 'no' };
  if (ending === 'aborted') return { vote: 'no', code: 'ABORTED', reason: 'aborted' };
  return { vote: 'yes' };
}
