import fc from 'fast-check';
import type { BranchLog } from '../../../machines/participant/branch-log.ts';
import type { Input } from '../../../runtime/step.ts';
import { type BranchFixture, charge, parcel, reserve } from '../fixtures/branch.ts';
import { DAWN, type Scene } from '../fixtures/scene.ts';

/** A message to a participant about the branch of this place, or what else may happen to it. */
export type Incoming =
  | { readonly kind: 'prepare' | 'commit' | 'abort'; readonly branch: number; readonly afterMs: number }
  | { readonly kind: 'inquired'; readonly branch: number; readonly outcome: string; readonly isAsked: boolean }
  /** The decision on a branch that it holds: what a coordinator would send. */
  | { readonly kind: 'decide'; readonly type: 'commit' | 'abort'; readonly among: number }
  | { readonly kind: 'receive'; readonly quantity: number }
  | { readonly kind: 'timer' };

const branch = fc.nat(9);
const afterMs = fc.oneof({ weight: 40, arbitrary: fc.integer({ min: 0, max: 300 }) }, fc.constant(20_000));

export const incoming: fc.Arbitrary<readonly Incoming[]> = fc.array(
  fc.oneof(
    { weight: 12, arbitrary: message('prepare') },
    { weight: 2, arbitrary: message('commit') },
    { weight: 1, arbitrary: message('abort') },
    {
      weight: 6,
      arbitrary: fc.record({
        kind: fc.constant('decide' as const),
        type: fc.constantFrom('commit' as const, 'commit' as const, 'abort' as const),
        among: fc.nat(9),
      }),
    },
    {
      weight: 3,
      arbitrary: fc.record({
        kind: fc.constant('inquired' as const),
        branch,
        outcome: fc.constantFrom('undecided', 'committed', 'aborted'),
        isAsked: fc.boolean(),
      }),
    },
    {
      weight: 2,
      arbitrary: fc.record({ kind: fc.constant('receive' as const), quantity: fc.integer({ min: -1, max: 12 }) }),
    },
    { weight: 1, arbitrary: fc.constant<Incoming>({ kind: 'timer' }) },
  ),
  { maxLength: 60, size: 'max' },
);

function message<T extends 'prepare' | 'commit' | 'abort'>(kind: T) {
  return fc.record({ kind: fc.constant(kind), branch, afterMs });
}

const amount = fc.oneof(
  { weight: 20, arbitrary: fc.integer({ min: 1, max: 6 }) },
  fc.constantFrom(0, -1, 0.5, Number.MAX_SAFE_INTEGER + 1),
);
const deadline = fc.integer({ min: 1, max: 60 }).map((seconds) => DAWN + seconds * 1_000);

/** Ten branches of several orders and transactions; two of one transaction have different names. */
function branches(one: fc.Arbitrary<Omit<BranchFixture, 'transaction' | 'order' | 'branch'>>, orders: number) {
  const place = fc.record({ order: fc.nat(orders - 1), number: fc.integer({ min: 1, max: 4 }), work: one });
  return fc.array(place, { minLength: 10, maxLength: 10 }).map((places) =>
    places.map(({ order, number, work }, index): BranchFixture => {
      const transaction = `SO-${order}~${number}`;
      return { ...work, order: `SO-${order}`, transaction, branch: `branch/${index}` };
    }),
  );
}

/** An order's charges and refunds: one branch a transaction, as its ledger asks for it. */
export const paymentBranches = branches(
  fc
    .record({ operation: fc.constantFrom('charge', 'charge', 'refund', 'gift'), amount, deadline })
    .map(({ operation, amount: asked, deadline: until }) => ({
      ...charge({ operation, args: { amount: asked, currency: 'GBP', digits: 2 } }),
      deadline: until,
    })),
  1,
).map((all) => all.map((one, index) => ({ ...one, transaction: `SO-0~${index + 1}`, branch: 'payment' })));

export const stockBranches = branches(
  fc
    .record({
      operation: fc.constantFrom(
        'reserve',
        'reserve',
        'reserve',
        'dispatch',
        'dispatch',
        'release',
        'restock',
        'writeOff',
        'eat',
      ),
      quantity: amount,
      fromReservation: fc.integer({ min: 0, max: 4 }),
      deadline,
    })
    .map(({ operation, quantity, fromReservation, deadline: until }) => ({
      ...reserve({
        operation,
        args: { sku: 'A', quantity, ...(operation === 'dispatch' && { fromReservation }) },
      }),
      deadline: until,
    })),
  3,
);

export const shipmentBranches = branches(
  fc.record({ name: fc.constantFrom('P1', 'P2', 'P3'), deadline }).map(({ name, deadline: until }) => ({
    ...parcel({ args: { ...parcel().args, parcel: name } }),
    deadline: until,
  })),
  1,
).map((all) => all.map((one, index) => ({ ...one, transaction: `SO-0~${index + 1}` })));

/** What comes in, and which branch it is about. */
export function participantInput(
  item: Incoming,
  all: readonly BranchFixture[],
  { actor, now }: Scene,
): { readonly input: Input; readonly at: number; readonly branch?: BranchFixture } | undefined {
  switch (item.kind) {
    case 'prepare':
    case 'commit':
    case 'abort': {
      const about = all[item.branch];
      if (about === undefined) return undefined;
      const event = { type: item.kind, ...about };
      return { input: { kind: 'message', event, cause: 'test' }, at: now + item.afterMs, branch: about };
    }
    case 'decide': {
      const { held } = actor.snapshot.context as unknown as BranchLog;
      const about = held[item.among % Math.max(1, held.length)];
      if (about === undefined) return undefined;
      const known = all.find(
        ({ transaction, branch: name }) => transaction === about.transaction && name === about.branch,
      );
      const event = { ...about, type: item.type };
      return {
        input: { kind: 'message', event, cause: 'test' },
        at: now,
        ...(known !== undefined && { branch: known }),
      };
    }
    case 'inquired': {
      const about = all[item.branch];
      if (about === undefined) return undefined;
      const ask = `inquire:${about.transaction}/${about.branch}`;
      const seq = actor.record?.asks.find(({ id }) => id === ask)?.seq;
      if (seq === undefined || !item.isAsked) return undefined;
      const answer = { outcome: item.outcome };
      return { input: { kind: 'answer', ask, seq, answer, cause: 'test' }, at: now, branch: about };
    }
    case 'receive':
      return {
        input: { kind: 'command', event: { type: 'receive', quantity: item.quantity }, cause: 'test' },
        at: now,
      };
    case 'timer': {
      const timer = actor.record?.timers[0];
      return timer === undefined ? undefined : { input: { kind: 'timer', timer }, at: Math.max(now, timer.dueAt) };
    }
  }
}
