import type { Given } from '../fixtures/table.ts';
import { orderHistories as histories } from './order-histories.ts';

/** Orders that have arrived. */
export const receivedCells: readonly Given[] = [
  {
    given: 'an order that is delivered',
    history: histories.delivered,
    is: 'life.open payment.paid fulfillment.delivered transaction.none',
    cells: `
      place, commit (unknown), abort                no
      abort (unknown), begin.answered undecided     no
      begin.answered committed                      no
      begin.answered aborted                        no
      pay                                           no: isNotPaidYet
      ship                                          no: somethingIsOpen
      deliver                                       no: somethingIsUnderWay
      confirmReceipt                                life open → completed; fulfillment delivered → confirmed; arms returnWindow; announces completed; answers view
      cancel                                        no: nothingHasShipped
      return, refund                                transaction none → prepared; asks begin of transaction/SO-1~3; arms inquiryPause
      return (nothing)                              records; announces returned; answers view
      amend                                         no: somethingIsToBeShipped
      note                                          records; answers view
      commit                                        replies done
      paymentWindow, returnWindow, inquiryPause     unarmed
      receiptWindow                                 life open → completed; fulfillment delivered → confirmed; arms returnWindow; announces completed
    `,
  },
  {
    given: 'a return under way before the receipt is confirmed',
    history: histories.returning,
    is: 'life.open payment.paid fulfillment.delivered transaction.prepared',
    cells: `
      place, pay, ship, deliver, confirmReceipt     no
      cancel, return, return (nothing), refund      no
      amend, note, commit (unknown)                 no
      abort (unknown)                               no
      commit                                        payment paid → partiallyRefunded; transaction prepared → none; ends begin; announces returned; announces refunded; replies done; answers view
      abort                                         transaction prepared → none; ends begin; announces transactionAborted; replies done; answers TRANSACTION_ABORTED
      begin.answered undecided                      records
      begin.answered committed                      payment paid → partiallyRefunded; transaction prepared → none; announces returned; announces refunded; answers view
      begin.answered aborted                        transaction prepared → none; announces transactionAborted; answers TRANSACTION_ABORTED
      paymentWindow, returnWindow                   unarmed
      receiptWindow                                 fulfillment delivered → overdue
      inquiryPause                                  arms inquiryPause
    `,
  },
  {
    given: 'a return under way when the time to confirm is over',
    history: histories.returningLate,
    is: 'life.open payment.paid fulfillment.overdue transaction.prepared',
    cells: `
      place, pay, ship, deliver, confirmReceipt     no
      cancel, return, return (nothing), refund      no
      amend, note, commit (unknown)                 no
      abort (unknown)                               no
      commit                                        life open → completed; payment paid → partiallyRefunded; fulfillment overdue → confirmed; transaction prepared → none; ends begin; arms returnWindow; announces returned; announces refunded; announces completed; replies done; answers view
      abort                                         life open → completed; fulfillment overdue → confirmed; transaction prepared → none; ends begin; arms returnWindow; announces transactionAborted; announces completed; replies done; answers TRANSACTION_ABORTED
      begin.answered undecided                      records
      begin.answered committed                      life open → completed; payment paid → partiallyRefunded; fulfillment overdue → confirmed; transaction prepared → none; arms returnWindow; announces returned; announces refunded; announces completed; answers view
      begin.answered aborted                        life open → completed; fulfillment overdue → confirmed; transaction prepared → none; arms returnWindow; announces transactionAborted; announces completed; answers TRANSACTION_ABORTED
      paymentWindow, receiptWindow, returnWindow    unarmed
      inquiryPause                                  arms inquiryPause
    `,
  },
  {
    given: 'an order that is completed',
    history: histories.completed,
    is: 'life.completed payment.paid fulfillment.confirmed transaction.none',
    cells: `
      place, commit (unknown), abort                no
      abort (unknown), begin.answered undecided     no
      begin.answered committed                      no
      begin.answered aborted                        no
      pay                                           no: isNotCompleted, isNotPaidYet
      ship                                          no: somethingIsOpen
      deliver                                       no: somethingIsUnderWay
      confirmReceipt                                no: isNotConfirmed
      cancel                                        no: isNotCompleted, nothingHasShipped
      return, refund                                transaction none → prepared; asks begin of transaction/SO-1~3; arms inquiryPause
      return (nothing)                              records; announces returned; answers view
      amend                                         no: isNotCompleted, somethingIsToBeShipped
      note                                          records; answers view
      commit                                        replies done
      paymentWindow, receiptWindow, inquiryPause    unarmed
      returnWindow                                  life completed → closed
    `,
  },
  {
    given: 'an order that counts as received',
    history: histories.completedInSilence,
    is: 'life.completed payment.paid fulfillment.confirmed transaction.none',
    cells: `
      place, commit (unknown), abort                no
      abort (unknown), begin.answered undecided     no
      begin.answered committed                      no
      begin.answered aborted                        no
      pay                                           no: isNotCompleted, isNotPaidYet
      ship                                          no: somethingIsOpen
      deliver                                       no: somethingIsUnderWay
      confirmReceipt                                no: isNotConfirmed
      cancel                                        no: isNotCompleted, nothingHasShipped
      return, refund                                transaction none → prepared; asks begin of transaction/SO-1~3; arms inquiryPause
      return (nothing)                              records; announces returned; answers view
      amend                                         no: isNotCompleted, somethingIsToBeShipped
      note                                          records; answers view
      commit                                        replies done
      paymentWindow, receiptWindow, inquiryPause    unarmed
      returnWindow                                  life completed → closed
    `,
  },
  {
    given: 'a completed order of which a line came back',
    history: histories.completedAndReturned,
    is: 'life.completed payment.partiallyRefunded fulfillment.confirmed transaction.none',
    cells: `
      place, commit (unknown), abort                no
      abort (unknown), begin.answered undecided     no
      begin.answered committed                      no
      begin.answered aborted                        no
      pay                                           no: isNotCompleted, isNotPaidYet
      ship                                          no: somethingIsOpen
      deliver                                       no: somethingIsUnderWay
      confirmReceipt                                no: isNotConfirmed
      cancel                                        no: isNotCompleted, nothingHasShipped
      return, refund                                transaction none → prepared; asks begin of transaction/SO-1~4; arms inquiryPause
      return (nothing)                              records; announces returned; answers view
      amend                                         no: isNotCompleted, somethingIsToBeShipped
      note                                          records; answers view
      commit                                        replies done
      paymentWindow, receiptWindow, inquiryPause    unarmed
      returnWindow                                  life completed → closed
    `,
  },
  {
    given: 'an order whose time for returns is over',
    history: histories.closed,
    is: 'life.closed payment.paid fulfillment.confirmed transaction.none',
    cells: `
      place, commit (unknown), abort                no
      abort (unknown), begin.answered undecided     no
      begin.answered committed                      no
      begin.answered aborted                        no
      pay                                           no: isNotCompleted, isNotPaidYet
      ship                                          no: somethingIsOpen
      deliver                                       no: somethingIsUnderWay
      confirmReceipt                                no: isNotConfirmed
      cancel                                        no: isNotCompleted, nothingHasShipped
      return, return (nothing), refund              no: isNotClosed
      amend                                         no: isNotCompleted, somethingIsToBeShipped
      note                                          records; answers view
      commit                                        replies done
      paymentWindow, receiptWindow, returnWindow    unarmed
      inquiryPause                                  unarmed
    `,
  },
];
