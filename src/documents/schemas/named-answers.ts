import type { z } from 'zod';
import * as contracts from '../../contracts/index.ts';

/** A schema that has a name in the documents, and what it is in a sentence. */
export interface Named {
  readonly schema: z.ZodType;
  readonly about: string;
}

/** What endpoints answer, by name. */
export const answers = {
  OrderView: { schema: contracts.orderView, about: 'An order, as every command on it answers.' },
  OrderHistory: { schema: contracts.historyAnswer, about: 'What happened to an order, oldest first.' },
  OrderExplanation: {
    schema: contracts.explainAnswer,
    about: 'Which commands an order takes now, and why not the rest.',
  },
  WhatIfAnswer: { schema: contracts.whatIfAnswer, about: 'What events would do, one after another.' },
  OrderList: { schema: contracts.listAnswer, about: 'A page of orders, oldest first.' },
  OrderCounts: { schema: contracts.countsAnswer, about: 'How many orders are in each status and state.' },
  StockView: { schema: contracts.stockView, about: 'How much of an article there is.' },
  PaymentLedger: { schema: contracts.paymentLedger, about: "An order's money: charges and refunds." },
  TransactionView: { schema: contracts.transactionView, about: 'A transaction with its branches.' },
  TransactionBranches: {
    schema: contracts.transactionBranchesAnswer,
    about: 'A transaction, and beside each branch what its participant itself says.',
  },
  TransactionList: { schema: contracts.listTransactionsAnswer, about: 'A page of transactions, oldest first.' },
  FilePiece: { schema: contracts.filePiece, about: 'A piece of a file that the service makes, and how far it is.' },
  DoctorPiece: { schema: contracts.doctorPiece, about: 'What the doctor has found since the piece before.' },
  TimerList: { schema: contracts.timersAnswer, about: 'A page of actors with their timers, soonest first.' },
  TransactionOutcome: { schema: contracts.outcomeAnswer, about: 'How a transaction has ended, for its participants.' },
} as const satisfies Record<string, Named>;

/** What answers, announcements and errors are made of, by name. */
export const answerParts = {
  OrderSummary: { schema: contracts.orderSummary, about: 'An order in a list.' },
  LineView: { schema: contracts.lineView, about: "An order's line with its ledger, in pieces." },
  LinePartView: { schema: contracts.partView, about: 'Some pieces of a line.' },
  FeeView: { schema: contracts.feeView, about: 'A fee or a discount.' },
  ParcelView: { schema: contracts.parcelView, about: 'A parcel.' },
  NoteView: { schema: contracts.noteView, about: 'A remark.' },
  PaymentView: { schema: contracts.paymentView, about: "An order's money." },
  HoldingTransaction: { schema: contracts.holdingTransaction, about: 'The transaction that holds an order.' },
  LastTransaction: { schema: contracts.lastTransaction, about: "How an order's newest transaction has ended." },
  HistoryEntry: { schema: contracts.historyEntry, about: 'One step in the life of an order.' },
  ExplainedCommand: { schema: contracts.explainedCommand, about: 'Whether an order takes a command now, and why not.' },
  FailedGuard: { schema: contracts.failedGuard, about: 'A condition that a command did not meet.' },
  WhatIfStep: { schema: contracts.whatIfStep, about: 'What one event of a what-if would do.' },
  WorkProgress: { schema: contracts.workProgress, about: 'How far long work has come.' },
  DoctorFinding: { schema: contracts.finding, about: 'One thing in the store that is not as it should be.' },
  DoctorReport: { schema: contracts.doctorReport, about: 'What an examination of the store came to.' },
  ActorTimers: { schema: contracts.actorTimers, about: 'An actor with its timers.' },
  LedgerEntry: { schema: contracts.ledgerEntry, about: 'A charge or a refund.' },
  BranchSideBySide: {
    schema: contracts.branchSideBySide,
    about: 'A branch as its coordinator sees it, and what its participant itself says.',
  },
  TransactionBranch: { schema: contracts.transactionBranch, about: "One participant's part in a transaction." },
  VoteAgainst: { schema: contracts.vote, about: 'Why a participant did not let a transaction commit.' },
  InvalidField: {
    schema: contracts.invalidField,
    about: 'What is wrong with a field; `path` is dotted (lines.0.quantity), empty for the whole body.',
  },
} as const satisfies Record<string, Named>;
