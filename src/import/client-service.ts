import { type Client, connectClient, type NatsAccess, OrdoError } from '../client/index.ts';
import type { OrderCommandInput, OrderCommandName, OrderSummary, OrderView } from '../contracts/index.ts';
import { type OrderService, type PlacedBetween, ServiceGone } from './service.ts';

const PAGE = 500;
/** At five seconds each: two minutes, longer than any pause between two attempts of the service to end it. */
const SETTLE_ROUNDS = 24;
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

/** How long a run waits for a service that nobody has heard of yet, in milliseconds: a person is waiting. */
const GREETING_MS = 3_000;

/**
 * Connects to the service and makes sure that it is there. From then on the run sits out what a restart takes.
 *
 * @param name shown in the NATS server's list of connections
 * @throws OrdoError CONNECTION_FAILED or NO_RESPONDERS when there is nobody.
 */
export async function connectService(
  access: NatsAccess,
  name: string,
): Promise<{ service: OrderService; close(): Promise<void> }> {
  const client = await connectClient({ ...access, name, reconnectForEver: true });
  try {
    await client.call('orders.counts', null, {}, { retry: { maxElapsedMs: GREETING_MS } });
  } catch (error) {
    await client.close();
    throw error;
  }
  return { service: serviceOver(client), close: () => client.close() };
}

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

/**
 * Some transactions take a while to end, most of all after a restart. One that has not ended in all these rounds waits
 * for somebody outside: it is not waited for any longer, and what it keeps apart shows when everything is added up.
 */
async function settle(client: Caller): Promise<void> {
  for (let round = 0; round < SETTLE_ROUNDS; round += 1) {
    const ids = [...(await idsIn(client, 'inDoubt')), ...(await idsIn(client, 'aborting'))];
    if (ids.length === 0) return;
    await Promise.all(ids.map((id) => ended(client, id)));
  }
}

/** Transactions that are not over: an aborting one may still hold goods on a shelf. */
async function idsIn(client: Caller, state: 'inDoubt' | 'aborting'): Promise<string[]> {
  const { transactions } = await answerTo(client.call('transactions.list', null, { state, limit: PAGE }));
  return transactions.map(({ id }) => id);
}

/** Waits for a transaction's end, as long as the service lets a question wait. */
async function ended(client: Caller, transaction: string): Promise<void> {
  try {
    await answerTo(client.call('transactions.wait', transaction, {}));
  } catch (error) {
    if (!(error instanceof OrdoError) || error.code !== 'WAIT_TIMEOUT') throw error;
  }
}
