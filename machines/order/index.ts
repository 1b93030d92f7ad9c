import type { StateValue } from 'xstate';
import { type MachineDefinition, type Stored, stateCounts } from '../definition.ts';
import type { OrderContext } from './order-context.ts';
import { ORDER_COMMANDS, type OrderEvent } from './order-events.ts';
import { meets, type Requirement, requirements } from './order-guards.ts';
import { orderMachine } from './order-machine.ts';
import { orderShape } from './order-shape.ts';
import { type OrderStatus, orderView, regionsOf, statusOf } from './order-view.ts';

/** The commands that the order would take now, each with nothing but what it cannot do without. */
function next({ value, context, at }: Stored & { readonly at: number }): readonly string[] {
  const order = context as OrderContext;
  // The chart takes commands only where no transaction holds the order, and nothing but `place` before it is placed.
  const { transaction } = regionsOf(value);
  if (transaction !== 'none') return transaction === 'new' ? ['place'] : [];
  return ORDER_COMMANDS.filter(
    (type) => type !== 'place' && meets({ context: order, event: { type, at } as OrderEvent }, type),
  );
}

const STATUS_TAG: Readonly<Record<OrderStatus, string>> = {
  pending: 'status:pending',
  paid: 'status:paid',
  shipped: 'status:shipped',
  completed: 'status:completed',
  canceled: 'status:canceled',
};

const known = new WeakMap<readonly string[], Map<OrderStatus, readonly string[]>>();

/** Under what an order is counted. Orders in the same states and of the same status share one list. */
function countsOf(status: OrderStatus, value: StateValue): readonly string[] {
  const states = stateCounts(value);
  let byStatus = known.get(states);
  if (byStatus === undefined) {
    byStatus = new Map();
    known.set(states, byStatus);
  }
  let counts = byStatus.get(status);
  if (counts === undefined) {
    counts = [STATUS_TAG[status], ...states];
    byStatus.set(status, counts);
  }
  return counts;
}

/** Orders, as the runtime runs them. */
export const orderDefinition: MachineDefinition = {
  type: 'order',
  machine: orderMachine,
  version: 1,
  contextShape: orderShape,
  commands: ORDER_COMMANDS,
  creates: 'place',
  view: (state) => orderView(state, next(state)),
  why: (guard, context, event) => {
    const requirement = (requirements as Readonly<Record<string, Requirement>>)[guard];
    if (requirement === undefined) return undefined;
    const args = { context: context as OrderContext, event: event as unknown as OrderEvent };
    const accepted = requirement.accepted?.(args);
    return { why: requirement.why(args), ...(accepted !== undefined && { accepted }) };
  },
  facets: ({ value, context }) => {
    const order = context as OrderContext;
    const status = statusOf(value, order);
    return {
      counts: countsOf(status, value),
      listing: { at: order.placedAt, tags: ['all', STATUS_TAG[status], `customer:${order.customer}`] },
    };
  },
  // How the customer pays is between the customer and the provider (api.md: neither kept nor announced).
  redact: (event) => {
    if (event.type !== 'pay') return event;
    const { method: _method, ...rest } = event;
    return rest;
  },
};

export { orderMachine };
