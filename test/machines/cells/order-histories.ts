import {
  abort,
  beginAnswered,
  cancel,
  commit,
  confirmReceipt,
  deliver,
  giveBack,
  pay,
  place,
  refund,
  settings,
  ship,
} from '../fixtures/order.ts';
import { type Happening, timer } from '../fixtures/scene.ts';

const placed = [place()];
const paying = [...placed, pay()];
const paid = [...paying, commit];
const partlyShipped = [...paid, ship({ lines: [{ line: 1, quantity: 3 }] }), commit];
const inTwoParcels = [...partlyShipped, ship(), commit];
const oneParcelLost = [...inTwoParcels, deliver({ parcel: 'P2', lost: true })];
const theRest = {
  lines: [
    { line: 1, quantity: 1 },
    { line: 2, quantity: 2 },
  ],
};
const shipped = [...paid, ship(), commit];
const delivered = [...shipped, deliver()];
const returning = [...delivered, giveBack({ lines: [{ line: 1, quantity: 1 }] })];
const completed = [...delivered, confirmReceipt()];
const onAccount = [place({ terms: 'invoice' })];
const received = [...onAccount, ship(), commit, deliver(), confirmReceipt()];
const feesOnly = [place({ lines: [] })];

/** The ways into the states of an order, by name. */
export const orderHistories = {
  nothing: [],
  placed,
  paying,
  payingAndUndecided: [...paying, beginAnswered('undecided')],
  payingLate: [...paying, timer('paymentWindow')],
  declined: [...paying, abort],
  expired: [...placed, timer('paymentWindow')],
  canceledUnpaid: [...placed, cancel()],

  paid,
  shipping: [...paid, ship()],
  canceling: [...paid, cancel()],
  canceledPaid: [...paid, cancel(), commit],
  refunding: [...paid, refund({ amount: 200 })],
  refundedInPart: [...paid, refund({ amount: 200 }), commit],
  refundingTheRest: [...paid, refund({ amount: 200 }), commit, refund()],
  refundedWhole: [...paid, refund(), commit],

  partlyShipped,
  cancelingTheRest: [...partlyShipped, cancel(theRest)],
  cancelingTheRestOfDelivered: [...partlyShipped, deliver(), cancel(theRest)],
  shippingTheRest: [...partlyShipped, ship()],
  shipped,
  oneParcelLost,
  allLost: [...shipped, deliver({ parcel: 'P1', lost: true })],
  allLostOneByOne: [...oneParcelLost, deliver({ parcel: 'P1', lost: true })],

  delivered,
  returning,
  returningLate: [...returning, timer('receiptWindow')],
  completed,
  completedInSilence: [...delivered, timer('receiptWindow')],
  completedAndReturned: [...completed, giveBack({ lines: [{ line: 2, quantity: 2 }] }), commit],
  closed: [...completed, timer('returnWindow')],

  onAccount,
  received,
  receivedAndPaying: [...received, pay()],
  feesOnly,
  feesPaid: [...feesOnly, pay(), commit],
  forNothing: [place({ lines: [], fees: [] })],
  goodsForNothing: [place({ lines: [{ sku: 'A', quantity: 1, unitPrice: 0 }], fees: [] })],
  withoutReturnWindow: [
    place({ settings: settings({ returnWindowMs: null }) }),
    pay(),
    commit,
    ship(),
    commit,
    deliver(),
    confirmReceipt(),
  ],
} as const satisfies Readonly<Record<string, readonly Happening[]>>;
