import type { OrderContext } from '../../machines/order/order-context.ts';
import { orderSummary, statusOf } from '../../machines/order/order-view.ts';
import { type Address, addressOf } from '../../runtime/address.ts';
import type { ActorState } from '../../runtime/definition.ts';
import type { Look } from '../../runtime/host-options.ts';
import { unpackEntry } from '../../runtime/journal.ts';
import type { Store } from '../../runtime/ports.ts';
import { accepts, failedGuards } from '../../runtime/refusal.ts';
import type { BodyOf, HistoryEntry } from '../contracts/index.ts';
import { eventOf } from './commands.ts';
import { failure, stateRecord } from './failure.ts';
import { listPage } from './listing.ts';
import { Page } from './paging.ts';
import type { ApiRequest } from './request.ts';
import { type WaitParts, waitFor } from './waiting.ts';
import { whatIf } from './what-if.ts';

interface Parts extends WaitParts {
  readonly store: Store;
}

/** The questions about orders, by their endpoints' names. */
export function orderQuestions({ host, store, clock, stopping }: Parts) {
  const orderOf = async (key: string | null): Promise<Look> => {
    const look = await host.look(addressOf('order', String(key)));
    if (look === undefined) throw notFound(key);
    return look;
  };
  return {
    'orders.get': async ({ key }: ApiRequest<object>) => {
      const { definition, state } = await orderOf(key);
      return definition.view(state);
    },

    'orders.history': async ({ key, body }: ApiRequest<BodyOf<'orders.history'>>) => {
      await orderOf(key);
      const page = new Page<HistoryEntry>(body.limit);
      const entries = await store.history(addressOf('order', String(key)), body.after, body.limit);
      for (const { bytes } of entries) if (!page.add(historyEntry(bytes))) break;
      return { entries: page.items };
    },

    'orders.explain': async ({ key }: ApiRequest<object>) => {
      const { definition, snapshot } = await orderOf(key);
      const at = clock.now();
      const commands = definition.commands
        .filter((command) => command !== definition.creates)
        .map((command) => {
          const event = { type: command, at };
          const accepted = accepts(snapshot, event);
          return { command, accepted, failed: accepted ? [] : failedGuards(definition, snapshot, event) };
        });
      return { commands };
    },

    'orders.whatIf': async ({ key, body }: ApiRequest<BodyOf<'orders.whatIf'>>) => {
      const look = await orderOf(key);
      const events = body.events.map(({ type, ...event }) => {
        const { by: _by, expectedVersion: _version, ...rest } = event as { by?: string; expectedVersion?: number };
        return eventOf(type, rest);
      });
      return { steps: whatIf(look, events, clock.now()) };
    },

    'orders.wait': async ({ key, body, gone }: ApiRequest<BodyOf<'orders.wait'>>) => {
      const { definition } = await orderOf(key);
      const address: Address = addressOf('order', String(key));
      const waited = await waitFor(
        { host, clock, stopping },
        address,
        { timeoutMs: body.timeoutMs, gone },
        (state) => statusNow(state) === body.status,
      );
      if (waited === undefined) throw notFound(key);
      const view = definition.view(waited.state);
      if (waited.isReached) return view;
      const message = `order ${key} has not become ${body.status} within ${body.timeoutMs} ms; it is ${statusNow(waited.state)}.`;
      throw failure('WAIT_TIMEOUT', message, view as Record<string, unknown>);
    },

    'orders.list': async ({ body }: ApiRequest<BodyOf<'orders.list'>>) => {
      const { status, customer, placedFrom, placedTo, limit, cursor } = body;
      // A customer has fewer orders than a status: the narrower list is read, the other condition looked up.
      const tag = customer !== undefined ? `customer:${customer}` : status !== undefined ? `status:${status}` : 'all';
      const { items, cursor: next } = await listPage(store, host, {
        type: 'order',
        tag,
        limit,
        cursor,
        ...(placedFrom !== undefined && { from: Math.max(0, Date.parse(placedFrom)) }),
        ...(placedTo !== undefined && { to: Math.max(0, Date.parse(placedTo)) }),
        isMeant: (state) => status === undefined || statusNow(state) === status,
        show: orderSummary,
      });
      return { orders: items, cursor: next };
    },

    'orders.counts': async () => {
      const counts: { status: Record<string, number>; state: Record<string, number> } = { status: {}, state: {} };
      for (const [name, count] of Object.entries(store.counts('order'))) {
        const [kind, rest] = [name.slice(0, name.indexOf(':')), name.slice(name.indexOf(':') + 1)];
        if (kind === 'status' || kind === 'state') counts[kind][rest] = count;
      }
      return counts;
    },
  };
}

function notFound(key: string | null) {
  return failure('ORDER_NOT_FOUND', `There is no order ${key}; check its id.`, {});
}

function statusNow({ value, context }: ActorState): string {
  return statusOf(value, context as OrderContext);
}

function historyEntry(bytes: Uint8Array): HistoryEntry {
  const { seq, at, event, by, cause, from, to } = unpackEntry(bytes);
  // The settings in force are the service's business, not the order's.
  const { settings: _settings, ...shown } = event;
  return {
    seq,
    at: new Date(at).toISOString(),
    event: shown as HistoryEntry['event'],
    by: by ?? null,
    cause,
    from: from === null ? null : stateRecord(from),
    to: stateRecord(to),
  };
}
