import {
  type OrderCommandBody,
  type OrderCommandInput,
  type OrderCommandName,
  type OrderView,
  orderCommandBodies,
  type StockView,
} from '../../src/contracts/index.ts';
import { type OrderService, ServiceGone } from '../../src/import/service.ts';
import { aborted, FakeOrder, FakeRefusal, type Shelf } from './fake-order.ts';

type Remembered = { readonly body: string; readonly answer: OrderView | StockView | FakeRefusal };

/** How many answers an actor remembers; older ones are expired. */
const REMEMBERED = 64;

/** What happens to a command on its way: it is done and answered, lost before, or done with its answer lost. */
export type Fate = 'answered' | 'lost' | 'answerLost';

/**
 * The order service in memory: request ids, refusals, stock and views as the interface describes them. `fate` decides
 * what happens to each command, and so plays a service that is killed.
 */
export class FakeService implements OrderService {
  readonly #orders = new Map<string, FakeOrder>();
  readonly #stock = new Map<string, number>();
  readonly #requests = new Map<string, Map<string, Remembered | 'expired'>>();
  readonly #abortOnce = new Map<string, string>();
  fate: () => Fate = () => 'answered';
  /** Commands that were done, not those that were answered from memory. */
  readonly done: { name: string; key: string; requestId: string }[] = [];
  underWay = 0;
  mostUnderWay = 0;

  async command<Name extends OrderCommandName>(
    name: Name,
    order: string,
    body: OrderCommandInput<Name>,
    requestId: string,
  ): Promise<OrderView> {
    return (await this.#once(`order/${order}`, name, order, body, requestId, () =>
      this.#do(name, order, body),
    )) as OrderView;
  }

  /** The next transaction under this request id is aborted with this vote. */
  abortOnce(requestId: string, code: string): void {
    this.#abortOnce.set(requestId, code);
  }

  async getOrder(order: string): Promise<OrderView | undefined> {
    await this.#latency();
    return this.#orders.get(order)?.view();
  }

  async *listOrders({ from, to }: { from: string; to: string }): AsyncGenerator<OrderView> {
    await this.#latency();
    for (const order of this.#orders.values()) {
      const view = order.view();
      if (view.placedAt >= from && view.placedAt <= to) yield view;
    }
  }

  async getPayment(order: string) {
    await this.#latency();
    const { captured = 0, refunded = 0 } = this.#orders.get(order)?.view().payment ?? {};
    return { order, authorized: 0, captured, refunded, entries: [] };
  }

  async receiveStock(sku: string, quantity: number, by: string, requestId: string): Promise<StockView> {
    const receive = (): StockView => {
      this.#stock.set(sku, (this.#stock.get(sku) ?? 0) + quantity);
      return this.#shelfOf(sku);
    };
    return (await this.#once(`stock/${sku}`, 'receive', sku, { quantity, by }, requestId, receive)) as StockView;
  }

  async getStock(sku: string): Promise<StockView> {
    await this.#latency();
    return this.#shelfOf(sku);
  }

  async settle(): Promise<void> {
    await this.#latency();
  }

  async #once(
    address: string,
    name: string,
    key: string,
    body: unknown,
    requestId: string,
    work: () => OrderView | StockView,
  ): Promise<OrderView | StockView> {
    this.underWay += 1;
    this.mostUnderWay = Math.max(this.mostUnderWay, this.underWay);
    try {
      const fate = this.fate();
      await this.#latency();
      if (fate === 'lost') throw new ServiceGone('killed before it was done');
      const answer = this.#answer(address, name, key, JSON.stringify({ name, body }), requestId, work);
      if (fate === 'answerLost') throw new ServiceGone('killed before it answered');
      if (answer instanceof FakeRefusal) throw answer;
      return answer;
    } finally {
      this.underWay -= 1;
    }
  }

  #answer(
    address: string,
    name: string,
    key: string,
    body: string,
    requestId: string,
    work: () => OrderView | StockView,
  ): OrderView | StockView | FakeRefusal {
    const requests = this.#requests.get(address) ?? new Map<string, Remembered | 'expired'>();
    this.#requests.set(address, requests);
    const known = requests.get(requestId);
    if (known === 'expired') return new FakeRefusal('REQUEST_EXPIRED', 'done long ago', { version: 1 });
    if (known !== undefined && known.body !== body) return new FakeRefusal('REQUEST_ID_REUSED', 'another body');
    if (known !== undefined) return known.answer;
    let answer: OrderView | StockView | FakeRefusal;
    try {
      const vote = this.#abortOnce.get(requestId);
      this.#abortOnce.delete(requestId);
      if (vote !== undefined) throw aborted(vote);
      answer = work();
      this.done.push({ name, key, requestId });
    } catch (error) {
      if (!(error instanceof FakeRefusal)) throw error;
      answer = error;
      if (error.code !== 'TRANSACTION_ABORTED') return answer;
    }
    requests.set(requestId, { body, answer });
    const newest = [...requests].filter(([, request]) => request !== 'expired');
    for (const [id] of newest.slice(0, Math.max(0, newest.length - REMEMBERED))) requests.set(id, 'expired');
    return answer;
  }

  #do<Name extends OrderCommandName>(name: Name, id: string, input: OrderCommandInput<Name>): OrderView {
    const parsed = orderCommandBodies[name].safeParse(input);
    if (!parsed.success) throw new FakeRefusal('INVALID_REQUEST', parsed.error.message, { fields: [] });
    const order = name === 'place' ? this.#place(id, parsed.data as OrderCommandBody<'place'>) : this.#orders.get(id);
    if (order === undefined) throw new FakeRefusal('ORDER_NOT_FOUND', `no order ${id}`);
    const body = parsed.data as never;
    const shelf: Shelf = { take: (needed) => this.#take(needed), put: (sku, n) => this.#put(sku, n) };
    switch (name) {
      case 'pay':
        order.pay(body);
        break;
      case 'ship':
        order.ship(body, shelf);
        break;
      case 'deliver':
        order.deliver(body);
        break;
      case 'confirmReceipt':
        order.confirmReceipt();
        break;
      case 'cancel':
        order.cancel(body);
        break;
      case 'return':
        order.return(body, shelf);
        break;
      case 'refund':
        order.refund(body);
        break;
      case 'note':
        order.note(body);
        break;
    }
    return order.view();
  }

  #place(id: string, body: OrderCommandBody<'place'>): FakeOrder {
    if (this.#orders.has(id)) throw new FakeRefusal('ORDER_EXISTS', `order ${id} exists`, { version: 1 });
    const order = new FakeOrder(id, body);
    this.#orders.set(id, order);
    return order;
  }

  #take(needed: ReadonlyMap<string, number>): void {
    for (const [sku, quantity] of needed) {
      if ((this.#stock.get(sku) ?? 0) < quantity) throw aborted('INSUFFICIENT_STOCK');
    }
    for (const [sku, quantity] of needed) this.#put(sku, -quantity);
  }

  #put(sku: string, quantity: number): void {
    this.#stock.set(sku, (this.#stock.get(sku) ?? 0) + quantity);
  }

  #shelfOf(sku: string): StockView {
    const onHand = this.#stock.get(sku) ?? 0;
    return { sku, onHand, reserved: 0, available: onHand };
  }

  /** An answer never comes in the same turn, so that commands overlap as they do over a network. */
  #latency(): Promise<void> {
    return new Promise((resolve) => setImmediate(resolve));
  }
}
