import type { Given } from '../fixtures/table.ts';
import { orderHistories as histories } from './order-histories.ts';

/** Orders with goods under way. */
export const shippedCells: readonly Given[] = [
  {
    given: 'an order of which a part has shipped',
    history: histories.partlyShipped,
    is: 'life.open payment.paid fulfillment.partiallyShipped transaction.none',
    cells: `
      place, commit (unknown), abort                no
      abort (unknown), begin.answered undecided     no
      begin.answered committed                      no
      begin.answered aborted                        no
      pay                                           no: isNotPaidYet
      ship, refund                                  transaction none → prepared; asks begin of transaction/SO-1~3; arms inquiryPause
      deliver                                       records; announces delivered; answers view
      confirmReceipt                                no: nothingIsOpen, everythingIsDelivered
      cancel                                        no: nothingHasShipped
      return                                        no: somethingIsReturnable, linesWereDelivered
      return (nothing)                              no: somethingIsReturnable
      amend, note                                   records; answers view
      commit                                        replies done
      paymentWindow, receiptWindow, returnWindow    unarmed
      inquiryPause                                  unarmed
    `,
  },
  {
    given: 'the open rest being canceled, the first part under way',
    history: histories.cancelingTheRest,
    is: 'life.open payment.paid fulfillment.partiallyShipped transaction.prepared',
    cells: `
      place, pay, ship, deliver, confirmReceipt     no
      cancel, return, return (nothing), refund      no
      amend, note, commit (unknown)                 no
      abort (unknown)                               no
      commit                                        payment paid → partiallyRefunded; fulfillment partiallyShipped → shipped; transaction prepared → none; ends begin; announces lineCanceled; announces refunded; replies done; answers view
      abort                                         transaction prepared → none; ends begin; announces transactionAborted; replies done; answers TRANSACTION_ABORTED
      begin.answered undecided                      records
      begin.answered committed                      payment paid → partiallyRefunded; fulfillment partiallyShipped → shipped; transaction prepared → none; announces lineCanceled; announces refunded; answers view
      begin.answered aborted                        transaction prepared → none; announces transactionAborted; answers TRANSACTION_ABORTED
      paymentWindow, receiptWindow, returnWindow    unarmed
      inquiryPause                                  arms inquiryPause
    `,
  },
  {
    given: 'the open rest being canceled, the first part delivered',
    history: histories.cancelingTheRestOfDelivered,
    is: 'life.open payment.paid fulfillment.partiallyShipped transaction.prepared',
    cells: `
      place, pay, ship, deliver, confirmReceipt     no
      cancel, return, return (nothing), refund      no
      amend, note, commit (unknown)                 no
      abort (unknown)                               no
      commit                                        payment paid → partiallyRefunded; fulfillment partiallyShipped → delivered; transaction prepared → none; ends begin; arms receiptWindow; announces lineCanceled; announces refunded; replies done; answers view
      abort                                         transaction prepared → none; ends begin; announces transactionAborted; replies done; answers TRANSACTION_ABORTED
      begin.answered undecided                      records
      begin.answered committed                      payment paid → partiallyRefunded; fulfillment partiallyShipped → delivered; transaction prepared → none; arms receiptWindow; announces lineCanceled; announces refunded; answers view
      begin.answered aborted                        transaction prepared → none; announces transactionAborted; answers TRANSACTION_ABORTED
      paymentWindow, receiptWindow, returnWindow    unarmed
      inquiryPause                                  arms inquiryPause
    `,
  },
  {
    given: 'the rest being shipped',
    history: histories.shippingTheRest,
    is: 'life.open payment.paid fulfillment.partiallyShipped transaction.prepared',
    cells: `
      place, pay, ship, deliver, confirmReceipt     no
      cancel, return, return (nothing), refund      no
      amend, note, commit (unknown)                 no
      abort (unknown)                               no
      commit                                        fulfillment partiallyShipped → shipped; transaction prepared → none; ends begin; announces shipped; replies done; answers view
      abort                                         transaction prepared → none; ends begin; announces transactionAborted; replies done; answers TRANSACTION_ABORTED
      begin.answered undecided                      records
      begin.answered committed                      fulfillment partiallyShipped → shipped; transaction prepared → none; announces shipped; answers view
      begin.answered aborted                        transaction prepared → none; announces transactionAborted; answers TRANSACTION_ABORTED
      paymentWindow, receiptWindow, returnWindow    unarmed
      inquiryPause                                  arms inquiryPause
    `,
  },
  {
    given: 'an order that has shipped',
    history: histories.shipped,
    is: 'life.open payment.paid fulfillment.shipped transaction.none',
    cells: `
      place, commit (unknown), abort                no
      abort (unknown), begin.answered undecided     no
      begin.answered committed                      no
      begin.answered aborted                        no
      pay                                           no: isNotPaidYet
      ship                                          no: somethingIsOpen
      deliver                                       fulfillment shipped → delivered; arms receiptWindow; announces delivered; answers view
      confirmReceipt                                no: everythingIsDelivered
      cancel                                        no: nothingHasShipped
      return                                        no: somethingIsReturnable, linesWereDelivered
      return (nothing)                              no: somethingIsReturnable
      refund                                        transaction none → prepared; asks begin of transaction/SO-1~3; arms inquiryPause
      amend                                         no: somethingIsToBeShipped
      note                                          records; answers view
      commit                                        replies done
      paymentWindow, receiptWindow, returnWindow    unarmed
      inquiryPause                                  unarmed
    `,
  },
  {
    given: 'an order of whose two parcels one got lost',
    history: histories.oneParcelLost,
    is: 'life.open payment.paid fulfillment.partiallyShipped transaction.none',
    cells: `
      place, commit (unknown), abort                no
      abort (unknown), begin.answered undecided     no
      begin.answered committed                      no
      begin.answered aborted                        no
      pay                                           no: isNotPaidYet
      ship, refund                                  transaction none → prepared; asks begin of transaction/SO-1~4; arms inquiryPause
      deliver                                       records; announces delivered; answers view
      confirmReceipt                                no: nothingIsOpen, everythingIsDelivered
      cancel                                        no: nothingHasShipped
      return                                        no: somethingIsReturnable, linesWereDelivered
      return (nothing)                              no: somethingIsReturnable
      amend, note                                   records; answers view
      commit                                        replies done
      paymentWindow, receiptWindow, returnWindow    unarmed
      inquiryPause                                  unarmed
    `,
  },
  {
    given: 'an order whose only parcel got lost',
    history: histories.allLost,
    is: 'life.open payment.paid fulfillment.unfulfilled transaction.none',
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
    given: 'an order whose parcels got lost one by one',
    history: histories.allLostOneByOne,
    is: 'life.open payment.paid fulfillment.unfulfilled transaction.none',
    cells: `
      place, commit (unknown), abort                no
      abort (unknown), begin.answered undecided     no
      begin.answered committed                      no
      begin.answered aborted                        no
      pay                                           no: isNotPaidYet
      ship, cancel, refund                          transaction none → prepared; asks begin of transaction/SO-1~4; arms inquiryPause
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
];
