import type {
  LaterCommandName,
  OrderCommandInput,
  OrderCommandName,
  OrderSummary,
  OrderView,
  PaymentLedger,
  StockView,
} from '../contracts/index.ts';

/** Which orders to list: those placed from the first time to the second, both included. */
export type PlacedBetween = { readonly from: string; readonly to: string };

/**
 * What an import asks of the order service, and no more. Every command carries a request id, so that it can be sent
 * again at any time without being done twice. Implementations repeat what is retriable with the same id; what they
 * throw is a refusal (an error with `code` and `details`, see {@link refusalOf}) or {@link ServiceGone}.
 */
export interface OrderService {
  /** Gives a command to an order and answers its view once it has settled. */
  command<Name extends OrderCommandName>(
    name: Name,
    order: string,
    body: OrderCommandInput<Name>,
    requestId: string,
  ): Promise<OrderView>;
  /** An order's view; undefined for an order that is not there. */
  getOrder(order: string): Promise<OrderView | undefined>;
  /** All orders placed in a span of time, oldest first, however many pages they fill. */
  listOrders(between: PlacedBetween): AsyncIterable<OrderSummary>;
  /** What an order's payments have taken and given back. */
  getPayment(order: string): Promise<PaymentLedger>;
  /** Puts goods on the shelf. */
  receiveStock(sku: string, quantity: number, by: string, requestId: string): Promise<StockView>;
  /** What is on the shelf. */
  getStock(sku: string): Promise<StockView>;
  /**
   * Waits until no transaction is under way. An order's answer may leave a moment before payment and stock have taken
   * in the outcome; who adds up all actors must wait for that first. What does not end in two minutes is left alone.
   */
  settle(): Promise<void>;
}

/** A command on an order, ready to be sent. */
export type Command = {
  [Name in LaterCommandName | 'place']: {
    readonly name: Name;
    readonly order: string;
    readonly body: OrderCommandInput<Name>;
    readonly requestId: string;
  };
}[LaterCommandName | 'place'];

/** The service gives no answer, or will take no more commands: what was sent last has an unknown outcome. */
export class ServiceGone extends Error {
  override readonly name = 'ServiceGone';
  readonly code = 'SERVICE_GONE';
}

/** An answer that is not a success: what the service says, and why. */
export type Refusal = { readonly code: string; readonly message: string; readonly details: object };

/** Reads an error as a refusal by the service; undefined for every other error. */
export function refusalOf(error: unknown): Refusal | undefined {
  if (!(error instanceof Error) || error instanceof ServiceGone) return undefined;
  const { code, details } = error as { code?: unknown; details?: unknown };
  if (typeof code !== 'string' || typeof details !== 'object' || details === null) return undefined;
  return { code, message: error.message, details };
}

/** The codes of the votes that aborted a transaction; empty for any other refusal. */
export function abortedBy(refusal: Refusal): string[] {
  const { votes } = refusal.details as { votes?: unknown };
  if (refusal.code !== 'TRANSACTION_ABORTED' || !Array.isArray(votes)) return [];
  return votes.map((vote: unknown) => String((vote as { code?: unknown } | null)?.code));
}

/** Sends a command. */
export function send(service: OrderService, command: Command): Promise<OrderView> {
  const { name, order, body, requestId } = command;
  return service.command(name, order, body as OrderCommandInput<typeof name>, requestId);
}
