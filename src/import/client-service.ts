import { type Client, OrdoError } from '../client/index.ts';
import type { OrderCommandInput, OrderCommandName, OrderSummary, OrderView } from '../contracts/index.ts';
import { type OrderService, type PlacedBetween, ServiceGone } from './service.ts';

const PAGE = 500;
/** How far a listing reaches beyond its span, so that it does not matter whether the service counts the ends in. */
const MARGIN_MS = 1_000;

/** What says nothing about a command, only that the service could not be asked in all the time that the client had. */
const unanswered: ReadonlySet<string> = new Set([
  'NO_RESPONDERS',
  'TIMEOUT',
  'CONNECTION_CLOSED',
  'CONNECTION_FAILED',
  'SHUTTING_DOWN',
  'STORE_UNAVAILABLE',
]);

/** What is used of the client. */
export type Caller = Pick<Client, 'call' | 'command'>;

/** The order service as a client of NATS reaches it. The client repeats what is retriable. */
export function serviceOver(client: Caller): OrderService {
  return {
    command: <Name extends OrderCommandName>(
      name: Name,
      order: string,
      body: OrderCommandInput<Name>,
      requestId: string,
    ) => answerTo(client.command(name, order, body, { requestId })),
    getOrder: (order) => orderOrNone(client, order),
    listOrders: (between) => listOrders(client, between),
    getPayment: (order) => answerTo(client.call('payments.get', order, {})),
    receiveStock: (sku, quantity, by, requestId) =>
      answerTo(client.call('stock.receive', sku, { quantity, by }, { requestId })),
    getStock: (sku) => answerTo(client.call('stock.get', sku, {})),
    settle: () => settle(client),
  };
}

async function answerTo<Answer>(call: Promise<Answer>): Promise<Answer> {
  try {
    return await call;
  } catch (error) {
    if (error instanceof OrdoError && unanswered.has(error.code)) {
      throw new ServiceGone(error.message, { cause: error });
    }
    throw error;
  }
}

async function orderOrNone(client: Caller, order: string): Promise<OrderView | undefined> {
  try {
    return await answerTo(client.call('orders.get', order, {}));
  } catch (error) {
    if (error instanceof OrdoError && error.code === 'ORDER_NOT_FOUND') return undefined;
    throw error;
  }
}

async function* listOrders(client: Caller, { from, to }: PlacedBetween): AsyncGenerator<OrderSummary> {
  const placedFrom = new Date(Date.parse(from) - MARGIN_MS).toISOString();
  const placedTo = new Date(Date.parse(to) + MARGIN_MS).toISOString();
  let cursor: string | null = null;
  do {
    const page: { orders: OrderSummary[]; cursor: string | null } = await answerTo(
      client.call('orders.list', null, { placedFrom, placedTo, limit: PAGE, cursor }),
    );
    yield* page.orders;
    cursor = page.cursor;
  } while (cursor !== null);
}

async function settle(client: Caller): Promise<void> {
  for (;;) {
    const { transactions } = await answerTo(client.call('transactions.list', null, { state: 'inDoubt', limit: PAGE }));
    if (transactions.length === 0) return;
    await Promise.all(transactions.map((each) => answerTo(client.call('transactions.wait', each.id, {}))));
  }
}
