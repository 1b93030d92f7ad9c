import { reserve } from '../fixtures/branch.ts';
import { participantColumns } from '../fixtures/participant-columns.ts';
import { command, type Happening } from '../fixtures/scene.ts';
import type { Given } from '../fixtures/table.ts';
import { participantHistories } from './participant-histories.ts';

const branch = reserve();
const impossible = reserve({ args: { sku: 'A', quantity: 11 } });
const histories = participantHistories(branch, impossible, [command({ type: 'receive', quantity: 10 })]);

export const stockColumns: Readonly<Record<string, Happening>> = {
  ...participantColumns(branch, impossible),
  receive: command({ type: 'receive', quantity: 5 }),
  'receive (nothing)': command({ type: 'receive', quantity: 0 }),
};

/** Ten units of an article, told with a reservation of four. */
export const stockCells: readonly Given[] = [
  {
    given: 'a branch of which it has not heard',
    history: histories.nothing,
    is: 'idle',
    cells: `
      prepare, prepare (of the next)                idle → prepared; arms inquiryPause; announces changed; replies yes
      prepare (late)                                replies no PREPARE_TIMEOUT
      prepare (impossible)                          records; replies no INSUFFICIENT_STOCK
      commit, inquire.answered nothing              no
      commit (late), abort                          records; replies done
      abort (late)                                  replies done
      inquire.answered undecided                    records
      inquire.answered committed                    records
      inquire.answered aborted                      records
      inquiryPause                                  unarmed
      receive                                       records; announces changed; answers view
      receive (nothing)                             no: mayReceive
    `,
  },
  {
    given: 'a branch that it has voted yes on',
    history: histories.held,
    is: 'prepared',
    cells: `
      prepare, prepare (late)                       replies yes
      prepare (impossible), prepare (of the next)   asks inquire:SO-1~1/stock/A of transaction/SO-1~1
      commit, commit (late)                         prepared → idle; replies done
      abort, abort (late)                           prepared → idle; announces changed; replies done
      inquire.answered undecided                    records
      inquire.answered committed                    prepared → idle
      inquire.answered aborted                      prepared → idle; announces changed
      inquire.answered nothing                      no
      inquiryPause                                  arms inquiryPause
      receive                                       records; announces changed; answers view
      receive (nothing)                             no: mayReceive
    `,
  },
  {
    given: 'a branch of whose decision it has asked',
    history: histories.inquiring,
    is: 'prepared',
    cells: `
      prepare, prepare (late)                       replies yes
      prepare (impossible), prepare (of the next)   replies no PREPARE_TIMEOUT
      commit, commit (late)                         prepared → idle; ends inquire:SO-1~1/stock/A; replies done
      abort, abort (late)                           prepared → idle; ends inquire:SO-1~1/stock/A; announces changed; replies done
      inquire.answered undecided                    records
      inquire.answered committed                    prepared → idle
      inquire.answered aborted                      prepared → idle; announces changed
      inquire.answered nothing                      no
      inquiryPause                                  asks inquire:SO-1~1/stock/A of transaction/SO-1~1; arms inquiryPause
      receive                                       records; announces changed; answers view
      receive (nothing)                             no: mayReceive
    `,
  },
  {
    given: 'a branch that is committed',
    history: histories.committed,
    is: 'idle',
    cells: `
      prepare, prepare (late)                       replies yes
      prepare (impossible)                          records; replies no INSUFFICIENT_STOCK
      prepare (of the next)                         idle → prepared; arms inquiryPause; announces changed; replies yes
      commit, commit (late)                         replies done
      abort, abort (late)                           no
      inquire.answered nothing                      no
      inquire.answered undecided                    records
      inquire.answered committed                    records
      inquire.answered aborted                      records
      inquiryPause                                  unarmed
      receive                                       records; announces changed; answers view
      receive (nothing)                             no: mayReceive
    `,
  },
  {
    given: 'a branch that was committed after its deadline',
    history: histories.committedLongAgo,
    is: 'idle',
    cells: `
      prepare, prepare (late)                       replies no PREPARE_TIMEOUT
      prepare (impossible), prepare (of the next)   replies no PREPARE_TIMEOUT
      commit, commit (late)                         records; replies done
      abort, abort (late)                           replies done
      inquire.answered undecided                    records
      inquire.answered committed                    records
      inquire.answered aborted                      records
      inquire.answered nothing                      no
      inquiryPause                                  unarmed
      receive                                       records; announces changed; answers view
      receive (nothing)                             no: mayReceive
    `,
  },
  {
    given: 'a branch that is aborted',
    history: histories.aborted,
    is: 'idle',
    cells: `
      prepare, prepare (late)                       replies no ABORTED
      prepare (impossible)                          records; replies no INSUFFICIENT_STOCK
      prepare (of the next)                         idle → prepared; arms inquiryPause; announces changed; replies yes
      commit, commit (late)                         no
      inquire.answered nothing                      no
      abort, abort (late)                           replies done
      inquire.answered undecided                    records
      inquire.answered committed                    records
      inquire.answered aborted                      records
      inquiryPause                                  unarmed
      receive                                       records; announces changed; answers view
      receive (nothing)                             no: mayReceive
    `,
  },
  {
    given: 'a branch whose abort came first',
    history: histories.overtaken,
    is: 'idle',
    cells: `
      prepare, prepare (late)                       replies no ABORTED
      prepare (impossible)                          records; replies no INSUFFICIENT_STOCK
      prepare (of the next)                         idle → prepared; arms inquiryPause; announces changed; replies yes
      commit, commit (late)                         no
      inquire.answered nothing                      no
      abort, abort (late)                           replies done
      inquire.answered undecided                    records
      inquire.answered committed                    records
      inquire.answered aborted                      records
      inquiryPause                                  unarmed
      receive                                       records; announces changed; answers view
      receive (nothing)                             no: mayReceive
    `,
  },
  {
    given: 'a branch that it has voted no on',
    history: histories.votedNo,
    is: 'idle',
    cells: `
      prepare, prepare (late)                       replies no INSUFFICIENT_STOCK
      prepare (impossible)                          records; replies no INSUFFICIENT_STOCK
      prepare (of the next)                         idle → prepared; arms inquiryPause; announces changed; replies yes
      commit, commit (late)                         no
      inquire.answered nothing                      no
      abort, abort (late)                           replies done
      inquire.answered undecided                    records
      inquire.answered committed                    records
      inquire.answered aborted                      records
      inquiryPause                                  unarmed
      receive                                       records; announces changed; answers view
      receive (nothing)                             no: mayReceive
    `,
  },
  {
    given: 'a later branch of the same order that it has voted yes on',
    history: histories.nextHeld,
    is: 'prepared',
    cells: `
      prepare, prepare (impossible)                 asks inquire:SO-1~2/stock/A of transaction/SO-1~2
      prepare (late)                                replies no PREPARE_TIMEOUT
      prepare (of the next)                         replies yes
      commit, inquire.answered nothing              no
      commit (late), abort                          records; replies done
      abort (late)                                  replies done
      inquire.answered undecided                    records
      inquire.answered committed                    records
      inquire.answered aborted                      records
      inquiryPause                                  arms inquiryPause
      receive                                       records; announces changed; answers view
      receive (nothing)                             no: mayReceive
    `,
  },
];
