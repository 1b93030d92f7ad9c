import { createHash } from 'node:crypto';
import { forEachInFlight } from '../in-flight.ts';
import { type Failure, failureOf, OrderDiffers, perform } from '../performance.ts';
import type { Progress } from '../progress.ts';
import { type OrderService, type PlacedBetween, refusalOf } from '../service.ts';
import type { OrderPlan, Plan } from './plan.ts';
import { DERIVED, isSameOrder, stepsOf } from './steps.ts';

/** How a plan is executed. */
export type ExecutionOptions = {
  /** How many orders (or stock codes) are under way at once. */
  readonly concurrency: number;
  /** Raised when the run is to end early: what is under way is finished, nothing new is begun. */
  readonly stop: AbortSignal;
  readonly progress: Progress;
};

/** What became of a run. */
export type Execution = {
  /** Every order was seen to, with or without a failure; false when the run was stopped. */
  readonly complete: boolean;
  /** Orders of the plan that an earlier run had placed. */
  readonly found: number;
  readonly failures: readonly Failure[];
};

/**
 * Executes the plan over the service: first the stock, then every order with its commands in sequence. It may be
 * stopped at any moment and started again: request ids depend on the file alone, so nothing is done twice.
 *
 * @throws ServiceGone when the service no longer answers.
 */
export async function execute(plan: Plan, service: OrderService, options: ExecutionOptions): Promise<Execution> {
  const failures: Failure[] = [];
  // One call on an empty service; on a later run it saves asking for orders that are not there yet.
  const placed = await idsPlaced(service, spanOf(plan));
  await receiveStock(plan, service, options, failures);
  options.progress.begin('orders', plan.orders.length, 'orders');
  try {
    await forEachInFlight(plan.orders, options.concurrency, options.stop, async (each) => {
      const failure = await executeOrder(each, placed.has(each.order.id), service, options.stop);
      if (failure !== undefined) failures.push(failure);
      options.progress.advance();
    });
  } finally {
    options.progress.end();
  }
  const found = plan.orders.filter((each) => placed.has(each.order.id)).length;
  return { complete: !options.stop.aborted, found, failures };
}

/** The times between which the plan's orders are placed. */
export function spanOf(plan: Plan): PlacedBetween {
  const times = plan.orders.map((each) => each.order.placedAt).sort();
  const nothing = new Date(0).toISOString();
  return { from: times[0] ?? nothing, to: times.at(-1) ?? nothing };
}

async function idsPlaced(service: OrderService, between: PlacedBetween): Promise<Set<string>> {
  const ids = new Set<string>();
  for await (const order of service.listOrders(between)) ids.add(order.id);
  return ids;
}

async function receiveStock(
  plan: Plan,
  service: OrderService,
  { concurrency, stop, progress }: ExecutionOptions,
  failures: Failure[],
): Promise<void> {
  // The ids are the file's: another file that needs the same article brings its own goods.
  const requestId = `import/${fingerprint(plan)}/receive`;
  progress.begin('stock', plan.stock.size, 'articles');
  try {
    await forEachInFlight(plan.stock, concurrency, stop, async ([sku, quantity]) => {
      try {
        await service.receiveStock(sku, quantity, DERIVED, requestId);
      } catch (error) {
        // Expired means done, long ago.
        const refusal = refusalOf(error);
        if (refusal === undefined) throw error;
        const { code, message } = refusal;
        if (code !== 'REQUEST_EXPIRED')
          failures.push({ order: '', command: `receive ${sku}`, requestId, code, message });
      }
      progress.advance();
    });
  } finally {
    progress.end();
  }
}

async function executeOrder(
  plan: OrderPlan,
  wasPlaced: boolean,
  service: OrderService,
  stop: AbortSignal,
): Promise<Failure | undefined> {
  const steps = stepsOf(plan);
  let step = steps[0];
  if (step === undefined) return undefined;
  try {
    // A repeated command answers the view of its own time, so progress is read from the order itself, once.
    const view = wasPlaced ? await service.getOrder(plan.order.id) : undefined;
    if (view !== undefined && !isSameOrder(plan.order, view)) {
      throw new OrderDiffers(`The service holds another order ${plan.order.id}; import into a service without it.`);
    }
    for (step of steps) {
      if (view !== undefined && step.isDone(view)) continue;
      if (stop.aborted) return undefined;
      await perform(service, step);
    }
    return undefined;
  } catch (error) {
    return failureOf(step, error);
  }
}

/** A name for the plan that depends on nothing but the file. */
function fingerprint(plan: Plan): string {
  const hash = createHash('sha256');
  for (const { order } of plan.orders) hash.update(`${order.id} ${order.total}\n`);
  return hash.digest('hex').slice(0, 12);
}
