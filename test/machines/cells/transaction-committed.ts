import type { Given } from '../fixtures/table.ts';
import { transactionHistories as histories } from './transaction-histories.ts';

/** Coordinators that have decided to commit. */
export const committedCells: readonly Given[] = [
  {
    given: 'a commit of which nobody has heard',
    history: histories.committing,
    is: 'committing',
    cells: `
      begin, begin (late), begin (asked again)      replies committed
      inquire                                       replies committed
      prepare.answered yes, prepare.answered no     no
      prepare.answered readOnly                     no
      prepare.answered nonsense                     no
      prepare.answered yes (carrier)                no
      commit.answered nonsense, abort.answered      no
      abort.answered (payment)                      no
      abort.answered nonsense                       no
      commit.answered, commit.answered (payment)    records
      answer.late no                                records
      answer.late yes, answer.late done             stale
      resolve, resolve payment                      no: outcomeIsGiven
      resolve aborted, resolve committed            no: branchIsUnanswered, outcomeIsGiven
      resolve payment committed                     records; ends commit:1; announces resolved; answers view
      resolve payment aborted                       records; ends commit:1; announces resolved; answers view
      firstVoteDue, deadline, retention             unarmed
    `,
  },
  {
    given: 'a commit that the payment need not hear of',
    history: histories.committingReadOnly,
    is: 'committing',
    cells: `
      begin, begin (late), begin (asked again)      replies committed
      inquire                                       replies committed
      prepare.answered yes, prepare.answered no     no
      prepare.answered readOnly                     no
      prepare.answered nonsense                     no
      prepare.answered yes (carrier)                no
      commit.answered nonsense, abort.answered      no
      abort.answered (payment)                      no
      abort.answered nonsense                       no
      commit.answered, commit.answered (payment)    records
      answer.late yes, answer.late no               records
      answer.late done                              stale
      resolve                                       no: outcomeIsGiven
      resolve aborted, resolve committed            no: branchIsUnanswered, outcomeIsGiven
      resolve payment                               no: branchIsUnanswered, outcomeIsGiven
      resolve payment committed                     no: branchIsUnanswered
      resolve payment aborted                       no: branchIsUnanswered
      firstVoteDue, deadline, retention             unarmed
    `,
  },
  {
    given: 'a commit that the order has taken in',
    history: histories.orderHasCommitted,
    is: 'committing',
    cells: `
      begin, begin (late), begin (asked again)      replies committed
      inquire                                       replies committed
      prepare.answered yes, prepare.answered no     no
      prepare.answered readOnly                     no
      prepare.answered nonsense                     no
      prepare.answered yes (carrier)                no
      commit.answered, commit.answered nonsense     no
      abort.answered, abort.answered (payment)      no
      abort.answered nonsense                       no
      commit.answered (payment), answer.late no     records
      answer.late yes, answer.late done             stale
      resolve, resolve payment                      no: outcomeIsGiven
      resolve aborted, resolve committed            no: branchIsUnanswered, outcomeIsGiven
      resolve payment committed                     records; ends commit:1; announces resolved; answers view
      resolve payment aborted                       records; ends commit:1; announces resolved; answers view
      firstVoteDue, deadline, retention             unarmed
    `,
  },
  {
    given: 'a commit that only the payment has not answered',
    history: histories.committingLast,
    is: 'committing',
    cells: `
      begin, begin (late), begin (asked again)      replies committed
      inquire                                       replies committed
      prepare.answered yes, prepare.answered no     no
      prepare.answered readOnly                     no
      prepare.answered nonsense                     no
      prepare.answered yes (carrier)                no
      commit.answered, commit.answered nonsense     no
      abort.answered, abort.answered (payment)      no
      abort.answered nonsense                       no
      commit.answered (payment)                     committing → committed; arms retention; announces committed
      answer.late yes, answer.late done             stale
      answer.late no                                records
      resolve, resolve payment                      no: outcomeIsGiven
      resolve aborted, resolve committed            no: branchIsUnanswered, outcomeIsGiven
      resolve payment committed                     committing → committed; ends commit:1; arms retention; announces resolved; announces committed; answers view
      resolve payment aborted                       committing → committed; ends commit:1; arms retention; announces resolved; announces committed; answers view
      firstVoteDue, deadline, retention             unarmed
    `,
  },
  {
    given: 'a commit whose payment was closed by hand',
    history: histories.resolvedCommitting,
    is: 'committing',
    cells: `
      begin, begin (late), begin (asked again)      replies committed
      inquire                                       replies committed
      prepare.answered yes, prepare.answered no     no
      prepare.answered readOnly                     no
      prepare.answered nonsense                     no
      prepare.answered yes (carrier)                no
      commit.answered (payment)                     no
      commit.answered nonsense, abort.answered      no
      abort.answered (payment)                      no
      abort.answered nonsense                       no
      commit.answered, answer.late no               records
      answer.late done                              records
      answer.late yes                               stale
      resolve                                       no: outcomeIsGiven
      resolve aborted, resolve committed            no: branchIsUnanswered, outcomeIsGiven
      resolve payment                               no: branchIsUnanswered, outcomeIsGiven
      resolve payment committed                     no: branchIsUnanswered
      resolve payment aborted                       no: branchIsUnanswered
      firstVoteDue, deadline, retention             unarmed
    `,
  },
  {
    given: 'a transaction that has committed',
    history: histories.committed,
    is: 'committed',
    cells: `
      begin, begin (late), begin (asked again)      replies committed
      inquire                                       replies committed
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
      answer.late yes, answer.late done             stale
      answer.late no                                records
      firstVoteDue, deadline                        unarmed
      retention                                     committed → forgotten
    `,
  },
  {
    given: 'a commit that is forgotten',
    history: histories.forgottenCommit,
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
