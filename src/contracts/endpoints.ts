import type { z } from 'zod';
import { doctorPiece, filePiece, pieceBody, timersAnswer, timersBody } from './admin.ts';
import type { KeyKind, KeyOf } from './identifiers.ts';
import { orderCommandBodies } from './order-commands.ts';
import { orderView } from './order-view.ts';
import * as questions from './questions.ts';

/** One thing that can be asked of the service. The endpoint's name is also the first two tokens of its subject. */
export interface Endpoint {
  /** A command changes something and takes a request id; a question does not (retry and resolve are idempotent). */
  readonly kind: 'command' | 'question';
  /** What stands in the subject's last token; null where nothing does. */
  readonly key: KeyKind | null;
  /** True where the subject may also do without the key. */
  readonly keyOptional?: boolean;
  /** The request's JSON. */
  readonly body: z.ZodType;
  /** The answer's JSON. */
  readonly answer: z.ZodType;
  /** What it does, in one sentence. */
  readonly summary: string;
}

function onOrder<Body extends z.ZodType>(body: Body, summary: string) {
  return { kind: 'command', key: 'order', body, answer: orderView, summary } as const;
}

function ask<Key extends KeyKind | null, Body extends z.ZodType, Answer extends z.ZodType>(
  key: Key,
  body: Body,
  answer: Answer,
  summary: string,
) {
  return { kind: 'question', key, body, answer, summary } as const;
}

const { nothing, transactionView, stockView } = questions;

/**
 * Every command and question of the interface. The service, the client, the command line and the documents are made
 * from this table.
 */
export const endpoints = {
  'orders.place': {
    ...onOrder(orderCommandBodies.place, 'Places a new order; without an id, one is derived from the request id.'),
    keyOptional: true,
  },
  'orders.pay': onOrder(orderCommandBodies.pay, 'Takes the money and, prepaid, reserves the stock.'),
  'orders.ship': onOrder(orderCommandBodies.ship, 'Ships some lines, or all that is open, as a parcel.'),
  'orders.deliver': onOrder(
    orderCommandBodies.deliver,
    'Records that a parcel has arrived, could not be handed over or got lost.',
  ),
  'orders.confirmReceipt': onOrder(orderCommandBodies.confirmReceipt, 'Records that the customer has everything.'),
  'orders.cancel': onOrder(orderCommandBodies.cancel, 'Cancels the whole order, or lines that are still open.'),
  'orders.return': onOrder(orderCommandBodies.return, 'Takes back delivered lines and pays back their price.'),
  'orders.refund': onOrder(orderCommandBodies.refund, 'Pays money back without taking goods back.'),
  'orders.amend': onOrder(orderCommandBodies.amend, 'Changes the shipping address until everything has shipped.'),
  'orders.note': onOrder(orderCommandBodies.note, 'Records a remark.'),

  'orders.get': ask('order', nothing, orderView, 'An order as it is now.'),
  'orders.history': ask(
    'order',
    questions.historyBody,
    questions.historyAnswer,
    'What happened to an order, oldest first.',
  ),
  'orders.explain': ask(
    'order',
    nothing,
    questions.explainAnswer,
    'Which commands an order takes now, and why not the others.',
  ),
  'orders.whatIf': ask(
    'order',
    questions.whatIfBody,
    questions.whatIfAnswer,
    'What commands would do, one after another; nothing is written.',
  ),
  'orders.wait': ask('order', questions.waitForOrderBody, orderView, 'Answers once an order has exactly this status.'),
  'orders.list': ask(null, questions.listBody, questions.listAnswer, 'Orders, oldest first, a page at a time.'),
  'orders.counts': ask(null, nothing, questions.countsAnswer, 'How many orders are in each status and state.'),

  'stock.receive': {
    kind: 'command',
    key: 'sku',
    body: questions.receiveStockBody,
    answer: stockView,
    summary: 'Adds pieces of an article to the stock.',
  },
  'stock.get': ask('sku', nothing, stockView, 'How much of an article there is.'),

  'payments.get': ask('order', nothing, questions.paymentLedger, "An order's money: charges and refunds."),

  'transactions.get': ask('transaction', nothing, transactionView, 'A transaction with its branches.'),
  'transactions.branches': ask(
    'transaction',
    nothing,
    questions.transactionBranchesAnswer,
    'A transaction, and beside each branch what its participant itself says.',
  ),
  'transactions.list': ask(
    null,
    questions.listTransactionsBody,
    questions.listTransactionsAnswer,
    'Transactions, oldest first, a page at a time.',
  ),
  'transactions.wait': ask(
    'transaction',
    questions.waitForTransactionBody,
    transactionView,
    'Answers once a transaction has ended.',
  ),
  'transactions.retry': ask('transaction', nothing, transactionView, 'Asks unanswered branches again now.'),
  'transactions.resolve': ask(
    'transaction',
    questions.resolveBody,
    transactionView,
    'Aborts a transaction that prepares, or closes one unanswered branch by hand.',
  ),
  'transactions.outcome': ask(
    'transaction',
    questions.outcomeBody,
    questions.outcomeAnswer,
    'Tells a participant that holds a prepared branch how its transaction ended.',
  ),

  'admin.backup': ask(null, pieceBody, filePiece, 'A backup of the whole store as it is now, piece by piece.'),
  'admin.dump': ask(null, pieceBody, filePiece, 'The whole store as it is now as lines of JSON, piece by piece.'),
  'admin.doctor': ask(null, pieceBody, doctorPiece, 'Examines the whole store as it is now, piece by piece.'),
  'admin.timers': ask(null, timersBody, timersAnswer, 'What is due when, soonest first, a page at a time.'),
} as const satisfies Record<string, Endpoint>;

type Endpoints = typeof endpoints;
/** The name of an endpoint, such as `orders.pay`. */
export type EndpointName = keyof Endpoints;
/** An endpoint's request as the service has it, defaults filled in. */
export type BodyOf<Name extends EndpointName> = z.output<Endpoints[Name]['body']>;
/** An endpoint's request as a client may send it. */
export type InputOf<Name extends EndpointName> = z.input<Endpoints[Name]['body']>;
/** An endpoint's answer. */
export type AnswerOf<Name extends EndpointName> = z.output<Endpoints[Name]['answer']>;
/** The key that the service reads from an endpoint's subject; null where it takes none. */
export type EndpointKey<Name extends EndpointName> = Endpoints[Name]['key'] extends infer Kind extends KeyKind
  ? KeyOf<Kind> | (Endpoints[Name] extends { keyOptional: true } ? null : never)
  : null;

/** Every endpoint's name. */
export const endpointNames = Object.keys(endpoints) as EndpointName[];

/** The ADR-32 service that an endpoint is of: what operators may do stands apart from what clients may (decision 0012). */
export function serviceOf(name: EndpointName): ServiceName {
  return name.startsWith('admin.') ? 'admin' : 'orders';
}

/** The services, each with what it is for. */
export const services = {
  orders: 'Orders that live, pay, ship and survive.',
  admin: "The operators' tools on the store of orders: backup, dump, doctor, timers.",
} as const;

export type ServiceName = keyof typeof services;

/** An endpoint by its name, as the open interface. */
export function endpointOf(name: EndpointName): Endpoint {
  return endpoints[name];
}
