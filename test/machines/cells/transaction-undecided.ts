import type { Given } from '../fixtures/table.ts';
import { transactionHistories as histories } from './transaction-histories.ts';

/** Coordinators that have not decided. */
export const undecidedCells: readonly Given[] = [
  {
    given: 'a transaction that nobody has begun',
    history: histories.nothing,
    is: 'new',
    cells: `
      begin                                         new → preparing; asks prepare:1 of payment/SO-1; asks prepare:2 of service:carrier; arms firstVoteDue; arms deadline
      begin (late), begin (asked again)             new → aborted; arms retention; replies aborted
      inquire                                       replies aborted
      prepare.answered yes, prepare.answered no     no
      prepare.answered readOnly                     no
      prepare.answered nonsense                     no
      prepare.answered yes (carrier)                no
      commit.answered, commit.answered (payment)    no
      commit.answered nonsense, abort.answered      no
      abort.answered (payment)                      no
      abort.answered nonsense, resolve              no
      resolve aborted, resolve committed            no
      resolve payment, resolve payment committed    no
      resolve payment aborted                       no
      answer.late yes, answer.late no               stale
      answer.late done                              stale
      firstVoteDue, deadline, retention             unarmed
    `,
  },
  {
    given: 'a transaction that waits for its votes',
    history: histories.begun,
    is: 'preparing',
    cells: `
      begin, begin (late), begin (asked again)      replies undecided
      inquire                                       replies undecided
      prepare.answered yes                          records
      prepare.answered readOnly                     records
      prepare.answered yes (carrier)                records
      prepare.answered no                           preparing → aborting; asks abort:0 of order/SO-1; asks abort:2 of service:carrier; ends prepare:2; arms retention
      prepare.answered nonsense, commit.answered    no
      commit.answered (payment)                     no
      commit.answered nonsense, abort.answered      no
      abort.answered (payment)                      no
      abort.answered nonsense                       no
      answer.late yes, answer.late no               stale
      answer.late done                              stale
      resolve, resolve aborted                      preparing → aborting; asks abort:0 of order/SO-1; asks abort:1 of payment/SO-1; asks abort:2 of service:carrier; ends prepare:1; ends prepare:2; arms retention; answers view
      resolve committed                             no: outcomeIsAborted
      resolve payment, resolve payment aborted      no: noBranchIsNamed
      resolve payment committed                     no: noBranchIsNamed, outcomeIsAborted
      firstVoteDue, deadline                        preparing → aborting; asks abort:0 of order/SO-1; asks abort:1 of payment/SO-1; asks abort:2 of service:carrier; ends prepare:1; ends prepare:2; arms retention
      retention                                     unarmed
    `,
  },
  {
    given: 'a transaction whose actors have voted in time and whose service may still',
    history: histories.actorsVoted,
    is: 'preparing',
    cells: `
      begin, begin (late), begin (asked again)      replies undecided
      inquire                                       replies undecided
      prepare.answered yes, prepare.answered no     no
      prepare.answered readOnly                     no
      prepare.answered nonsense, commit.answered    no
      commit.answered (payment)                     no
      commit.answered nonsense, abort.answered      no
      abort.answered (payment)                      no
      abort.answered nonsense                       no
      prepare.answered yes (carrier)                preparing → committing; asks commit:0 of order/SO-1; asks commit:1 of payment/SO-1; asks commit:2 of service:carrier
      answer.late yes, answer.late done             stale
      answer.late no                                records
      resolve, resolve aborted                      preparing → aborting; asks abort:0 of order/SO-1; asks abort:1 of payment/SO-1; asks abort:2 of service:carrier; ends prepare:2; arms retention; answers view
      resolve committed                             no: outcomeIsAborted
      resolve payment, resolve payment aborted      no: noBranchIsNamed
      resolve payment committed                     no: noBranchIsNamed, outcomeIsAborted
      firstVoteDue, retention                       unarmed
      deadline                                      preparing → aborting; asks abort:0 of order/SO-1; asks abort:1 of payment/SO-1; asks abort:2 of service:carrier; ends prepare:2; arms retention
    `,
  },
  {
    given: 'a transaction of services only',
    history: histories.withoutActors,
    is: 'preparing',
    cells: `
      begin, begin (late), begin (asked again)      replies undecided
      inquire                                       replies undecided
      prepare.answered yes                          records
      prepare.answered readOnly                     records
      prepare.answered yes (carrier)                records
      prepare.answered no                           preparing → aborting; asks abort:0 of order/SO-1; asks abort:2 of service:psp; ends prepare:2; arms retention
      prepare.answered nonsense, commit.answered    no
      commit.answered (payment)                     no
      commit.answered nonsense, abort.answered      no
      abort.answered (payment)                      no
      abort.answered nonsense                       no
      answer.late yes, answer.late no               stale
      answer.late done                              stale
      resolve, resolve aborted                      preparing → aborting; asks abort:0 of order/SO-1; asks abort:1 of service:carrier; asks abort:2 of service:psp; ends prepare:1; ends prepare:2; arms retention; answers view
      resolve committed                             no: outcomeIsAborted
      resolve payment, resolve payment aborted      no: noBranchIsNamed
      resolve payment committed                     no: noBranchIsNamed, outcomeIsAborted
      firstVoteDue, retention                       unarmed
      deadline                                      preparing → aborting; asks abort:0 of order/SO-1; asks abort:1 of service:carrier; asks abort:2 of service:psp; ends prepare:1; ends prepare:2; arms retention
    `,
  },
];
