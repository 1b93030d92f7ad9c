import { describe, expect, it } from 'vitest';
import type { BranchLog } from '../../machines/participant/branch-log.ts';
import type { ParticipantContext } from '../../machines/participant/participant-machine.ts';
import type { StockBook } from '../../machines/stock.ts';
import { orderHistories } from './cells/order-histories.ts';
import { transactionHistories } from './cells/transaction-histories.ts';
import { charge, DEADLINE, decided, inquireAnswered, parcel, prepare, reserve, tooLate } from './fixtures/branch.ts';
import { ORDER } from './fixtures/order.ts';
import { outcomeAfter } from './fixtures/outcome.ts';
import { command, DAWN, emptyScene, type Happening, later, message, sceneAfter, timer } from './fixtures/scene.ts';
import { done, SERVICE_DEADLINE, TRANSACTION } from './fixtures/transaction.ts';
import { commanded, deliverAll, messages, orderOf, placed, stocked } from './model/town.ts';

const DAY = 86_400_000;

const orders = emptyScene('order', ORDER);
const stocks = emptyScene('stock', 'A');
const received = command({ type: 'receive', quantity: 10 });
const payments = emptyScene('payment', ORDER);
const shipments = emptyScene('shipment', ORDER);
const coordinators = emptyScene('transaction', TRANSACTION);

function logOf(scene: ReturnType<typeof emptyScene>, history: readonly Happening[]): BranchLog {
  return sceneAfter(scene, history).actor.snapshot.context as unknown as BranchLog;
}

describe('rule 1: before its vote a participant may abort alone; after a yes it waits and never guesses', () => {
  it('rule 1: what cannot be done is voted down at once, and nothing is held', () => {
    const log = logOf(stocks, [prepare(reserve())]);
    expect(log.held).toEqual([]);
  });

  it('rule 1: a held branch is held for as long as no decision comes', () => {
    const years = Array.from({ length: 20 }, () => later(100 * DAY, timer('inquiryPause')));
    expect(logOf(stocks, [received, prepare(reserve()), ...years]).held).toHaveLength(1);
  });
});

describe('rule 2: a prepared participant without a decision inquires; what nobody knows is aborted', () => {
  it('rule 2: it inquires once its deadline has passed, and from time to time after that', () => {
    const held = [received, prepare(reserve())];
    const asks = 'asks inquire:SO-1~1/stock/A of transaction/SO-1~1; arms inquiryPause';
    expect(outcomeAfter(stocks, held, timer('inquiryPause'))).toBe('arms inquiryPause');
    expect(outcomeAfter(stocks, held, tooLate(timer('inquiryPause')))).toBe(asks);
    const undecided = [...held, tooLate(timer('inquiryPause')), inquireAnswered(reserve(), 'undecided')];
    expect(outcomeAfter(stocks, undecided, timer('inquiryPause'))).toBe(asks);
  });

  it('rule 2: an unknown transaction is answered aborted, and nothing is written down', () => {
    const inquire = message({ type: 'inquire', transaction: TRANSACTION, branch: 'payment' });
    expect(outcomeAfter(coordinators, [], inquire)).toBe('replies aborted');
  });

  it('rule 2: a commit is not forgotten before all have answered', () => {
    const { committingLast } = transactionHistories;
    expect(outcomeAfter(coordinators, committingLast, timer('retention'))).toBe('unarmed');
    expect(outcomeAfter(coordinators, [...committingLast, done('commit', 1)], timer('retention'))).toBe(
      'committed → forgotten',
    );
  });
});

describe('rule 4: deadlines', () => {
  it('rule 4: a prepare past the deadline, by the participant’s own clock, votes no and holds nothing', () => {
    expect(outcomeAfter(stocks, [received], tooLate(prepare(reserve())))).toBe('replies no PREPARE_TIMEOUT');
  });

  it('rule 4: a prepare in the very moment of the deadline is in time', () => {
    const lastMoment: Happening = ({ now }) => prepare(reserve())({ ...stocks, now: now + DEADLINE - now - 100 });
    expect(outcomeAfter(stocks, [received], lastMoment)).toMatch(/replies yes$/);
  });

  it('rule 4: an abort for an unknown branch is answered done and leaves a tombstone', () => {
    const overtaken = [received, decided('abort', reserve())];
    expect(outcomeAfter(stocks, [received], decided('abort', reserve()))).toBe('records; replies done');
    expect(outcomeAfter(stocks, overtaken, prepare(reserve()))).toBe('replies no ABORTED');
  });

  it.each<[string, readonly Happening[]]>([
    ['committed', [prepare(reserve()), decided('commit', reserve())]],
    ['aborted', [prepare(reserve()), decided('abort', reserve())]],
    ['no', [prepare(reserve({ args: { sku: 'A', quantity: 11 } }))]],
    ['tombstone', [decided('abort', reserve())]],
  ])('rule 4: a finished branch (%s) is remembered until its deadline has passed, then forgotten', (_, ending) => {
    const another = reserve({ transaction: 'SO-2~1', order: 'SO-2', deadline: DEADLINE + DAY });
    expect(logOf(stocks, [received, ...ending]).finished).toHaveLength(1);
    const inTime = logOf(stocks, [received, ...ending, decided('abort', another)]);
    expect(inTime.finished).toHaveLength(2);
    const tooLateForIt = logOf(stocks, [received, ...ending, tooLate(decided('abort', another))]);
    expect(tooLateForIt.finished).toHaveLength(1);
  });

  it('rule 4: the deadline travels in prepare, commit and abort', () => {
    const events = (history: readonly Happening[]) =>
      sceneAfter(coordinators, history).actor.record?.asks.map(({ event }) => [event.type, event.deadline]);
    const [actor, service] = [DAWN + 2_000, SERVICE_DEADLINE];
    const { begun, committing, abortingSilence } = transactionHistories;
    expect(events(begun)).toEqual([
      ['prepare', actor],
      ['prepare', service],
    ]);
    expect(events(committing)).toEqual([
      ['commit', service],
      ['commit', actor],
      ['commit', service],
    ]);
    expect(events(abortingSilence)).toEqual([
      ['abort', service],
      ['abort', actor],
      ['abort', service],
    ]);
  });

  it('rule 4: each branch has its own deadline: a silent actor ends it early, a service has its time', () => {
    const { begun, actorsVoted } = transactionHistories;
    expect(outcomeAfter(coordinators, begun, timer('firstVoteDue'))).toMatch(/^preparing → aborting/);
    expect(sceneAfter(coordinators, actorsVoted).actor.snapshot.value).toBe('preparing');
    expect(outcomeAfter(coordinators, actorsVoted, timer('deadline'))).toMatch(/^preparing → aborting/);
  });
});

describe('rule 5: a repeated message gets the same answer', () => {
  it.each<[string, readonly Happening[], Happening, string]>([
    ['a prepare that got a yes', [prepare(reserve())], prepare(reserve()), 'replies yes'],
    [
      'a prepare that got a no',
      [prepare(reserve({ operation: 'eat' }))],
      prepare(reserve({ operation: 'eat' })),
      'replies no UNKNOWN_OPERATION',
    ],
    ['a commit', [prepare(reserve()), decided('commit', reserve())], decided('commit', reserve()), 'replies done'],
    ['an abort', [prepare(reserve()), decided('abort', reserve())], decided('abort', reserve()), 'replies done'],
    [
      'the prepare of what is committed',
      [prepare(reserve()), decided('commit', reserve())],
      prepare(reserve()),
      'replies yes',
    ],
  ])('rule 5: %s is answered the same again', (_, history, repeat, said) => {
    expect(outcomeAfter(stocks, [received, ...history], repeat)).toBe(said);
  });

  it('rule 5: commit for an unknown branch before its deadline is an error', () => {
    expect(outcomeAfter(stocks, [received], decided('commit', reserve()))).toBe('no');
  });

  it('rule 5: commit for an unknown branch after its deadline is answered done, and counted', () => {
    const late = tooLate(decided('commit', reserve()));
    expect(outcomeAfter(stocks, [received], late)).toBe('records; replies done');
    const { forgottenCommits, book } = sceneAfter(stocks, [received, late]).actor.snapshot
      .context as unknown as ParticipantContext<StockBook>;
    expect([forgottenCommits, book.reserved]).toEqual([1, 0]);
  });

  it('rule 5: payment, shipment and order look it up in their ledgers instead', () => {
    const late = (type: 'payment' | 'shipment') => {
      const [scene, branch] = type === 'payment' ? [payments, charge()] : [shipments, parcel()];
      const applied = [prepare(branch), tooLate(decided('commit', branch))];
      return [
        outcomeAfter(scene, applied, decided('commit', branch)),
        outcomeAfter(scene, [], tooLate(decided('commit', branch))),
      ];
    };
    expect(late('payment')).toEqual(['replies done', 'no']);
    expect(late('shipment')).toEqual(['replies done', 'no']);
    const commit = message({ type: 'commit', transaction: 'SO-1~1' });
    expect(outcomeAfter(orders, orderHistories.refundedInPart, commit)).toBe('replies done');
    expect(outcomeAfter(orders, orderHistories.placed, commit)).toBe('no');
  });

  it('rule 5: the order refuses an outcome that differs from the one that it has taken in', () => {
    expect(outcomeAfter(orders, orderHistories.declined, message({ type: 'commit', transaction: 'SO-1~1' }))).toBe(
      'no',
    );
    expect(outcomeAfter(orders, orderHistories.paid, message({ type: 'abort', transaction: 'SO-1~1' }))).toBe('no');
  });
});

describe('rule 7: no vote on a later branch of an order while an older one is undecided', () => {
  const older = reserve();
  const newer = reserve({ transaction: 'SO-1~2' });

  it('rule 7: it inquires about the older one at once, and says nothing about the later', () => {
    expect(outcomeAfter(stocks, [received, prepare(older)], prepare(newer))).toBe(
      'asks inquire:SO-1~1/stock/A of transaction/SO-1~1',
    );
  });

  it('rule 7: once the older one is decided, the repeated prepare is voted on', () => {
    const asked = [received, prepare(older), prepare(newer)];
    expect(outcomeAfter(stocks, [...asked, inquireAnswered(older, 'committed')], prepare(newer))).toMatch(
      /replies yes$/,
    );
    expect(outcomeAfter(stocks, [...asked, inquireAnswered(older, 'undecided')], prepare(newer))).toMatch(
      /^asks inquire/,
    );
  });

  it('rule 7: two branches of one transaction do not wait for one another', () => {
    const other = reserve({ branch: 'stock/A/writeOff', operation: 'writeOff' });
    expect(outcomeAfter(stocks, [received, prepare(older)], prepare(other))).toBe('records; replies yes');
  });

  it('rule 7: ship that meets the end of pay is not refused falsely', () => {
    const world = stocked();
    placed(world, 'SO-1');
    commanded(world, 'SO-1', 'pay');
    const commits = messages('stock', 'commit');
    deliverAll(world, commits);
    commanded(world, 'SO-1', 'ship');
    deliverAll(world, commits);
    for (const ask of world.asks) world.repeat(ask);
    deliverAll(world);
    expect(orderOf(world, 'SO-1').lastTransaction).toMatchObject({ operation: 'ship', outcome: 'committed' });
  });
});
