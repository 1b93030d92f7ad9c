import { describe, expect, it } from 'vitest';
import type { TransactionContext } from '../../machines/transaction/transaction-context.ts';
import { votesAgainst } from '../../machines/transaction/votes.ts';
import { transactionHistories as histories } from './cells/transaction-histories.ts';
import { emptyScene, type Happening, sceneAfter, timer } from './fixtures/scene.ts';
import { beginTooLate, resolve, TRANSACTION, vote } from './fixtures/transaction.ts';

function against(history: readonly Happening[]): readonly string[] {
  const { snapshot } = sceneAfter(emptyScene('transaction', TRANSACTION), history).actor;
  return votesAgainst(snapshot.context as TransactionContext).map(({ participant, code }) => `${participant} ${code}`);
}

describe('What speaks for an abort', () => {
  it.each<[string, readonly Happening[], readonly string[]]>([
    ['a no', histories.aborting, ['payment/SO-1 PAYMENT_DECLINED']],
    [
      'an actor that said nothing in its time, not the service that still had some',
      histories.abortingSilence,
      ['payment/SO-1 PREPARE_TIMEOUT'],
    ],
    [
      'a service that said nothing in its time',
      [...histories.actorsVoted, timer('deadline')],
      ['service:carrier PREPARE_TIMEOUT'],
    ],
    [
      'all that said nothing in their time',
      [...histories.withoutActors, timer('deadline')],
      ['service:carrier PREPARE_TIMEOUT', 'service:psp PREPARE_TIMEOUT'],
    ],
    ['an operator', histories.abortingByHand, ['transaction/SO-1~1 RESOLVED']],
    [
      'an operator, though somebody has voted yes',
      [...histories.begun, vote(1, 'yes'), resolve({ outcome: 'aborted' })],
      ['transaction/SO-1~1 RESOLVED'],
    ],
    ['nothing, of what is undecided', histories.begun, []],
    ['nothing, of what is committed', histories.committed, []],
  ])('is %s', (_, history, expected) => {
    expect(against(history)).toEqual(expected);
  });

  it('of a transaction that began too late is that nobody voted in time', () => {
    const votes = against([beginTooLate]);
    expect(votes.length).toBeGreaterThan(0);
    for (const said of votes) expect(said).toMatch(/ PREPARE_TIMEOUT$/);
  });
});
