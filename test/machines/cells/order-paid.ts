import type { Given } from '../fixtures/table.ts';
import { orderHistories as histories } from './order-histories.ts';

/** Orders from the payment to the first parcel. */
export const paidCells: readonly Given[] = [
  {
    given: 'an order that is paid',
    history: histories.paid,
    is: 'life.open payment.paid fulfillment.unfulfilled transaction.none',
    cells: `
      place, commit (unknown), abort                no
      abort (unknown), begin.answered undecided     no
      begin.answered committed                      no
      begin.answered aborted                        no
      pay                                           no: isNotPaidYet
      ship, cancel, refund                          transaction none → prepared; asks begin of transaction/SO-1~2; arms inquiryPause
      deliver                                       no: somethingIsUnderWay
      confirmReceipt                                no: nothingIsOpen, everythingIsDelivered
      return                                        no: somethingIsReturnable, linesWereDelivered
      return (nothing)                              no: somethingIsReturnable
      amend, note                                   records; answers view
      commit                                        replies done
      paymentWindow, receiptWindow, returnWindow    unarmed
      inquiryPause                                  unarmed
    `,
  },
  {
    given: 'a first parcel that is being shipped',
    history: histories.shipping,
    is: 'life.open payment.paid fulfillment.unfulfilled transaction.prepared',
    cells: `
      place, pay, ship, deliver, confirmReceipt     no
      cancel, return, return (nothing), refund      no
      amend, note, commit (unknown)                 no
      abort (unknown)                               no
      commit                                        fulfillment unfulfilled → shipped; transaction prepared → none; ends begin; announces shipped; replies done; answers view
      abort                                         transaction prepared → none; ends begin; announces transactionAborted; replies done; answers TRANSACTION_ABORTED
      begin.answered undecided                      records
      begin.answered committed                      fulfillment unfulfilled → shipped; transaction prepared → none; announces shipped; answers view
      begin.answered aborted                        transaction prepared → none; announces transactionAborted; answers TRANSACTION_ABORTED
      paymentWindow, receiptWindow, returnWindow    unarmed
      inquiryPause                                  arms inquiryPause
    `,
  },
  {
    given: 'a paid order that is being canceled',
    history: histories.canceling,
    is: 'life.open payment.paid fulfillment.unfulfilled transaction.prepared',
    cells: `
      place, pay, ship, deliver, confirmReceipt     no
      cancel, return, return (nothing), refund      no
      amend, note, commit (unknown)                 no
      abort (unknown)                               no
      commit                                        life open → canceled; payment paid → refunded; transaction prepared → none; ends begin; announces refunded; announces canceled; replies done; answers view
      abort                                         transaction prepared → none; ends begin; announces transactionAborted; replies done; answers TRANSACTION_ABORTED
      begin.answered undecided                      records
      begin.answered committed                      life open → canceled; payment paid → refunded; transaction prepared → none; announces refunded; announces canceled; answers view
      begin.answered aborted                        transaction prepared → none; announces transactionAborted; answers TRANSACTION_ABORTED
      paymentWindow, receiptWindow, returnWindow    unarmed
      inquiryPause                                  arms inquiryPause
    `,
  },
  {
    given: 'a paid order that was canceled',
    history: histories.canceledPaid,
    is: 'life.canceled payment.refunded fulfillment.unfulfilled transaction.none',
    cells: `
      place, commit (unknown), abort                no
      abort (unknown), begin.answered undecided     no
      begin.answered committed                      no
      begin.answered aborted                        no
      pay                                           no: isNotCanceled, isNotPaidYet
      ship                                          no: isNotCanceled, somethingIsOpen
      deliver                                       no: somethingIsUnderWay
      confirmReceipt                                no: everythingIsDelivered
      cancel, amend                                 no: isNotCanceled
      return                                        no: somethingIsReturnable, linesWereDelivered
      return (nothing)                              no: somethingIsReturnable
      refund                                        no: isRefundable
      note                                          records; answers view
      commit                                        replies done
      paymentWindow, receiptWindow, returnWindow    unarmed
      inquiryPause                                  unarmed
    `,
  },
  {
    given: 'a goodwill refund under way',
    history: histories.refunding,
    is: 'life.open payment.paid fulfillment.unfulfilled transaction.prepared',
    cells: `
      place, pay, ship, deliver, confirmReceipt     no
      cancel, return, return (nothing), refund      no
      amend, note, commit (unknown)                 no
      abort (unknown)                               no
      commit                                        payment paid → partiallyRefunded; transaction prepared → none; ends begin; announces refunded; replies done; answers view
      abort                                         transaction prepared → none; ends begin; announces transactionAborted; replies done; answers TRANSACTION_ABORTED
      begin.answered undecided                      records
      begin.answered committed                      payment paid → partiallyRefunded; transaction prepared → none; announces refunded; answers view
      begin.answered aborted                        transaction prepared → none; announces transactionAborted; answers TRANSACTION_ABORTED
      paymentWindow, receiptWindow, returnWindow    unarmed
      inquiryPause                                  arms inquiryPause
    `,
  },
  {
    given: 'an order with a goodwill refund',
    history: histories.refundedInPart,
    is: 'life.open payment.partiallyRefunded fulfillment.unfulfilled transaction.none',
    cells: `
      place, commit (unknown), abort                no
      abort (unknown), begin.answered undecided     no
      begin.answered committed                      no
      begin.answered aborted                        no
      pay                                           no: isNotPaidYet
      ship, cancel, refund                          transaction none → prepared; asks begin of transaction/SO-1~3; arms inquiryPause
      deliver                                       no: somethingIsUnderWay
      confirmReceipt                                no: nothingIsOpen, everythingIsDelivered
      return                                        no: somethingIsReturnable, linesWereDelivered
      return (nothing)                              no: somethingIsReturnable
      amend, note                                   records; answers view
      commit                                        replies done
      paymentWindow, receiptWindow, returnWindow    unarmed
      inquiryPause                                  unarmed
    `,
  },
  {
    given: 'a refund of all that is left under way',
    history: histories.refundingTheRest,
    is: 'life.open payment.partiallyRefunded fulfillment.unfulfilled transaction.prepared',
    cells: `
      place, pay, ship, deliver, confirmReceipt     no
      cancel, return, return (nothing), refund      no
      amend, note, commit (unknown)                 no
      abort (unknown)                               no
      commit                                        payment partiallyRefunded → refunded; transaction prepared → none; ends begin; announces refunded; replies done; answers view
      abort                                         transaction prepared → none; ends begin; announces transactionAborted; replies done; answers TRANSACTION_ABORTED
      begin.answered undecided                      records
      begin.answered committed                      payment partiallyRefunded → refunded; transaction prepared → none; announces refunded; answers view
      begin.answered aborted                        transaction prepared → none; announces transactionAborted; answers TRANSACTION_ABORTED
      paymentWindow, receiptWindow, returnWindow    unarmed
      inquiryPause                                  arms inquiryPause
    `,
  },
  {
    given: 'an order refunded before it is shipped',
    history: histories.refundedWhole,
    is: 'life.open payment.refunded fulfillment.unfulfilled transaction.none',
    cells: `
      place, commit (unknown), abort                no
      abort (unknown), begin.answered undecided     no
      begin.answered committed                      no
      begin.answered aborted                        no
      pay                                           no: isNotPaidYet
      ship, cancel                                  transaction none → prepared; asks begin of transaction/SO-1~3; arms inquiryPause
      deliver                                       no: somethingIsUnderWay
      confirmReceipt                                no: nothingIsOpen, everythingIsDelivered
      return                                        no: somethingIsReturnable, linesWereDelivered
      return (nothing)                              no: somethingIsReturnable
      refund                                        no: isRefundable
      amend, note                                   records; answers view
      commit                                        replies done
      paymentWindow, receiptWindow, returnWindow    unarmed
      inquiryPause                                  unarmed
    `,
  },
];
