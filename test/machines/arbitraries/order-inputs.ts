import fc from 'fast-check';
import type { OrderContext } from '../../../machines/order/order-context.ts';
import type { Input } from '../../../runtime/step.ts';
import { contextOf, ORDER, placeEvent, settings } from '../fixtures/order.ts';
import type { Scene } from '../fixtures/scene.ts';
import { type Choice, sensible } from './sensible-command.ts';

/** Something that may or may not make sense to send to an order; what it becomes depends on what the order is. */
export type Attempt =
  | ({ readonly kind: 'sensible' } & Choice)
  | { readonly kind: 'command'; readonly event: { readonly type: string } & Readonly<Record<string, unknown>> }
  | { readonly kind: 'pay'; readonly more: number }
  | { readonly kind: 'outcome'; readonly type: 'commit' | 'abort'; readonly of: Which }
  | { readonly kind: 'begin.answered'; readonly outcome: unknown; readonly isStale: boolean }
  | { readonly kind: 'timer'; readonly index: number; readonly late: number }
  | { readonly kind: 'answer.late' };

type Which = 'this' | 'first' | 'next' | 'stranger';

/** Objects like those that JSON gives. */
const PLAIN = { noNullPrototype: true } as const;

const EXTREME = [0, -1, 1.5, Number.MAX_SAFE_INTEGER, Number.NaN];
const quantity = fc.oneof({ weight: 12, arbitrary: fc.integer({ min: 1, max: 4 }) }, fc.constantFrom(...EXTREME));
const line = fc.oneof({ weight: 8, arbitrary: fc.integer({ min: 1, max: 3 }) }, fc.constantFrom(0, 4, -1, 1.5));
const amount = fc.oneof({ weight: 4, arbitrary: fc.integer({ min: 1, max: 300 }) }, fc.constantFrom(...EXTREME));
const parts = fc.array(fc.record({ line, quantity }, PLAIN), { minLength: 1, maxLength: 3 });
const returned = fc.array(fc.record({ line, quantity, restock: fc.boolean() }, PLAIN), { minLength: 1, maxLength: 3 });
const parcel = fc.constantFrom('P1', 'P2', 'P3', 'P9');
const which = fc.oneof(
  { weight: 8, arbitrary: fc.constant('this' as const) },
  fc.constantFrom<Which>('first', 'next', 'stranger'),
);

function command<T extends string>(type: T, body: Readonly<Record<string, fc.Arbitrary<unknown>>> = {}) {
  const required = type === 'return' ? ['lines' as const] : [];
  return fc
    .record(body, { ...PLAIN, requiredKeys: required as never[] })
    .map((fields): Attempt => ({ kind: 'command', event: { type, ...fields } }));
}

const commands = fc.oneof(
  { weight: 6, arbitrary: command('ship', { lines: parts, carrier: fc.constant('DHL') }) },
  { weight: 4, arbitrary: command('deliver', { parcel }) },
  { weight: 2, arbitrary: command('deliver', { parcel, failed: fc.boolean(), lost: fc.boolean() }) },
  { weight: 2, arbitrary: command('confirmReceipt') },
  { weight: 3, arbitrary: command('cancel', { lines: parts, reason: fc.constant('customer') }) },
  { weight: 3, arbitrary: command('return', { lines: returned, refund: amount }) },
  { weight: 1, arbitrary: command('refund', { amount }) },
  { weight: 1, arbitrary: command('amend', { shippingAddress: fc.constant({ city: 'Leeds' }) }) },
  { weight: 1, arbitrary: command('note', { text: fc.constant('called') }) },
  { weight: 1, arbitrary: fc.constant<Attempt>({ kind: 'command', event: placeEvent() }) },
);

const more = fc.oneof({ weight: 6, arbitrary: fc.constant(0) }, fc.constantFrom(-1, 1, 1_000, Number.NaN));

export const attempts: fc.Arbitrary<readonly Attempt[]> = fc.array(
  fc.oneof(
    {
      weight: 24,
      arbitrary: fc.record({ kind: fc.constant('sensible' as const), first: fc.nat(11), second: fc.nat(23) }),
    },
    { weight: 10, arbitrary: commands },
    { weight: 3, arbitrary: fc.record({ kind: fc.constant('pay' as const), more }) },
    {
      weight: 5,
      arbitrary: fc.record({ kind: fc.constant('outcome' as const), type: fc.constant('commit' as const), of: which }),
    },
    {
      weight: 2,
      arbitrary: fc.record({ kind: fc.constant('outcome' as const), type: fc.constant('abort' as const), of: which }),
    },
    {
      weight: 3,
      arbitrary: fc.record({
        kind: fc.constant('begin.answered' as const),
        outcome: fc.constantFrom('undecided', 'committed', 'aborted', 'nonsense', null),
        isStale: fc.boolean(),
      }),
    },
    {
      weight: 2,
      arbitrary: fc.record({
        kind: fc.constant('timer' as const),
        index: fc.nat(3),
        late: fc.constantFrom(0, 1, 999_999),
      }),
    },
    { weight: 1, arbitrary: fc.constant<Attempt>({ kind: 'answer.late' }) },
  ),
  { maxLength: 40, size: 'max' },
);

/** Any order that may be placed: its total is not below 0 (api.md), everything else goes. */
export const placements = fc
  .record({
    lines: fc.array(
      fc.record(
        {
          sku: fc.constantFrom('A', 'B'),
          quantity: fc.integer({ min: 1, max: 4 }),
          unitPrice: fc.constantFrom(0, 50, 100),
        },
        PLAIN,
      ),
      { maxLength: 3 },
    ),
    fees: fc.array(fc.record({ code: fc.constant('FEE'), amount: fc.integer({ min: -150, max: 150 }) }, PLAIN), {
      maxLength: 2,
    }),
    terms: fc.constantFrom('prepaid' as const, 'invoice' as const),
    windows: fc.boolean(),
  })
  .filter(({ lines, fees }) => totalOf(lines, fees) >= 0)
  .map(({ windows, ...order }) =>
    placeEvent({
      ...order,
      settings: windows ? settings() : settings({ paymentWindowMs: null, receiptWindowMs: null, returnWindowMs: null }),
    }),
  );

function totalOf(
  lines: readonly { readonly quantity: number; readonly unitPrice: number }[],
  fees: readonly { readonly amount: number }[],
): number {
  const goods = lines.reduce((sum, { quantity: units, unitPrice }) => sum + units * unitPrice, 0);
  return goods + fees.reduce((sum, fee) => sum + fee.amount, 0);
}

/** What an attempt comes to for an order as it is; `undefined` when there is nothing of the kind to send. */
export function inputOf(attempt: Attempt, scene: Scene): { readonly input: Input; readonly at: number } | undefined {
  const { actor, now } = scene;
  const order = contextOf(scene);
  const at = now + 100;
  switch (attempt.kind) {
    case 'sensible': {
      const event = sensible(scene, attempt);
      return { input: { kind: event.type === 'commit' ? 'message' : 'command', event, cause: 'test' }, at };
    }
    case 'command':
      return { input: { kind: 'command', event: attempt.event, cause: 'test' }, at };
    case 'pay': {
      const owed = Math.max(0, order.total - order.sums.canceledValue - order.sums.returnedValue - order.waivedFees);
      return { input: { kind: 'command', event: { type: 'pay', amount: owed + attempt.more }, cause: 'test' }, at };
    }
    case 'outcome': {
      const event = { type: attempt.type, transaction: transactionOf(order, attempt.of) };
      return { input: { kind: 'message', event, cause: 'test' }, at };
    }
    case 'begin.answered': {
      const seq = actor.record?.asks.find(({ id }) => id === 'begin')?.seq ?? 0;
      const answer = attempt.outcome === null ? {} : { outcome: attempt.outcome };
      return {
        input: { kind: 'answer', ask: 'begin', seq: attempt.isStale ? seq - 1 : seq, answer, cause: 'test' },
        at,
      };
    }
    case 'timer': {
      const timers = actor.record?.timers ?? [];
      const timer = timers[attempt.index % Math.max(1, timers.length)];
      if (timer === undefined) return undefined;
      return { input: { kind: 'timer', timer }, at: Math.max(now, timer.dueAt) + attempt.late };
    }
    case 'answer.late':
      return { input: { kind: 'answer', ask: 'begin', seq: -1, answer: { outcome: 'aborted' }, cause: 'test' }, at };
  }
}

function transactionOf({ transactions }: OrderContext, which: Which): string {
  switch (which) {
    case 'this':
      return `${ORDER}~${transactions}`;
    case 'first':
      return `${ORDER}~1`;
    case 'next':
      return `${ORDER}~${transactions + 1}`;
    case 'stranger':
      return 'SO-2~1';
  }
}
