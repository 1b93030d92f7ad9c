import { z } from 'zod';
import {
  type AnnouncementKind,
  type AnnouncementSource,
  announcementChanges,
  announcementData,
  announcementKinds,
  type BranchKind,
  branchArguments,
  branchOperations,
  decisionMessage,
  doneAnswer,
  endpointNames,
  endpointOf,
  errorBody,
  errorCodes,
  errorKinds,
  linePart,
  orderEvent,
  paymentMethod,
  placedFee,
  placedLine,
  prepareMessage,
  returnedPart,
  voteAnswer,
} from '../../contracts/index.ts';
import type { Named } from './named-answers.ts';
import { announcementName, errorName, eventName, requestName } from './names.ts';

type NamedSchemas = Readonly<Record<string, Named>>;

/** What endpoints take, by name. */
export const requests: NamedSchemas = Object.fromEntries(
  endpointNames.map((endpoint) => {
    const { body, summary } = endpointOf(endpoint);
    const name = requestName(endpoint);
    const own = body.description === undefined ? '' : ` ${body.description}`;
    return [name, { schema: body, about: name === 'EmptyRequest' ? 'Takes nothing.' : `${summary}${own}` }];
  }),
);

/** What requests are made of, by name. */
export const requestParts: NamedSchemas = {
  PlacedLine: { schema: placedLine, about: 'A line of a new order.' },
  PlacedFee: { schema: placedFee, about: 'A fee or a discount of a new order.' },
  LinePart: { schema: linePart, about: 'Some pieces of a line.' },
  ReturnedPart: { schema: returnedPart, about: 'Some pieces of a line that come back.' },
  PaymentMethod: { schema: paymentMethod, about: 'How the customer pays; neither kept in the history nor announced.' },
  OrderEvent: { schema: orderEvent, about: 'A command on an order that exists: its body with `type`.' },
  ...Object.fromEntries(
    orderEvent.options.map((option) => {
      const command = option.shape.type.value;
      return [eventName(command), { schema: option, about: `The command ${command}, as an event of a what-if.` }];
    }),
  ),
};

/** Every error answer, by name. */
export const errors: NamedSchemas = {
  Error: {
    schema: errorBody,
    about: 'An error answer. Newer versions may send codes that are not documented here.',
  },
  ...Object.fromEntries(
    errorCodes.map((code) => {
      const { retriable, details, meaning } = errorKinds[code];
      const schema = errorBody.extend({ code: z.literal(code), retriable: z.literal(retriable), details });
      return [errorName(code), { schema, about: meaning }];
    }),
  ),
};

/** When each thing is announced, in half a sentence. */
const occasions: { readonly [Source in AnnouncementSource]: Readonly<Record<AnnouncementKind<Source>, string>> } = {
  order: {
    placed: 'An order was placed.',
    paid: 'An order was paid.',
    shipped: 'A parcel is on its way.',
    delivered: 'Parcels have arrived.',
    deliveryFailed: 'Parcels could not be handed over, or are lost.',
    completed: 'An order is completed: everything is delivered, confirmed and paid.',
    canceled: 'A whole order was canceled, by somebody or because its payment window was over (reason expired).',
    lineCanceled: 'Lines of an order, or parts of them, were canceled.',
    returned: 'Goods have come back.',
    refunded: 'Money was paid back.',
    transactionAborted: 'What an order wanted to do with others has not come about; it is as it was.',
  },
  transaction: {
    committed: 'A transaction has ended: every participant has done its part.',
    aborted: 'A transaction has ended: nothing has changed anywhere.',
    resolved: 'Somebody has closed a branch of a transaction by hand.',
  },
  stock: { changed: 'There is more or less of an article than before.' },
};

/** An announcement: where it comes from, what it tells, and the name of its data's schema. */
export interface AnnouncementEntry {
  readonly source: AnnouncementSource;
  readonly kind: AnnouncementKind;
  readonly name: string;
  readonly named: Named;
}

function announcementsAbout<Source extends AnnouncementSource>(source: Source): readonly AnnouncementEntry[] {
  const changes: Readonly<Record<string, z.ZodType>> = announcementChanges[source];
  const about: Readonly<Record<string, string>> = occasions[source];
  const kinds: readonly AnnouncementKind<Source>[] = announcementKinds[source];
  return kinds.map((kind) => ({
    source,
    kind,
    name: announcementName(source, kind),
    named: {
      schema: announcementData[source].extend({ change: changes[kind] ?? z.looseObject({}) }),
      about: about[kind] ?? '',
    },
  }));
}

/** Everything that is announced. */
export const announcementEntries: readonly AnnouncementEntry[] = [
  ...announcementsAbout('order'),
  ...announcementsAbout('transaction'),
  ...announcementsAbout('stock'),
];

/** The data of every announcement, by name. */
export const announcements: NamedSchemas = Object.fromEntries(
  announcementEntries.map(({ name, named }) => [name, named]),
);

/** The name of the question for a vote on each kind of branch. */
export const prepareNames: Readonly<Record<BranchKind, string>> = {
  payment: 'PreparePayment',
  stock: 'PrepareStock',
  shipment: 'PrepareShipment',
};

/** What outside participants are asked, by name. */
export const participantQuestions: NamedSchemas = {
  ...Object.fromEntries(
    (Object.keys(branchOperations) as BranchKind[]).map((kind) => {
      const schema = prepareMessage.extend({ operation: z.enum(branchOperations[kind]), args: branchArguments[kind] });
      return [prepareNames[kind], { schema, about: `Asks for the vote on a branch of the ${kind}.` }];
    }),
  ),
  Decision: {
    schema: decisionMessage,
    about: 'Tells how a transaction has been decided: commit or abort, by subject.',
  },
};

/** What outside participants respond, by name. */
export const participantAnswers: NamedSchemas = {
  Vote: { schema: voteAnswer, about: "A participant's vote. code and reason go into the answer that the client gets." },
  Done: { schema: doneAnswer, about: 'The participant has taken the decision in.' },
};
