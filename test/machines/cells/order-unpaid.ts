import type { Given } from '../fixtures/table.ts';
import { orderHistories as histories } from './order-histories.ts';

/** Orders from nothing to the payment. */
export const unpaidCells: readonly Given[] = [
  {
    given: 'nothing',
    history: histories.nothing,
    is: 'life.new payment.new fulfillment.new transaction.new',
    cells: `
      place                                         life new → open; payment new → unpaid; fulfillment new → unfulfilled; transaction new → none; arms paymentWindow; announces placed; answers view
      pay, ship, deliver, confirmReceipt, cancel    no
      return, return (nothing), refund, amend       no
      note, commit, commit (unknown), abort         no
      abort (unknown), begin.answered undecided     no
      begin.answered committed                      no
      begin.answered aborted                        no
      paymentWindow, receiptWindow, returnWindow    unarmed
      inquiryPause                                  unarmed
    `,
  },
  {
    given: 'an order that is placed',
    history: histories.placed,
    is: 'life.open payment.unpaid fulfillment.unfulfilled transaction.none',
    cells: `
      place, commit, commit (unknown), abort        no
      abort (unknown), begin.answered undecided     no
      begin.answered committed                      no
      begin.answered aborted                        no
      pay                                           transaction none → prepared; asks begin of transaction/SO-1~1; arms inquiryPause
      ship                                          no: isPaidOrOnAccount
      deliver                                       no: somethingIsUnderWay
      confirmReceipt                                no: nothingIsOpen, everythingIsDelivered
      cancel                                        life open → canceled; announces canceled; answers view
      return                                        no: somethingIsReturnable, linesWereDelivered
      return (nothing)                              no: somethingIsReturnable
      refund                                        no: isRefundable
      amend, note                                   records; answers view
      paymentWindow                                 life open → canceled; payment unpaid → overdue; announces canceled
      receiptWindow, returnWindow, inquiryPause     unarmed
    `,
  },
  {
    given: 'a payment that is under way',
    history: histories.paying,
    is: 'life.open payment.unpaid fulfillment.unfulfilled transaction.prepared',
    cells: `
      place, pay, ship, deliver, confirmReceipt     no
      cancel, return, return (nothing), refund      no
      amend, note, commit (unknown)                 no
      abort (unknown)                               no
      commit                                        payment unpaid → paid; transaction prepared → none; ends begin; announces paid; replies done; answers view
      abort                                         transaction prepared → none; ends begin; announces transactionAborted; replies done; answers TRANSACTION_ABORTED
      begin.answered undecided                      records
      begin.answered committed                      payment unpaid → paid; transaction prepared → none; announces paid; answers view
      begin.answered aborted                        transaction prepared → none; announces transactionAborted; answers TRANSACTION_ABORTED
      paymentWindow                                 payment unpaid → overdue
      receiptWindow, returnWindow                   unarmed
      inquiryPause                                  arms inquiryPause
    `,
  },
  {
    given: 'a payment of which the coordinator knows',
    history: histories.payingAndUndecided,
    is: 'life.open payment.unpaid fulfillment.unfulfilled transaction.prepared',
    cells: `
      place, pay, ship, deliver, confirmReceipt     no
      cancel, return, return (nothing), refund      no
      amend, note, commit (unknown)                 no
      abort (unknown)                               no
      commit                                        payment unpaid → paid; transaction prepared → none; announces paid; replies done; answers view
      abort                                         transaction prepared → none; announces transactionAborted; replies done; answers TRANSACTION_ABORTED
      begin.answered undecided                      records
      begin.answered committed                      payment unpaid → paid; transaction prepared → none; announces paid; answers view
      begin.answered aborted                        transaction prepared → none; announces transactionAborted; answers TRANSACTION_ABORTED
      paymentWindow                                 payment unpaid → overdue
      receiptWindow, returnWindow                   unarmed
      inquiryPause                                  asks begin of transaction/SO-1~1; arms inquiryPause
    `,
  },
  {
    given: 'a payment under way when the time to pay is over',
    history: histories.payingLate,
    is: 'life.open payment.overdue fulfillment.unfulfilled transaction.prepared',
    cells: `
      place, pay, ship, deliver, confirmReceipt     no
      cancel, return, return (nothing), refund      no
      amend, note, commit (unknown)                 no
      abort (unknown)                               no
      commit                                        payment overdue → paid; transaction prepared → none; ends begin; announces paid; replies done; answers view
      abort                                         life open → canceled; transaction prepared → none; ends begin; announces transactionAborted; announces canceled; replies done; answers TRANSACTION_ABORTED
      begin.answered undecided                      records
      begin.answered committed                      payment overdue → paid; transaction prepared → none; announces paid; answers view
      begin.answered aborted                        life open → canceled; transaction prepared → none; announces transactionAborted; announces canceled; answers TRANSACTION_ABORTED
      paymentWindow, receiptWindow, returnWindow    unarmed
      inquiryPause                                  arms inquiryPause
    `,
  },
  {
    given: 'a payment that was declined',
    history: histories.declined,
    is: 'life.open payment.unpaid fulfillment.unfulfilled transaction.none',
    cells: `
      place, commit, commit (unknown)               no
      abort (unknown), begin.answered undecided     no
      begin.answered committed                      no
      begin.answered aborted                        no
      pay                                           transaction none → prepared; asks begin of transaction/SO-1~2; arms inquiryPause
      ship                                          no: isPaidOrOnAccount
      deliver                                       no: somethingIsUnderWay
      confirmReceipt                                no: nothingIsOpen, everythingIsDelivered
      cancel                                        life open → canceled; announces canceled; answers view
      return                                        no: somethingIsReturnable, linesWereDelivered
      return (nothing)                              no: somethingIsReturnable
      refund                                        no: isRefundable
      amend, note                                   records; answers view
      abort                                         replies done
      paymentWindow                                 life open → canceled; payment unpaid → overdue; announces canceled
      receiptWindow, returnWindow, inquiryPause     unarmed
    `,
  },
  {
    given: 'an order that nobody paid in time',
    history: histories.expired,
    is: 'life.canceled payment.overdue fulfillment.unfulfilled transaction.none',
    cells: `
      place, commit, commit (unknown), abort        no
      abort (unknown), begin.answered undecided     no
      begin.answered committed                      no
      begin.answered aborted                        no
      pay, cancel, amend                            no: isNotCanceled
      ship                                          no: isNotCanceled, isPaidOrOnAccount, somethingIsOpen
      deliver                                       no: somethingIsUnderWay
      confirmReceipt                                no: everythingIsDelivered
      return                                        no: somethingIsReturnable, linesWereDelivered
      return (nothing)                              no: somethingIsReturnable
      refund                                        no: isRefundable
      note                                          records; answers view
      paymentWindow, receiptWindow, returnWindow    unarmed
      inquiryPause                                  unarmed
    `,
  },
  {
    given: 'an order that was canceled before it was paid',
    history: histories.canceledUnpaid,
    is: 'life.canceled payment.unpaid fulfillment.unfulfilled transaction.none',
    cells: `
      place, commit, commit (unknown), abort        no
      abort (unknown), begin.answered undecided     no
      begin.answered committed                      no
      begin.answered aborted                        no
      pay, cancel, amend                            no: isNotCanceled
      ship                                          no: isNotCanceled, isPaidOrOnAccount, somethingIsOpen
      deliver                                       no: somethingIsUnderWay
      confirmReceipt                                no: everythingIsDelivered
      return                                        no: somethingIsReturnable, linesWereDelivered
      return (nothing)                              no: somethingIsReturnable
      refund                                        no: isRefundable
      note                                          records; answers view
      paymentWindow                                 payment unpaid → overdue
      receiptWindow, returnWindow, inquiryPause     unarmed
    `,
  },
];
