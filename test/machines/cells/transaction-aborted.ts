import type { Given } from '../fixtures/table.ts';
import { transactionHistories as histories } from './transaction-histories.ts';

/** Coordinators that have decided to abort. */
export const abortedCells: readonly Given[] = [
  {
    given: 'an abort of which nobody has heard, since the payment voted no',
    history: histories.aborting,
    is: 'aborting',
    cells: `
      begin, begin (late), begin (asked again)      replies aborted
      inquire                                       replies aborted
      prepare.answered yes, prepare.answered no     no
      prepare.answered readOnly                     no
      prepare.answered nonsense                     no
      prepare.answered yes (carrier)                no
      commit.answered, commit.answered (payment)    no
      commit.answered nonsense                      no
      abort.answered nonsense                       no
      abort.answered, abort.answered (payment)      records
      answer.late yes                               records
      answer.late no, answer.late done              stale
      resolve                                       no: outcomeIsGiven
      resolve aborted, resolve committed            no: branchIsUnanswered, outcomeIsGiven
      resolve payment                               no: branchIsUnanswered, outcomeIsGiven
      resolve payment committed                     no: branchIsUnanswered
      resolve payment aborted                       no: branchIsUnanswered
      firstVoteDue, deadline                        unarmed
      retention                                     aborting → aborted; ends abort:0; ends abort:2; arms retention; announces aborted
    `,
  },
  {
    given: 'an abort that only the order has not answered',
    history: histories.abortingLast,
    is: 'aborting',
    cells: `
      begin, begin (late), begin (asked again)      replies aborted
      inquire                                       replies aborted
      prepare.answered yes, prepare.answered no     no
      prepare.answered readOnly                     no
      prepare.answered nonsense                     no
      prepare.answered yes (carrier)                no
      commit.answered, commit.answered (payment)    no
      commit.answered nonsense                      no
      abort.answered nonsense                       no
      abort.answered                                aborting → aborted; arms retention; announces aborted
      abort.answered (payment), answer.late yes     records
      answer.late no, answer.late done              stale
      resolve                                       no: outcomeIsGiven
      resolve aborted, resolve committed            no: branchIsUnanswered, outcomeIsGiven
      resolve payment                               no: branchIsUnanswered, outcomeIsGiven
      resolve payment committed                     no: branchIsUnanswered
      resolve payment aborted                       no: branchIsUnanswered
      firstVoteDue, deadline                        unarmed
      retention                                     aborting → aborted; ends abort:0; arms retention; announces aborted
    `,
  },
  {
    given: 'an abort since the payment said nothing',
    history: histories.abortingSilence,
    is: 'aborting',
    cells: `
      begin, begin (late), begin (asked again)      replies aborted
      inquire                                       replies aborted
      prepare.answered yes, prepare.answered no     no
      prepare.answered readOnly                     no
      prepare.answered nonsense                     no
      prepare.answered yes (carrier)                no
      commit.answered, commit.answered (payment)    no
      commit.answered nonsense                      no
      abort.answered nonsense                       no
      abort.answered, abort.answered (payment)      records
      answer.late yes, answer.late no               stale
      answer.late done                              stale
      resolve, resolve payment                      no: outcomeIsGiven
      resolve aborted, resolve committed            no: branchIsUnanswered, outcomeIsGiven
      resolve payment committed                     records; ends abort:1; announces resolved; answers view
      resolve payment aborted                       records; ends abort:1; announces resolved; answers view
      firstVoteDue, deadline                        unarmed
      retention                                     aborting → aborted; ends abort:0; ends abort:1; ends abort:2; arms retention; announces aborted
    `,
  },
  {
    given: 'an abort by hand',
    history: histories.abortingByHand,
    is: 'aborting',
    cells: `
      begin, begin (late), begin (asked again)      replies aborted
      inquire                                       replies aborted
      prepare.answered yes, prepare.answered no     no
      prepare.answered readOnly                     no
      prepare.answered nonsense                     no
      prepare.answered yes (carrier)                no
      commit.answered, commit.answered (payment)    no
      commit.answered nonsense                      no
      abort.answered nonsense                       no
      abort.answered, abort.answered (payment)      records
      answer.late yes, answer.late no               stale
      answer.late done                              stale
      resolve, resolve payment                      no: outcomeIsGiven
      resolve aborted, resolve committed            no: branchIsUnanswered, outcomeIsGiven
      resolve payment committed                     records; ends abort:1; announces resolved; answers view
      resolve payment aborted                       records; ends abort:1; announces resolved; answers view
      firstVoteDue, deadline                        unarmed
      retention                                     aborting → aborted; ends abort:0; ends abort:1; ends abort:2; arms retention; announces aborted
    `,
  },
  {
    given: 'an abort whose carrier was closed by hand as committed',
    history: histories.mixed,
    is: 'aborted',
    cells: `
      begin, begin (late), begin (asked again)      replies aborted
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
      answer.late yes                               records
      answer.late no, answer.late done              stale
      firstVoteDue, deadline                        unarmed
      retention                                     aborted → forgotten
    `,
  },
  {
    given: 'a transaction that has aborted',
    history: histories.aborted,
    is: 'aborted',
    cells: `
      begin, begin (late), begin (asked again)      replies aborted
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
      answer.late yes                               records
      answer.late no, answer.late done              stale
      firstVoteDue, deadline                        unarmed
      retention                                     aborted → forgotten
    `,
  },
  {
    given: 'a transaction that began too late',
    history: histories.abortedTooLate,
    is: 'aborted',
    cells: `
      begin, begin (late), begin (asked again)      replies aborted
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
      firstVoteDue, deadline                        unarmed
      retention                                     aborted → forgotten
    `,
  },
  {
    given: 'an abort that not everybody has answered in time',
    history: histories.gaveUp,
    is: 'aborted',
    cells: `
      begin, begin (late), begin (asked again)      replies aborted
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
      answer.late yes                               records
      answer.late no, answer.late done              stale
      firstVoteDue, deadline                        unarmed
      retention                                     aborted → forgotten
    `,
  },
  {
    given: 'an abort that is forgotten',
    history: histories.forgotten,
    is: 'forgotten',
    cells: `
      begin, begin (late), begin (asked again)      no
      inquire, prepare.answered yes                 no
      prepare.answered no                           no
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
];
