import type { Given } from '../fixtures/table.ts';
import { orderHistories as histories } from './order-histories.ts';

/** Orders on account, without goods, or for nothing. */
export const specialCells: readonly Given[] = [
  {
    given: 'an order on account',
    history: histories.onAccount,
    is: 'life.open payment.unpaid fulfillment.unfulfilled transaction.none',
    cells: `
      place, commit, commit (unknown), abort        no
      abort (unknown), begin.answered undecided     no
      begin.answered committed                      no
      begin.answered aborted                        no
      pay, ship                                     transaction none → prepared; asks begin of transaction/SO-1~1; arms inquiryPause
      deliver                                       no: somethingIsUnderWay
      confirmReceipt                                no: nothingIsOpen, everythingIsDelivered
      cancel                                        life open → canceled; announces canceled; answers view
      return                                        no: somethingIsReturnable, linesWereDelivered
      return (nothing)                              no: somethingIsReturnable
      refund                                        no: isRefundable
      amend, note                                   records; answers view
      paymentWindow, receiptWindow, returnWindow    unarmed
      inquiryPause                                  unarmed
    `,
  },
  {
    given: 'an order on account that was received and not paid',
    history: histories.received,
    is: 'life.open payment.unpaid fulfillment.confirmed transaction.none',
    cells: `
      place, commit (unknown), abort                no
      abort (unknown), begin.answered undecided     no
      begin.answered committed                      no
      begin.answered aborted                        no
      pay, return                                   transaction none → prepared; asks begin of transaction/SO-1~2; arms inquiryPause
      ship                                          no: somethingIsOpen
      deliver                                       no: somethingIsUnderWay
      confirmReceipt                                no: isNotConfirmed
      cancel                                        no: nothingHasShipped
      return (nothing)                              records; announces returned; answers view
      refund                                        no: isRefundable
      amend                                         no: somethingIsToBeShipped
      note                                          records; answers view
      commit                                        replies done
      paymentWindow, receiptWindow, returnWindow    unarmed
      inquiryPause                                  unarmed
    `,
  },
  {
    given: 'the payment of a received order under way',
    history: histories.receivedAndPaying,
    is: 'life.open payment.unpaid fulfillment.confirmed transaction.prepared',
    cells: `
      place, pay, ship, deliver, confirmReceipt     no
      cancel, return, return (nothing), refund      no
      amend, note, commit (unknown)                 no
      abort (unknown)                               no
      commit                                        life open → completed; payment unpaid → paid; transaction prepared → none; ends begin; arms returnWindow; announces paid; announces completed; replies done; answers view
      abort                                         transaction prepared → none; ends begin; announces transactionAborted; replies done; answers TRANSACTION_ABORTED
      begin.answered undecided                      records
      begin.answered committed                      life open → completed; payment unpaid → paid; transaction prepared → none; arms returnWindow; announces paid; announces completed; answers view
      begin.answered aborted                        transaction prepared → none; announces transactionAborted; answers TRANSACTION_ABORTED
      paymentWindow, receiptWindow, returnWindow    unarmed
      inquiryPause                                  arms inquiryPause
    `,
  },
  {
    given: 'an order without goods',
    history: histories.feesOnly,
    is: 'life.open payment.unpaid fulfillment.unfulfilled transaction.none',
    cells: `
      place, commit, commit (unknown), abort        no
      abort (unknown), begin.answered undecided     no
      begin.answered committed                      no
      begin.answered aborted                        no
      pay                                           transaction none → prepared; asks begin of transaction/SO-1~1; arms inquiryPause
      ship                                          no: isPaidOrOnAccount, somethingIsOpen
      deliver                                       no: somethingIsUnderWay
      confirmReceipt                                no: everythingIsDelivered
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
    given: 'an order without goods that is paid',
    history: histories.feesPaid,
    is: 'life.completed payment.paid fulfillment.unfulfilled transaction.none',
    cells: `
      place, commit (unknown), abort                no
      abort (unknown), begin.answered undecided     no
      begin.answered committed                      no
      begin.answered aborted                        no
      pay                                           no: isNotCompleted, isNotPaidYet
      ship                                          no: somethingIsOpen
      deliver                                       no: somethingIsUnderWay
      confirmReceipt                                no: everythingIsDelivered
      cancel, amend                                 no: isNotCompleted
      return                                        no: somethingIsReturnable, linesWereDelivered
      return (nothing)                              no: somethingIsReturnable
      refund                                        transaction none → prepared; asks begin of transaction/SO-1~2; arms inquiryPause
      note                                          records; answers view
      commit                                        replies done
      paymentWindow, receiptWindow, inquiryPause    unarmed
      returnWindow                                  life completed → closed
    `,
  },
  {
    given: 'an order of nothing that costs nothing',
    history: histories.forNothing,
    is: 'life.open payment.unpaid fulfillment.unfulfilled transaction.none',
    cells: `
      place, commit, commit (unknown), abort        no
      abort (unknown), begin.answered undecided     no
      begin.answered committed                      no
      begin.answered aborted                        no
      pay                                           life open → completed; payment unpaid → paid; arms returnWindow; announces paid; announces completed; answers view
      ship                                          no: isPaidOrOnAccount, somethingIsOpen
      deliver                                       no: somethingIsUnderWay
      confirmReceipt                                no: everythingIsDelivered
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
    given: 'an order of goods that cost nothing',
    history: histories.goodsForNothing,
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
    given: 'a completed order that never closes',
    history: histories.withoutReturnWindow,
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
      paymentWindow, receiptWindow, returnWindow    unarmed
      inquiryPause                                  unarmed
    `,
  },
];
