import { describe, expect, it } from 'vitest';
import { type BranchFixture, charge, decided, parcel, prepare, reserve } from './fixtures/branch.ts';
import { command, emptyScene, type Happening, happen, sceneAfter } from './fixtures/scene.ts';

/** A shelf, an account or parcels after some branches; the one that is being looked at comes last. */
interface Case {
  readonly type: string;
  readonly before: readonly Happening[];
  readonly branch: BranchFixture;
}

let number = 0;
function of(operation: string, args: Readonly<Record<string, unknown>>): BranchFixture {
  number += 1;
  const order = `SO-${number}`;
  return reserve({ order, transaction: `${order}~1`, operation, args: { sku: 'A', ...args } });
}

function bookAfter({ type, before, branch }: Case, outcome: 'held' | 'commit' | 'abort'): unknown {
  const history = [...before, prepare(branch), ...(outcome === 'held' ? [] : [decided(outcome, branch)])];
  return (sceneAfter(emptyScene(type, 'one'), history).actor.snapshot.context as { readonly book: unknown }).book;
}

function voteOf({ type, before, branch }: Case): unknown {
  const { result } = happen(sceneAfter(emptyScene(type, 'one'), before), prepare(branch));
  return result?.kind === 'stepped' ? result.reply?.payload : undefined;
}

const done = (branch: BranchFixture): readonly Happening[] => [prepare(branch), decided('commit', branch)];

describe('A shelf of ten units, of which four are reserved', () => {
  const before = [command({ type: 'receive', quantity: 10 }), ...done(of('reserve', { quantity: 4 }))];
  const stock = (operation: string, args: Readonly<Record<string, unknown>>): Case => ({
    type: 'stock',
    before,
    branch: of(operation, args),
  });
  const was = { onHand: 10, reserved: 4, undecided: 0, received: 10, dispatched: 0, restocked: 0, writtenOff: 0 };

  it.each([
    ['reserve', { quantity: 3 }, { reserved: 7, undecided: 3 }, { reserved: 7 }],
    ['dispatch', { quantity: 3, fromReservation: 3 }, { undecided: 3 }, { onHand: 7, reserved: 1, dispatched: 3 }],
    [
      'dispatch',
      { quantity: 5, fromReservation: 2 },
      { reserved: 7, undecided: 5 },
      { onHand: 5, reserved: 2, dispatched: 5 },
    ],
    ['dispatch', { quantity: 6 }, { reserved: 10, undecided: 6 }, { onHand: 4, dispatched: 6 }],
    ['release', { quantity: 4 }, { undecided: 4 }, { reserved: 0 }],
    ['restock', { quantity: 2 }, {}, { onHand: 12, restocked: 2 }],
    ['writeOff', { quantity: 2 }, {}, { writtenOff: 2 }],
  ])('%s %j is set aside by the vote, done by commit, undone by abort', (operation, args, held, applied) => {
    const one = stock(operation, args);
    expect(bookAfter(one, 'held')).toEqual({ ...was, ...held });
    expect(bookAfter(one, 'commit')).toEqual({ ...was, ...applied });
    expect(bookAfter(one, 'abort')).toEqual(was);
  });

  it.each([
    ['reserve', { quantity: 7 }, 'INSUFFICIENT_STOCK', '7 asked, 6 available'],
    ['reserve', { quantity: 0 }, 'INSUFFICIENT_STOCK', '0 asked, 6 available'],
    ['reserve', { quantity: 1.5 }, 'INSUFFICIENT_STOCK', '1.5 asked, 6 available'],
    ['dispatch', { quantity: 7 }, 'INSUFFICIENT_STOCK', '7 asked, 6 available'],
    ['dispatch', { quantity: 9, fromReservation: 2 }, 'INSUFFICIENT_STOCK', '7 asked, 6 available'],
    ['dispatch', { quantity: 5, fromReservation: 5 }, 'RESERVATION_UNKNOWN', '5 are said to be reserved, 4 are'],
    ['dispatch', { quantity: 1, fromReservation: 2 }, 'RESERVATION_UNKNOWN', '2 are said to be reserved, 4 are'],
    ['dispatch', { quantity: 1, fromReservation: -1 }, 'RESERVATION_UNKNOWN', '-1 are said to be reserved, 4 are'],
    ['release', { quantity: 5 }, 'RESERVATION_UNKNOWN', '5 are to be released, 4 are reserved'],
    [
      'restock',
      { quantity: Number.MAX_SAFE_INTEGER },
      'TOO_MUCH_STOCK',
      'the sum is beyond what can be counted exactly',
    ],
    ['eat', { quantity: 1 }, 'UNKNOWN_OPERATION', 'stock cannot eat'],
  ])('%s %j is voted down: %s', (operation, args, code, reason) => {
    expect(voteOf(stock(operation, args))).toEqual({ vote: 'no', code, reason });
  });

  const uses = [
    ['dispatch', { quantity: 4, fromReservation: 4 }],
    ['release', { quantity: 4 }],
  ] as const;
  it.each(uses)('what an undecided %s is about to use cannot be used twice', (operation, args) => {
    const first = prepare(of(operation, args));
    for (const [again, more] of uses) {
      const second: Case = { type: 'stock', before: [...before, first], branch: of(again, more) };
      expect(voteOf(second)).toMatchObject({ vote: 'no', code: 'RESERVATION_UNKNOWN' });
    }
  });

  it('what is reserved by an undecided branch cannot be used before its decision', () => {
    const first = of('reserve', { quantity: 6 });
    const second: Case = { type: 'stock', before: [...before, prepare(first)], branch: of('release', { quantity: 5 }) };
    expect(voteOf(second)).toMatchObject({ vote: 'no', code: 'RESERVATION_UNKNOWN' });
  });
});

describe('An account on which 1500 were captured', () => {
  const before = done(charge({ transaction: 'SO-1~1' }));
  const account = (operation: string, args: Readonly<Record<string, unknown>>): Case => ({
    type: 'payment',
    before,
    branch: charge({ transaction: 'SO-1~2', operation, args }),
  });
  const was = { authorized: 0, captured: 1500, refunded: 0, refunding: 0 };

  it.each([
    ['charge', { amount: 500 }, { authorized: 500 }, { captured: 2000 }],
    ['refund', { amount: 500 }, { refunding: 500 }, { refunded: 500 }],
    ['refund', { amount: 1500, reason: 'goodwill' }, { refunding: 1500 }, { refunded: 1500 }],
  ])('%s %j is set aside by the vote, done by commit, undone by abort', (operation, args, held, applied) => {
    const one = account(operation, args);
    expect(bookAfter(one, 'held')).toMatchObject({ ...was, ...held, entries: [{}] });
    expect(bookAfter(one, 'abort')).toMatchObject({ ...was, entries: [{}] });
    const entry = {
      kind: operation,
      transaction: 'SO-1~2',
      amount: args.amount,
      reason: 'reason' in args ? args.reason : null,
    };
    expect(bookAfter(one, 'commit')).toMatchObject({ ...was, ...applied, entries: [{}, entry] });
  });

  it.each([
    ['refund', { amount: 1501 }, 'REFUND_EXCEEDS_CAPTURED'],
    ['refund', { amount: 0 }, 'PAYMENT_DECLINED'],
    ['charge', { amount: 0.5 }, 'PAYMENT_DECLINED'],
    ['charge', {}, 'PAYMENT_DECLINED'],
    ['charge', { amount: 5, method: { provider: 'sandbox', token: 'declined' } }, 'PAYMENT_DECLINED'],
    ['charge', { amount: 5, method: { provider: 'sandbox', token: 'forged' } }, 'PAYMENT_DECLINED'],
    ['charge', { amount: 5, method: { provider: 'bank', token: 'ok' } }, 'PAYMENT_DECLINED'],
    ['gift', { amount: 5 }, 'UNKNOWN_OPERATION'],
  ])('%s %j is voted down: %s', (operation, args, code) => {
    expect(voteOf(account(operation, args))).toMatchObject({ vote: 'no', code });
  });

  it('keeps nothing of how the customer pays', () => {
    const secret = { provider: 'sandbox', token: 'ok', number: '4111' };
    const one = account('charge', { amount: 500, method: secret });
    const { actor } = sceneAfter(emptyScene('payment', 'one'), [...before, prepare(one.branch)]);
    expect(JSON.stringify(actor.record)).not.toContain('4111');
  });
});

describe("An order's parcels", () => {
  it('are handed over by commit, and known by it', () => {
    const one: Case = { type: 'shipment', before: [], branch: parcel() };
    expect(bookAfter(one, 'held')).toEqual({ parcels: [] });
    expect(bookAfter(one, 'abort')).toEqual({ parcels: [] });
    expect(bookAfter(one, 'commit')).toMatchObject({
      parcels: [{ parcel: 'P1', carrier: 'DHL', transaction: 'SO-1~1' }],
    });
  });

  it('have names of their own: one that has shipped does not ship again', () => {
    const again: Case = { type: 'shipment', before: done(parcel()), branch: parcel({ transaction: 'SO-1~2' }) };
    expect(voteOf(again)).toMatchObject({ vote: 'no', code: 'PARCEL_EXISTS' });
  });

  it('can be shipped and nothing else', () => {
    const other: Case = { type: 'shipment', before: [], branch: parcel({ operation: 'teleport' }) };
    expect(voteOf(other)).toMatchObject({ vote: 'no', code: 'UNKNOWN_OPERATION' });
  });
});
