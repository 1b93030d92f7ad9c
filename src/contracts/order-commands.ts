import { z } from 'zod';
import { sku } from './identifiers.ts';
import { limits } from './limits.ts';
import { currencyExponent } from './schema/currencies.ts';
import { jsonObject } from './schema/json-object.ts';
import { closed } from './schema/objects.ts';
import { optionalText, text } from './schema/text.ts';
import { amount, currency, digits, lineNumber, quantity, signedAmount, time, version } from './schema/values.ts';

/** Who or what gives the command; goes into the order's history. */
export const by = text(limits.byBytes, "Who or what gives the command; goes into the order's history.");

/** How an order is paid: before it is shipped, or on account. */
export const terms = ['prepaid', 'invoice'] as const;

/** What every command but place may carry. */
const common = {
  expectedVersion: version
    .describe('The version that the order must be at; at any other the command is answered VERSION_CONFLICT.')
    .exactOptional(),
  by: by.exactOptional(),
};

const reason = text(limits.textBytes, 'Why.');
const address = jsonObject(limits.addressBytes, 'Where to ship to.');

type Context<Value> = z.core.ParsePayload<Value>;

function refuse(context: Context<unknown>, path: (string | number)[], message: string): void {
  context.issues.push({ code: 'custom', input: context.value, path, message });
}

/** An order's line as it is placed. */
export const placedLine = closed({
  sku,
  name: optionalText(limits.textBytes, 'What the article is called.').default(''),
  quantity,
  unitPrice: amount.describe("The price of one piece, in units of 10^-digits of the order's currency."),
});

/** A fee or a discount; its amount is for all of it. */
export const placedFee = closed({
  code: text(limits.nameBytes, 'What it is for; may be repeated in an order.'),
  amount: signedAmount.describe(
    "What it comes to in all, in units of 10^-digits of the order's currency; negative for a discount.",
  ),
  name: optionalText(limits.textBytes, 'What it is called.').exactOptional(),
  quantity: quantity.exactOptional(),
});

/** The fields of `orders.place`, each checked for itself. */
export const placeFields = closed({
  customer: text(limits.nameBytes, 'Who orders.'),
  currency,
  digits: digits
    .describe("How many digits amounts have after the decimal point; the currency's own where left out.")
    .exactOptional(),
  terms: z.enum(terms).describe('Paid before it is shipped, or on account.').default('prepaid'),
  lines: z.array(placedLine).min(1).max(limits.lines).exactOptional(),
  fees: z.array(placedFee).max(limits.fees).exactOptional(),
  placedAt: time
    .refine((text) => Date.parse(text) >= 0, { error: 'must be 1970 or later' })
    .describe('When it was placed, 1970 or later; now where left out. ISO 8601 in UTC with milliseconds.')
    .exactOptional(),
  shippingAddress: address.exactOptional(),
  metadata: jsonObject(limits.metadataBytes, 'Whatever the client wants to find again.').exactOptional(),
  by: by.exactOptional(),
});

/** What is wrong with an order as a whole, and where; undefined when nothing is. */
type Complaint = { path: (string | number)[]; why: string } | undefined;

/** No order of nothing, no total below 0, and no product or sum that a JSON number cannot hold exactly. */
function whyNotSummed({ lines = [], fees = [] }: z.output<typeof placeFields>): Complaint {
  if (lines.length + fees.length === 0) return { path: ['lines'], why: 'needs at least one line or one fee' };
  let goods = 0;
  let pieces = 0;
  for (const [index, line] of lines.entries()) {
    goods += line.quantity * line.unitPrice;
    pieces += line.quantity;
    if (goods > limits.amount) {
      return { path: ['lines', index], why: 'brings the sum of quantity × unitPrice above 2^53−1; split the order' };
    }
    if (pieces > limits.amount) {
      return { path: ['lines', index, 'quantity'], why: 'brings the sum of quantities above 2^53−1; split the order' };
    }
  }
  let added = goods;
  let taken = 0;
  for (const [index, fee] of fees.entries()) {
    if (fee.amount > 0) added += fee.amount;
    else taken -= fee.amount;
    if (added > limits.amount || taken > limits.amount) {
      return { path: ['fees', index, 'amount'], why: 'brings the sum of amounts above 2^53−1; split the order' };
    }
  }
  if (added >= taken) return undefined;
  return { path: ['fees'], why: `bring the total below 0, to ${added - taken}: lower the discounts` };
}

/** `orders.place`. `digits` is filled in from the currency; `placedAt` stays absent where it was absent. */
export const placeBody = placeFields
  .check((context) => {
    if (context.issues.length > 0) return; // sums of wrong figures would only add to the noise
    const complaint = whyNotSummed(context.value);
    if (complaint !== undefined) refuse(context, complaint.path, complaint.why);
  })
  // checked above: every currency that passes has an exponent
  .transform((body) => ({ digits: currencyExponent(body.currency) ?? 2, ...body }))
  .describe('It needs at least one line or one fee; the total must not be below 0, nor any sum above 2^53−1.');

/** Some pieces of a line. */
export const linePart = closed({ line: lineNumber, quantity });
/** Some pieces of a line that come back. */
export const returnedPart = linePart.extend({
  restock: z.boolean().describe('Back on the shelf; false: written off.').default(true),
});
const namedOnce = 'Each line is named once at most.';
const lineParts = z
  .array(linePart)
  .min(1)
  .max(limits.lines)
  .describe(`Which lines, and how much of each; all that is open where left out. ${namedOnce}`);
const returnedLines = z
  .array(returnedPart)
  .min(1)
  .max(limits.lines)
  .describe(`Which lines, and how much of each. ${namedOnce}`);

/** How a customer pays. */
export const paymentMethod = closed({
  provider: text(limits.nameBytes, 'Who takes the payment; `sandbox` is built in.'),
  token: text(limits.tokenBytes, "The provider's token; the sandbox knows ok, declined and silent."),
}).describe('How the customer pays; neither kept in the history nor announced.');

/** Refuses a line that is named twice: whether the quantities add up or replace each other would be a guess. */
function checkNamedOnce(context: Context<{ lines?: readonly { line: number }[] }>): void {
  const named = new Set<number>();
  for (const [index, { line }] of (context.value.lines ?? []).entries()) {
    if (named.has(line)) refuse(context, ['lines', index, 'line'], `names line ${line} twice; add the quantities up`);
    named.add(line);
  }
}

function checkDelivery(context: Context<{ parcel?: string; failed?: boolean; lost?: boolean }>): void {
  const { parcel, failed, lost } = context.value;
  if (failed && lost) refuse(context, ['lost'], 'a parcel has failed to arrive or is lost, not both: send one of them');
  else if ((failed || lost) && parcel === undefined) {
    refuse(context, ['parcel'], `is required where ${failed ? 'failed' : 'lost'} is true: name the parcel`);
  }
}

/** The fields of each command on an order that exists. */
const fields = {
  pay: {
    ...common,
    amount: amount
      .describe(
        "What is paid, in units of 10^-digits of the order's currency: what is outstanding, also where left out.",
      )
      .exactOptional(),
    method: paymentMethod.exactOptional(),
  },
  ship: {
    ...common,
    lines: lineParts.exactOptional(),
    carrier: text(limits.nameBytes, 'Who carries the parcel.').exactOptional(),
    tracking: text(limits.nameBytes, "The carrier's number of the parcel.").exactOptional(),
  },
  deliver: {
    ...common,
    parcel: text(limits.nameBytes, 'Which parcel; every one under way where left out.').exactOptional(),
    failed: z.boolean().describe('An attempt to deliver the parcel has failed. Needs `parcel`.').exactOptional(),
    lost: z
      .boolean()
      .describe('The parcel is lost: its lines are open again. Needs `parcel`, and not `failed`.')
      .exactOptional(),
    reason: reason.exactOptional(),
  },
  confirmReceipt: common,
  cancel: { ...common, reason: reason.exactOptional(), lines: lineParts.exactOptional() },
  return: {
    ...common,
    lines: returnedLines,
    reason: reason.exactOptional(),
    refund: amount
      .describe("What is paid back, in units of 10^-digits of the order's currency; the goods' price where left out.")
      .exactOptional(),
  },
  refund: { ...common, amount: amount.min(1), reason: reason.exactOptional() },
  amend: { ...common, shippingAddress: address },
  note: { ...common, text: text(limits.noteBytes, 'The remark.') },
};

/** The body of each command on an order. */
export const orderCommandBodies = {
  place: placeBody,
  pay: closed(fields.pay),
  ship: closed(fields.ship).check(checkNamedOnce),
  deliver: closed(fields.deliver).check(checkDelivery),
  confirmReceipt: closed(fields.confirmReceipt),
  cancel: closed(fields.cancel).check(checkNamedOnce),
  return: closed(fields.return).check(checkNamedOnce),
  refund: closed(fields.refund),
  amend: closed(fields.amend),
  note: closed(fields.note),
};

/** A command on an order that exists, as an event of a what-if: its body with `type`. */
export const orderEvent = z.discriminatedUnion('type', [
  closed({ type: z.literal('pay'), ...fields.pay }),
  closed({ type: z.literal('ship'), ...fields.ship }).check(checkNamedOnce),
  closed({ type: z.literal('deliver'), ...fields.deliver }).check(checkDelivery),
  closed({ type: z.literal('confirmReceipt'), ...fields.confirmReceipt }),
  closed({ type: z.literal('cancel'), ...fields.cancel }).check(checkNamedOnce),
  closed({ type: z.literal('return'), ...fields.return }).check(checkNamedOnce),
  closed({ type: z.literal('refund'), ...fields.refund }),
  closed({ type: z.literal('amend'), ...fields.amend }),
  closed({ type: z.literal('note'), ...fields.note }),
]);

/** Every command on an order. */
export type OrderCommandName = keyof typeof orderCommandBodies;
/** The commands on an order that exists. */
export type LaterCommandName = Exclude<OrderCommandName, 'place'>;
/** Every command on an order. */
export const orderCommandNames = Object.keys(orderCommandBodies) as OrderCommandName[];

type Bodies = typeof orderCommandBodies;
/** A command's body as the service has it, defaults filled in. */
export type OrderCommandBody<Name extends OrderCommandName> = z.output<Bodies[Name]>;
/** A command's body as a client may send it. */
export type OrderCommandInput<Name extends OrderCommandName> = z.input<Bodies[Name]>;
export type OrderEvent = z.output<typeof orderEvent>;
export type PlaceBody = OrderCommandBody<'place'>;
export type PlaceInput = OrderCommandInput<'place'>;
export type PlacedLine = z.output<typeof placedLine>;
export type PlacedFee = z.output<typeof placedFee>;
export type PayBody = OrderCommandBody<'pay'>;
export type ShipBody = OrderCommandBody<'ship'>;
export type DeliverBody = OrderCommandBody<'deliver'>;
export type ConfirmReceiptBody = OrderCommandBody<'confirmReceipt'>;
export type CancelBody = OrderCommandBody<'cancel'>;
export type ReturnBody = OrderCommandBody<'return'>;
export type RefundBody = OrderCommandBody<'refund'>;
export type AmendBody = OrderCommandBody<'amend'>;
export type NoteBody = OrderCommandBody<'note'>;
export type Terms = (typeof terms)[number];
