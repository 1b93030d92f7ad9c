import { describe, expect, it } from 'vitest';
import { addressOf } from '../../runtime/address.ts';
import { transactionHistories } from './cells/transaction-histories.ts';
import { outcomeAfter } from './fixtures/outcome.ts';
import { emptyScene, message, sceneAfter, timer } from './fixtures/scene.ts';
import { resolve, TRANSACTION, vote } from './fixtures/transaction.ts';
import { commanded, coordinatorOf, deliverAll, messages, orderOf, placed, stocked } from './model/town.ts';

const DAY = 86_400_000;

const coordinators = emptyScene('transaction', TRANSACTION);

describe('rule 9: commit is asked without end, abort until it is forgotten', () => {
  it('rule 9: a committing coordinator has no timer that would end it', () => {
    expect(sceneAfter(coordinators, transactionHistories.committing).actor.record?.timers).toEqual([]);
  });

  it('rule 9: a participant that is gone for good never leaves an aborted transaction open', () => {
    expect(outcomeAfter(coordinators, transactionHistories.aborting, timer('retention'))).toMatch(
      /^aborting → aborted; ends abort:0; ends abort:2/,
    );
  });

  it('rule 9: a participant that comes back after the abort was forgotten is told aborted', () => {
    const world = stocked();
    placed(world, 'SO-1');
    commanded(world, 'SO-1', 'pay', { method: { provider: 'sandbox', token: 'declined' } });
    deliverAll(world, messages('stock', 'abort'));
    for (const round of [1, 2]) {
      world.pass(round * DAY);
      world.wake(addressOf('transaction', 'SO-1~1'));
    }
    expect(world.actor('transaction', 'SO-1~1').record).toBeNull();
    for (const packet of world.packets) world.lose(packet);
    world.wake(addressOf('stock', 'A'));
    deliverAll(world);
    expect(world.actor('stock', 'A').snapshot.context).toMatchObject({ held: [], book: { reserved: 0 } });
  });
});

describe('rule 10: operators', () => {
  it('rule 10: while it is preparing, only aborted can be resolved: a plain decision', () => {
    const { begun } = transactionHistories;
    expect(outcomeAfter(coordinators, begun, resolve({ outcome: 'committed' }))).toBe('no: outcomeIsAborted');
    expect(outcomeAfter(coordinators, begun, resolve({ outcome: 'aborted' }))).toMatch(/^preparing → aborting/);
    const { actor } = sceneAfter(coordinators, transactionHistories.abortingByHand);
    expect(actor.snapshot.context.abortedBy).toEqual({ code: 'RESOLVED', reason: 'aborted by ops: test' });
  });

  it('rule 10: after the decision it closes one unanswered branch, with who, why and when', () => {
    const { actor } = sceneAfter(coordinators, transactionHistories.resolvedCommitting);
    expect(actor.snapshot.context.branches[1]).toMatchObject({
      outcome: 'heuristic',
      heuristic: { outcome: 'committed', by: 'ops', reason: 'test', at: actor.record?.at },
    });
    expect(
      outcomeAfter(
        coordinators,
        transactionHistories.resolvedCommitting,
        resolve({ branch: 'payment', outcome: 'committed' }),
      ),
    ).toBe('no: branchIsUnanswered');
  });

  it('rule 10: the decision never changes; an outcome that differs from it makes the transaction mixed', () => {
    const { actor } = sceneAfter(coordinators, transactionHistories.mixed);
    expect(actor.snapshot.context.decision).toBe('aborted');
    const state = {
      address: actor.address,
      value: actor.snapshot.value,
      context: actor.snapshot.context,
      seq: 1,
      at: 1,
    };
    expect(actor.definition.view(state)).toMatchObject({ state: 'mixed', decision: 'aborted' });
  });

  it('rule 10: a later answer of a branch that was closed is recorded, not acted on', () => {
    const { resolvedCommitting } = transactionHistories;
    const lateDone = message({ type: 'answer.late', ask: 'commit:1', answer: { done: true } });
    const { actor } = sceneAfter(coordinators, [...resolvedCommitting, lateDone]);
    expect(actor.snapshot.value).toBe('committing');
    expect(actor.snapshot.context.branches[1]).toMatchObject({ outcome: 'heuristic', contradiction: '{"done":true}' });
  });
});

describe('rule 11: one stuck transaction never holds up others', () => {
  it('rule 11: an order goes on while another one of the same articles waits for its decision', () => {
    const world = stocked();
    placed(world, 'SO-1');
    placed(world, 'SO-2');
    commanded(world, 'SO-1', 'pay', { method: { provider: 'sandbox', token: 'silent' } });
    deliverAll(world);
    commanded(world, 'SO-2', 'pay');
    deliverAll(world);
    commanded(world, 'SO-2', 'ship');
    deliverAll(world);
    expect(coordinatorOf(world, 'SO-1~1').state).toBe('preparing');
    expect(orderOf(world, 'SO-2').sums).toMatchObject({ shipped: 6 });
  });
});

describe('rule 14: the first answer of an outside participant counts', () => {
  const late = (ask: string, answer: Readonly<Record<string, unknown>>) =>
    message({ type: 'answer.late', ask, answer });
  const { actorsVoted } = transactionHistories;

  it('rule 14: a later different one is recorded', () => {
    const { actor } = sceneAfter(coordinators, [...actorsVoted, late('prepare:1', { vote: 'no' })]);
    expect(actor.snapshot.context.branches[1]).toMatchObject({ vote: 'yes', contradiction: '{"vote":"no"}' });
  });

  it('rule 14: a later equal one is nothing', () => {
    expect(outcomeAfter(coordinators, actorsVoted, late('prepare:1', { vote: 'yes' }))).toBe('stale');
  });

  it('rule 14: a second different one adds nothing to the first', () => {
    const seen = [...actorsVoted, late('prepare:1', { vote: 'no' })];
    expect(outcomeAfter(coordinators, seen, late('prepare:1', { vote: 'readOnly' }))).toBe('stale');
  });

  it('rule 14: of a long reason only so much is kept that the abort can still be sent', () => {
    const no = vote(1, 'no', { code: 'C'.repeat(9_000), reason: 'r'.repeat(900_000) });
    const { actor } = sceneAfter(coordinators, [...transactionHistories.begun, no]);
    const { code, reason } = actor.snapshot.context.branches[1];
    expect([code.length, reason.length]).toEqual([128, 500]);
  });

  it('rule 14: what is no answer of the protocol does not close the ask', () => {
    expect(outcomeAfter(coordinators, transactionHistories.begun, vote(2, 'perhaps'))).toBe('no');
  });
});
