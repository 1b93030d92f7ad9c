import { assign, setup } from 'xstate';

interface BareContext {
  readonly id: string;
  readonly customer: string;
  readonly lines: readonly { readonly sku: string; readonly quantity: number; readonly unitPrice: number }[];
  readonly total: number;
  readonly notes: readonly string[];
  readonly paidAt: number | null;
  readonly shippedAt: number | null;
}

type BareEvent =
  | {
      readonly type: 'place';
      readonly id: string;
      readonly customer: string;
      readonly lines: BareContext['lines'];
      readonly at: number;
    }
  | { readonly type: 'note'; readonly text: string; readonly at: number }
  | { readonly type: 'pay' | 'ship' | 'complete'; readonly at: number };

/** The smallest order that is still one: four statuses, a guard, an assignment in each step. */
export const bareMachine = setup({
  types: {} as { context: BareContext; events: BareEvent },
  guards: { hasLines: ({ event }) => event.type === 'place' && event.lines.length > 0 },
  actions: {
    recordOrder: assign(({ context, event }) => {
      if (event.type !== 'place') return context;
      const { id, customer, lines } = event;
      return { id, customer, lines, total: lines.reduce((sum, line) => sum + line.quantity * line.unitPrice, 0) };
    }),
    recordNote: assign(({ context, event }) =>
      event.type === 'note' ? { notes: [...context.notes, event.text] } : {},
    ),
    recordPayment: assign(({ event }) => ({ paidAt: event.at })),
    recordShipment: assign(({ event }) => ({ shippedAt: event.at })),
  },
}).createMachine({
  id: 'bare',
  context: { id: '', customer: '', lines: [], total: 0, notes: [], paidAt: null, shippedAt: null },
  initial: 'new',
  on: { note: { actions: 'recordNote' } },
  states: {
    new: { on: { place: { guard: 'hasLines', target: 'pending', actions: 'recordOrder' } } },
    pending: { on: { pay: { target: 'paid', actions: 'recordPayment' } } },
    paid: { on: { ship: { target: 'shipped', actions: 'recordShipment' } } },
    shipped: { on: { complete: 'completed' } },
    completed: { type: 'final' },
  },
});
