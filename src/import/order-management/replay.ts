import type { OrderView } from '../../contracts/index.ts';
import { forEachInOrder } from '../in-order.ts';
import { type Failure, failureOf, perform } from '../performance.ts';
import type { Progress } from '../progress.ts';
import { abortedBy, type OrderService, refusalOf } from '../service.ts';
import { type OrderAction, parcelOf, stepOf } from './commands.ts';
import { type Action, keysOf } from './schedule.ts';

/** How a log is replayed. */
export type ReplayOptions = {
  /** How many actions are under way at once; those on one order or one article keep their order. */
  readonly concurrency: number;
  /** Raised when the run is to end early. */
  readonly stop: AbortSignal;
  readonly progress: Progress;
};

/** What the service answered. */
export type Replay = {
  readonly complete: boolean;
  /** Shipments that were refused with INSUFFICIENT_STOCK, as the log says. */
  readonly outOfStock: number;
  /** Orders that had been fully delivered when they were paid. */
  readonly deliveredBeforePaid: number;
  readonly failures: readonly Failure[];
};

/**
 * Replays a schedule. Repeated, it sends everything again: what was done is answered as it was then, refused shipments
 * included, so the figures are the same however often a replay is stopped.
 *
 * @throws ServiceGone when the service no longer answers.
 */
export async function replay(
  schedule: readonly Action[],
  service: OrderService,
  options: ReplayOptions,
): Promise<Replay> {
  const run = new Run(service);
  options.progress.begin('replay', schedule.length, 'actions');
  try {
    await forEachInOrder(schedule, keysOf, options.concurrency, options.stop, async (action) => {
      await run.do(action);
      options.progress.advance();
    });
  } finally {
    options.progress.end();
  }
  return { complete: !options.stop.aborted, ...run.outcome() };
}

class Run {
  readonly #service: OrderService;
  readonly #failures: Failure[] = [];
  /** Parcel ids by order and package. */
  readonly #parcels = new Map<string, string>();
  #outOfStock = 0;
  #deliveredBeforePaid = 0;

  constructor(service: OrderService) {
    this.#service = service;
  }

  outcome(): Omit<Replay, 'complete'> {
    return {
      outOfStock: this.#outOfStock,
      deliveredBeforePaid: this.#deliveredBeforePaid,
      failures: this.#failures,
    };
  }

  async do(action: Action): Promise<void> {
    if (action.do === 'receive') return this.#receive(action);
    if (action.do === 'shipMissing') return this.#shipMissing(action);
    const parcel = this.#parcelFor(action);
    const step = stepOf(action, parcel);
    if (parcel === undefined && (action.do === 'deliver' || action.do === 'failDelivery')) {
      const message = `Package ${action.package.id} has no parcel in this order; was its shipment refused?`;
      this.#failures.push({ ...failureFields(step), code: 'PARCEL_UNKNOWN', message });
      return;
    }
    try {
      this.#learn(action, await perform(this.#service, step));
    } catch (error) {
      this.#failures.push(failureOf(step, error));
    }
  }

  async #receive(action: Extract<Action, { do: 'receive' }>): Promise<void> {
    const requestId = `import/${action.id}`;
    try {
      await this.#service.receiveStock(action.product, action.quantity, action.by, requestId);
    } catch (error) {
      const refusal = refusalOf(error);
      if (refusal === undefined) throw error;
      // An article takes more receipts than it remembers the answers of; expired means done.
      if (refusal.code === 'REQUEST_EXPIRED') return;
      const { code, message } = refusal;
      this.#failures.push({ order: '', command: `receive ${action.product}`, requestId, code, message });
    }
  }

  /** The log found the piece missing: the service must do so too, and for no other reason. */
  async #shipMissing(action: Extract<OrderAction, { do: 'shipMissing' }>): Promise<void> {
    const step = stepOf(action);
    try {
      await perform(this.#service, step);
      const message = `${action.item.product} was shipped, though the log found none.`;
      this.#failures.push({ ...failureFields(step), code: 'NOT_OUT_OF_STOCK', message });
    } catch (error) {
      const refusal = refusalOf(error);
      if (refusal !== undefined && abortedBy(refusal).includes('INSUFFICIENT_STOCK')) this.#outOfStock += 1;
      else this.#failures.push(failureOf(step, error));
    }
  }

  #parcelFor(action: OrderAction): string | undefined {
    return 'package' in action ? this.#parcels.get(parcelKey(action.order.id, action.package.id)) : undefined;
  }

  #learn(action: OrderAction, view: OrderView): void {
    if (action.do === 'ship') {
      const parcel = parcelOf(view, action.package.id);
      if (parcel !== undefined) this.#parcels.set(parcelKey(action.order.id, action.package.id), parcel.id);
    }
    if (action.do === 'pay' && view.fulfillment.status === 'delivered') this.#deliveredBeforePaid += 1;
  }
}

function failureFields(step: { order: string; name: string; requestId: string }): Omit<Failure, 'code' | 'message'> {
  return { order: step.order, command: step.name, requestId: step.requestId };
}

function parcelKey(order: string, packageId: string): string {
  return `${order}\n${packageId}`;
}
