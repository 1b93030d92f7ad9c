import type { OrderContext } from '../../machines/order/order-context.ts';
import type { ParticipantContext } from '../../machines/participant/participant-machine.ts';
import type { PaymentBook } from '../../machines/payment.ts';
import type { ShipmentBook } from '../../machines/shipment.ts';
import type { StockBook } from '../../machines/stock.ts';
import type { Decision, TransactionContext } from '../../machines/transaction/transaction-context.ts';
import { type Address, typeOf } from '../../runtime/address.ts';
import { CHAIN_START, hashOf, unpackEntry } from '../../runtime/journal.ts';
import type { Store, Write } from '../../runtime/ports.ts';
import { type ActorRecord, unpackRecord } from '../../runtime/record.ts';
import { checkRecord } from '../../runtime/upgrade/record-check.ts';
import { DEFINITIONS } from './definitions.ts';

/** What must hold at every moment. Throws, with what is wrong, when it does not. */
export function must(holds: boolean, what: () => string): asserts holds {
  if (!holds) throw new Error(what());
}

/** Watches every write, and whatever leaves the host, for what may never happen. */
export class Safety {
  /** Every decision that was ever made, also of transactions that are forgotten. */
  readonly decisions = new Map<string, Decision>();
  readonly #store: Store;
  readonly #heads = new Map<Address, { readonly head: Uint8Array; readonly at: number }>();
  /** The commands that were taken, by their cause: each once. */
  readonly #taken = new Set<string>();

  constructor(store: Store) {
    this.#store = store;
  }

  /** An actor's record as it is on disk. */
  record(address: Address): ActorRecord | undefined {
    const record = this.#store.read(address)?.record;
    return record == null ? undefined : unpackRecord(record);
  }

  /** Something leaves that step `seq` of an actor has caused. */
  leaves(address: Address, seq: number, what: string): void {
    const revision = this.#store.read(address)?.revision ?? 0;
    must(revision >= seq, () => `${what} of ${address}/${seq} leaves, yet only ${revision} steps are on disk`);
  }

  written(write: Write): void {
    this.#checkJournal(write);
    if (write.record === null) return;
    const record = unpackRecord(write.record);
    const { address } = write;
    const { verdict } = checkRecord(DEFINITIONS, address, write.record, record.at);
    must(
      verdict.kind === 'asIs',
      () => `the build that wrote ${address} would not take it: ${JSON.stringify(verdict)}`,
    );
    switch (typeOf(address)) {
      case 'order':
        return this.#checkOrder(address, record.context as OrderContext);
      case 'transaction':
        return this.#checkTransaction(address, record.context as TransactionContext);
      case 'payment':
        return this.#checkPayment(address, (record.context as ParticipantContext<PaymentBook>).book);
      case 'stock':
        return checkStock(address, (record.context as ParticipantContext<StockBook>).book);
      case 'shipment':
        return this.#checkShipment(address, (record.context as ParticipantContext<ShipmentBook>).book);
    }
  }

  /** The journal is a chain, its time never goes back, and no command is taken twice. */
  #checkJournal({ address, entries, head }: Write): void {
    let last = this.#heads.get(address) ?? { head: CHAIN_START, at: 0 };
    for (const { bytes } of entries) {
      const { previous, at, event, cause, seq } = unpackEntry(bytes);
      must(Buffer.compare(previous, last.head) === 0, () => `${address}/${seq} does not follow the entry before it`);
      must(at >= last.at, () => `${address}/${seq} goes back in time`);
      last = { head: hashOf(bytes), at };
      if (cause.startsWith('request ')) {
        must(!this.#taken.has(`${address} ${cause}`), () => `${address} has taken ${cause} twice`);
        this.#taken.add(`${address} ${cause}`);
      }
      if (event.type === 'commit' || event.type === 'abort') {
        const expected = event.type === 'commit' ? 'committed' : 'aborted';
        const decision = this.decisions.get(event.transaction);
        must(decision === expected, () => `${address}/${seq} took ${event.type} of ${event.transaction}: ${decision}`);
      }
    }
    must(Buffer.compare(last.head, head) === 0, () => `the head of ${address} is not the hash of its last entry`);
    this.#heads.set(address, last);
  }

  #checkOrder(address: Address, order: OrderContext): void {
    for (const { line, ordered, canceled, reserved, shipped, delivered, returned } of order.lines) {
      const ledger = [ordered, canceled, reserved, shipped, delivered, returned];
      const holds =
        ledger.every((units) => Number.isSafeInteger(units) && units >= 0) &&
        shipped + reserved <= ordered - canceled &&
        delivered <= shipped &&
        returned <= delivered;
      must(holds, () => `line ${line} of ${address} does not add up: ${ledger.join(' ')}`);
    }
    must(order.refunded <= order.captured, () => `${address} has paid back more than it has taken`);
    if (order.lastTransaction === null) return;
    const { id, outcome } = order.lastTransaction;
    const decision = this.decisions.get(id);
    // One that began past its deadline aborts at once, without anybody having been asked.
    must(decision === outcome, () => `${address} has taken ${id} as ${outcome}, yet it is ${decision}`);
  }

  #checkTransaction(address: Address, transaction: TransactionContext): void {
    const { id, decision } = transaction;
    const before = this.decisions.get(id);
    if (decision === null || decision === before) {
      must(before === undefined || decision !== null, () => `${id} was ${before} and is undecided`);
      return;
    }
    must(before === undefined, () => `${id} was ${before} and becomes ${decision}`);
    this.decisions.set(id, decision);
    if (decision === 'aborted') return;
    for (const { participant, branch, vote } of transaction.branches) {
      must(vote === 'yes' || vote === 'readOnly', () => `${address} commits without the vote of ${participant}`);
      if (participant.startsWith('service:')) continue;
      const held = this.record(participant as Address)?.context;
      const isHeld = participant.startsWith('order/')
        ? (held as OrderContext | undefined)?.transaction?.id === id
        : (held as ParticipantContext<unknown> | undefined)?.held.some(
            (one) => one.transaction === id && one.branch === branch,
          ) === true;
      must(isHeld, () => `${address} commits, yet ${participant} does not hold ${branch}`);
    }
  }

  #checkPayment(address: Address, { authorized, captured, refunded, refunding, entries }: PaymentBook): void {
    const holds = [authorized, captured, refunded, refunding].every((amount) => amount >= 0);
    must(holds && refunded + refunding <= captured, () => `the account ${address} does not add up`);
    this.#checkOnce(
      address,
      entries.map(({ transaction }) => transaction),
    );
  }

  #checkShipment(address: Address, { parcels }: ShipmentBook): void {
    this.#checkOnce(
      address,
      parcels.map(({ transaction }) => transaction),
    );
  }

  #checkOnce(address: Address, transactions: readonly string[]): void {
    must(new Set(transactions).size === transactions.length, () => `${address} has done a transaction twice`);
    for (const id of transactions) {
      must(this.decisions.get(id) === 'committed', () => `${address} has done ${id}, which is not committed`);
    }
  }
}

function checkStock(address: Address, book: StockBook): void {
  const { onHand, reserved, received, dispatched, restocked } = book;
  must(reserved >= 0 && reserved <= onHand, () => `${address} promises ${reserved} of ${onHand}`);
  must(received === onHand + dispatched - restocked, () => `${address} does not add up: ${JSON.stringify(book)}`);
}
