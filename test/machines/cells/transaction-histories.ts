import { type Happening, timer } from '../fixtures/scene.ts';
import { begin, beginTooLate, done, resolve, SERVICE_DEADLINE, vote } from '../fixtures/transaction.ts';

const begun = [begin()];
const committing = [...begun, vote(1, 'yes'), vote(2, 'yes')];
const aborting = [...begun, vote(1, 'no')];
const committed = [...committing, done('commit', 0), done('commit', 1), done('commit', 2)];
const aborted = [...aborting, done('abort', 0), done('abort', 2)];

/** The ways into the states of a coordinator, by name. */
export const transactionHistories = {
  nothing: [],
  begun,
  actorsVoted: [...begun, vote(1, 'yes'), timer('firstVoteDue')],
  withoutActors: [begin({ branches: [service('service:carrier', 'shipment/P1'), service('service:psp', 'payment')] })],
  committing,
  committingReadOnly: [...begun, vote(1, 'readOnly'), vote(2, 'yes')],
  orderHasCommitted: [...committing, done('commit', 0)],
  committingLast: [...committing, done('commit', 0), done('commit', 2)],
  resolvedCommitting: [...committing, resolve({ branch: 'payment', outcome: 'committed' })],
  aborting,
  abortingLast: [...aborting, done('abort', 2)],
  abortingSilence: [...begun, timer('firstVoteDue')],
  abortingByHand: [...begun, resolve({ outcome: 'aborted' })],
  mixed: [...aborting, resolve({ branch: 'shipment/P1', outcome: 'committed' }), done('abort', 0)],
  committed,
  aborted,
  abortedTooLate: [beginTooLate],
  gaveUp: [...aborting, timer('retention')],
  forgotten: [...aborted, timer('retention')],
  forgottenCommit: [...committed, timer('retention')],
} as const satisfies Readonly<Record<string, readonly Happening[]>>;

function service(participant: string, branch: string) {
  return { participant, branch, operation: 'any', args: {}, deadline: SERVICE_DEADLINE };
}
