import { type BranchFixture, decided, prepare, tooLate } from '../fixtures/branch.ts';
import { type Happening, timer } from '../fixtures/scene.ts';

/**
 * The ways into the states of a participant, by name, told with one branch of it.
 *
 * @param branch of the order's first transaction
 * @param impossible what it cannot do: it votes no
 * @param before what it has been through already
 */
export function participantHistories(
  branch: BranchFixture,
  impossible: BranchFixture,
  before: readonly Happening[] = [],
): Readonly<Record<ParticipantHistory, readonly Happening[]>> {
  const held = [...before, prepare(branch)];
  return {
    nothing: before,
    held,
    inquiring: [...held, tooLate(timer('inquiryPause'))],
    committed: [...held, decided('commit', branch)],
    committedLongAgo: [...held, tooLate(decided('commit', branch))],
    aborted: [...held, decided('abort', branch)],
    overtaken: [...before, decided('abort', branch)],
    votedNo: [...before, prepare({ ...impossible, transaction: branch.transaction })],
    nextHeld: [...before, prepare({ ...branch, transaction: 'SO-1~2' })],
  };
}

type ParticipantHistory =
  | 'nothing'
  | 'held'
  | 'inquiring'
  | 'committed'
  | 'committedLongAgo'
  | 'aborted'
  | 'overtaken'
  | 'votedNo'
  | 'nextHeld';
