import { charge, prepare } from '../fixtures/branch.ts';
import { participantColumns } from '../fixtures/participant-columns.ts';
import type { Happening } from '../fixtures/scene.ts';
import type { Given } from '../fixtures/table.ts';
import { participantHistories } from './participant-histories.ts';

const branch = charge();
const impossible = charge({ args: { amount: 0 } });
const histories = participantHistories(branch, impossible);

const silent = { ...branch.args, method: { provider: 'sandbox', token: 'silent' } };

export const paymentColumns: Readonly<Record<string, Happening>> = {
  ...participantColumns(branch, impossible),
  'prepare (silent)': prepare({ ...branch, transaction: 'SO-1~4', args: silent }),
};

/** A payment, told with a charge. */
export const paymentCells: readonly Given[] = [
  {
    given: 'a branch of which it has not heard',
    history: histories.nothing,
    is: 'idle',
    cells: `
      prepare, prepare (of the next)                idle → prepared; arms inquiryPause; replies yes
      prepare (late)                                replies no PREPARE_TIMEOUT
      prepare (impossible)                          records; replies no PAYMENT_DECLINED
      commit, commit (late)                         no
      inquire.answered nothing, prepare (silent)    no
      abort                                         records; replies done
      abort (late)                                  replies done
      inquire.answered undecided                    records
      inquire.answered committed                    records
      inquire.answered aborted                      records
      inquiryPause                                  unarmed
    `,
  },
  {
    given: 'a branch that it has voted yes on',
    history: histories.held,
    is: 'prepared',
    cells: `
      prepare, prepare (late)                       replies yes
      prepare (impossible), prepare (of the next)   asks inquire:SO-1~1/payment of transaction/SO-1~1
      prepare (silent)                              asks inquire:SO-1~1/payment of transaction/SO-1~1
      commit, commit (late), abort, abort (late)    prepared → idle; replies done
      inquire.answered undecided                    records
      inquire.answered committed                    prepared → idle
      inquire.answered aborted                      prepared → idle
      inquire.answered nothing                      no
      inquiryPause                                  arms inquiryPause
    `,
  },
  {
    given: 'a branch of whose decision it has asked',
    history: histories.inquiring,
    is: 'prepared',
    cells: `
      prepare, prepare (late)                       replies yes
      prepare (impossible), prepare (of the next)   replies no PREPARE_TIMEOUT
      prepare (silent)                              replies no PREPARE_TIMEOUT
      commit, commit (late), abort, abort (late)    prepared → idle; ends inquire:SO-1~1/payment; replies done
      inquire.answered undecided                    records
      inquire.answered committed                    prepared → idle
      inquire.answered aborted                      prepared → idle
      inquire.answered nothing                      no
      inquiryPause                                  asks inquire:SO-1~1/payment of transaction/SO-1~1; arms inquiryPause
    `,
  },
  {
    given: 'a branch that is committed',
    history: histories.committed,
    is: 'idle',
    cells: `
      prepare, prepare (late)                       replies yes
      prepare (impossible)                          records; replies no PAYMENT_DECLINED
      prepare (of the next)                         idle → prepared; arms inquiryPause; replies yes
      commit, commit (late)                         replies done
      abort, abort (late)                           no
      inquire.answered nothing, prepare (silent)    no
      inquire.answered undecided                    records
      inquire.answered committed                    records
      inquire.answered aborted                      records
      inquiryPause                                  unarmed
    `,
  },
  {
    given: 'a branch that was committed after its deadline',
    history: histories.committedLongAgo,
    is: 'idle',
    cells: `
      prepare, prepare (late)                       replies no PREPARE_TIMEOUT
      prepare (impossible), prepare (of the next)   replies no PREPARE_TIMEOUT
      prepare (silent)                              replies no PREPARE_TIMEOUT
      commit, commit (late)                         replies done
      abort, abort (late)                           no
      inquire.answered nothing                      no
      inquire.answered undecided                    records
      inquire.answered committed                    records
      inquire.answered aborted                      records
      inquiryPause                                  unarmed
    `,
  },
  {
    given: 'a branch that is aborted',
    history: histories.aborted,
    is: 'idle',
    cells: `
      prepare, prepare (late)                       replies no ABORTED
      prepare (impossible)                          records; replies no PAYMENT_DECLINED
      prepare (of the next)                         idle → prepared; arms inquiryPause; replies yes
      commit, commit (late)                         no
      inquire.answered nothing, prepare (silent)    no
      abort, abort (late)                           replies done
      inquire.answered undecided                    records
      inquire.answered committed                    records
      inquire.answered aborted                      records
      inquiryPause                                  unarmed
    `,
  },
  {
    given: 'a branch whose abort came first',
    history: histories.overtaken,
    is: 'idle',
    cells: `
      prepare, prepare (late)                       replies no ABORTED
      prepare (impossible)                          records; replies no PAYMENT_DECLINED
      prepare (of the next)                         idle → prepared; arms inquiryPause; replies yes
      commit, commit (late)                         no
      inquire.answered nothing, prepare (silent)    no
      abort, abort (late)                           replies done
      inquire.answered undecided                    records
      inquire.answered committed                    records
      inquire.answered aborted                      records
      inquiryPause                                  unarmed
    `,
  },
  {
    given: 'a branch that it has voted no on',
    history: histories.votedNo,
    is: 'idle',
    cells: `
      prepare, prepare (late)                       replies no PAYMENT_DECLINED
      prepare (impossible)                          records; replies no PAYMENT_DECLINED
      prepare (of the next)                         idle → prepared; arms inquiryPause; replies yes
      commit, commit (late)                         no
      inquire.answered nothing, prepare (silent)    no
      abort, abort (late)                           replies done
      inquire.answered undecided                    records
      inquire.answered committed                    records
      inquire.answered aborted                      records
      inquiryPause                                  unarmed
    `,
  },
  {
    given: 'a later branch of the same order that it has voted yes on',
    history: histories.nextHeld,
    is: 'prepared',
    cells: `
      prepare, prepare (impossible)                 asks inquire:SO-1~2/payment of transaction/SO-1~2
      prepare (silent)                              asks inquire:SO-1~2/payment of transaction/SO-1~2
      prepare (late)                                replies no PREPARE_TIMEOUT
      prepare (of the next)                         replies yes
      commit, commit (late)                         no
      inquire.answered nothing                      no
      abort                                         records; replies done
      abort (late)                                  replies done
      inquire.answered undecided                    records
      inquire.answered committed                    records
      inquire.answered aborted                      records
      inquiryPause                                  arms inquiryPause
    `,
  },
];
