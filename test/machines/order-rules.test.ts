import { describe, expect, it } from 'vitest';
import { accepted } from '../../runtime/refusal.ts';
import { orderHistories } from './cells/order-histories.ts';
import { prepare, reserve } from './fixtures/branch.ts';
import { contextOf, ORDER, pay, place } from './fixtures/order.ts';
import { outcomeAfter } from './fixtures/outcome.ts';
import { command, DAWN, emptyScene, type Happening, happen, message, sceneAfter, timer } from './fixtures/scene.ts';
import { begin, beginTooLate, TRANSACTION } from './fixtures/transaction.ts';
import { commanded, coordinatorOf, deliverAll, messages, orderOf, placed, stocked } from './model/town.ts';
import type { Tried } from './model/world.ts';

const DAY = 86_400_000;

const orders = emptyScene('order', ORDER);
const stocks = emptyScene('stock', 'A');
const received = command({ type: 'receive', quantity: 10 });
const coordinators = emptyScene('transaction', TRANSACTION);

describe('rule 3: the order inquires by begin itself', () => {
  it('rule 3: a begin past its deadline is recorded as aborted and answered so', () => {
    const late = sceneAfter(coordinators, [beginTooLate]);
    expect(late.actor.snapshot).toMatchObject({ value: 'aborted', context: { decision: 'aborted' } });
    expect(outcomeAfter(coordinators, [], beginTooLate)).toBe('new → aborted; arms retention; replies aborted');
  });

  it('rule 3: a begin that comes in time after one that came too late starts nothing', () => {
    expect(outcomeAfter(coordinators, [beginTooLate], begin())).toBe('replies aborted');
  });

  it('rule 3: a begin that names no branches asks about what is long forgotten, however slow the clock', () => {
    const slow = begin({ branches: [], deadline: DAWN + DAY });
    expect(outcomeAfter(coordinators, [], slow)).toBe('new → aborted; arms retention; replies aborted');
  });

  it('rule 3: the order asks its coordinator nothing but begin, with its branches until it is known', () => {
    const asked = (history: readonly Happening[]) =>
      sceneAfter(orders, history).actor.record?.asks.map(({ event }) => {
        const { type, branches } = event as { type: string; branches?: readonly unknown[] };
        return [type, branches?.length];
      });
    expect(asked([...orderHistories.paying, timer('inquiryPause')])).toEqual([['begin', 3]]);
    expect(asked(orderHistories.payingAndUndecided)).toEqual([]);
    expect(asked([...orderHistories.payingAndUndecided, timer('inquiryPause')])).toEqual([['begin', 0]]);
  });

  it('rule 3: whatever answers begin first, commit or the answer itself, is taken in once', () => {
    const world = stocked();
    placed(world, 'SO-1');
    commanded(world, 'SO-1', 'pay');
    deliverAll(world, messages('order', 'commit'));
    for (const ask of world.asks) world.repeat(ask);
    deliverAll(world, messages('order', 'commit'));
    expect(orderOf(world, 'SO-1')).toMatchObject({ captured: 1_500, transaction: null });
    deliverAll(world);
    expect(orderOf(world, 'SO-1')).toMatchObject({ captured: 1_500 });
    expect(coordinatorOf(world, 'SO-1~1').state).toBe('committed');
  });
});

describe('rule 6: an order that is prepared takes no command', () => {
  it('rule 6: while it is prepared, every command on it is refused', () => {
    const { actor, now } = sceneAfter(orders, orderHistories.shipping);
    expect(accepted(actor.definition, actor.snapshot, now)).toEqual([]);
  });

  it('rule 6: timers are taken all the same, and have their consequence after the outcome', () => {
    expect(outcomeAfter(orders, orderHistories.paying, timer('paymentWindow'))).toBe('payment unpaid → overdue');
    const aborted = message({ type: 'abort', transaction: 'SO-1~1' });
    expect(outcomeAfter(orders, orderHistories.payingLate, aborted)).toMatch(
      /^life open → canceled.*TRANSACTION_ABORTED$/,
    );
  });

  it('rule 6: stock holds amounts, not locks: orders for the same article do not wait for one another', () => {
    const mine = reserve();
    const theirs = reserve({ transaction: 'SO-2~1', order: 'SO-2' });
    expect(outcomeAfter(stocks, [received, prepare(mine)], prepare(theirs))).toMatch(/replies yes$/);
  });
});

describe('rule 8: the client hears committed, or aborted with the reason, or nothing', () => {
  it('rule 8: a payment that is voted down is answered with the votes against it', () => {
    const answers: unknown[] = [];
    const watch = ({ result }: Tried) => {
      if (result.kind === 'stepped' && result.answer?.error === true) {
        answers.push(JSON.parse(Buffer.from(result.answer.bytes).toString('utf8')));
      }
    };
    const world = stocked(watch);
    placed(world, 'SO-1');
    commanded(world, 'SO-1', 'pay', { method: { provider: 'sandbox', token: 'declined' } });
    deliverAll(world);
    const votes = [
      { participant: 'payment/SO-1', code: 'PAYMENT_DECLINED', reason: 'the sandbox was told to decline' },
    ];
    expect(answers).toMatchObject([{ code: 'TRANSACTION_ABORTED', details: { transaction: 'SO-1~1', votes } }]);
  });

  it('rule 8: while nothing is decided the client is not told of an abort, however long it takes', () => {
    const waiting = Array.from({ length: 50 }, () => timer('inquiryPause'));
    const { actor } = sceneAfter(orders, [...orderHistories.paying, ...waiting]);
    expect(actor.record?.waiting).toHaveLength(1);
  });
});

describe('rule 12: no more branches than needed', () => {
  it('rule 12: the lines of an order for the same article are one branch', () => {
    const lines = Array.from({ length: 30 }, (_, index) => ({
      sku: index % 2 === 0 ? 'A' : 'B',
      quantity: 1,
      unitPrice: 1,
    }));
    const { actor } = sceneAfter(orders, [place({ lines }), pay()]);
    const names = ['payment', 'stock/A', 'stock/B'];
    expect(actor.record?.asks[0]?.event.branches).toMatchObject(names.map((branch) => ({ branch })));
  });

  it('rule 12: what needs nobody is done at once, without a coordinator', () => {
    expect(outcomeAfter(orders, orderHistories.forNothing, pay())).toMatch(/answers view$/);
  });
});

describe('rule 13: an order’s answer leaves when the order has taken in the outcome', () => {
  it('rule 13: the client is answered while others still have to hear', () => {
    const world = stocked();
    placed(world, 'SO-1');
    commanded(world, 'SO-1', 'pay');
    deliverAll(world, messages('payment', 'commit'));
    expect(world.actor('order', 'SO-1').record?.waiting).toEqual([]);
    expect(coordinatorOf(world, 'SO-1~1').state).toBe('committing');
    deliverAll(world);
    expect(coordinatorOf(world, 'SO-1~1').state).toBe('committed');
  });
});

it('A transaction is known to its order by number: that of another order is refused', () => {
  const scene = sceneAfter(orders, orderHistories.paying);
  const foreign = happen(scene, message({ type: 'commit', transaction: 'SO-2~1' }));
  expect(foreign.result?.kind).toBe('refused');
  expect(contextOf(scene).transaction?.id).toBe('SO-1~1');
});
