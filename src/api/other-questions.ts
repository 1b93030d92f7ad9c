import { transactionState, transactionView } from '../../machines/transaction/index.ts';
import type { TransactionContext } from '../../machines/transaction/transaction-context.ts';
import { addressOf } from '../../runtime/address.ts';
import type { ActorState } from '../../runtime/definition.ts';
import type { Look } from '../../runtime/host-options.ts';
import type { Store } from '../../runtime/ports.ts';
import type { OutgoingAnswer } from '../../runtime/transport.ts';
import type { BodyOf } from '../contracts/index.ts';
import { transactionBranches } from './branches.ts';
import { emptyStock } from './commands.ts';
import { failure } from './failure.ts';
import { listPage } from './listing.ts';
import type { ApiRequest } from './request.ts';
import { type WaitParts, waitFor } from './waiting.ts';

interface Parts extends WaitParts {
  readonly store: Store;
}

/** The questions about stock and payments, by their endpoints' names. */
export function ledgerQuestions({ host }: Parts) {
  return {
    'stock.get': async ({ key }: ApiRequest<object>) => {
      const look = await host.look(addressOf('stock', String(key)));
      return look === undefined ? emptyStock(String(key)) : look.definition.view(look.state);
    },

    'payments.get': async ({ key }: ApiRequest<object>) => {
      const look = await host.look(addressOf('payment', String(key)));
      if (look !== undefined) return look.definition.view(look.state);
      const order = await host.look(addressOf('order', String(key)));
      if (order === undefined) throw failure('ORDER_NOT_FOUND', `There is no order ${key}; check its id.`, {});
      return { order: String(key), authorized: 0, captured: 0, refunded: 0, entries: [] };
    },
  };
}

/** The questions about transactions, by their endpoints' names. */
export function transactionQuestions({ host, store, clock, stopping }: Parts) {
  const transactionOf = async (key: string | null): Promise<Look> => {
    const look = await host.look(addressOf('transaction', String(key)));
    if (look === undefined) throw notFound(key);
    return look;
  };
  return {
    'transactions.get': async ({ key }: ApiRequest<object>) => {
      const { definition, state } = await transactionOf(key);
      return definition.view(state);
    },

    'transactions.branches': async ({ key }: ApiRequest<object>) => {
      const address = addressOf('transaction', String(key));
      const answer = await transactionBranches((whose) => host.look(whose), address, clock.now());
      if (answer === undefined) throw notFound(key);
      return answer;
    },

    'transactions.list': async ({ body }: ApiRequest<BodyOf<'transactions.list'>>) => {
      const { state: wanted, olderThanMs, limit, cursor } = body;
      const tag = wanted === undefined ? 'all' : wanted === 'inDoubt' ? 'inDoubt' : `state:${wanted}`;
      const { items, cursor: next } = await listPage(store, host, {
        type: 'transaction',
        tag,
        limit,
        cursor,
        to: Math.max(0, clock.now() - olderThanMs),
        isMeant: (state) => wanted === undefined || isIn(state, wanted),
        show: transactionView,
      });
      return { transactions: items, cursor: next };
    },

    'transactions.wait': async ({ key, body, gone }: ApiRequest<BodyOf<'transactions.wait'>>) => {
      const { definition } = await transactionOf(key);
      const address = addressOf('transaction', String(key));
      const waited = await waitFor(
        { host, clock, stopping },
        address,
        { timeoutMs: body.timeoutMs, gone },
        ({ value }) => ['committed', 'aborted', 'forgotten'].includes(String(value)),
      );
      if (waited === undefined) throw notFound(key);
      const view = definition.view(waited.state);
      if (waited.isReached) return view;
      const message = `transaction ${key} has not ended within ${body.timeoutMs} ms; it is ${waited.state.value}.`;
      throw failure('WAIT_TIMEOUT', message, view as Record<string, unknown>);
    },

    'transactions.retry': async ({ key }: ApiRequest<object>) => {
      await transactionOf(key);
      await host.repeatAsks(addressOf('transaction', String(key)));
      const { definition, state } = await transactionOf(key);
      return definition.view(state);
    },

    'transactions.outcome': ({ key, body, headers }: ApiRequest<BodyOf<'transactions.outcome'>>) =>
      new Promise<{ outcome: string }>((resolve, reject) => {
        const answer = (answered: OutgoingAnswer) => {
          if (answered.kind === 'reply') resolve({ outcome: (answered.payload as { outcome: string }).outcome });
          else reject(failure('INTERNAL', `transaction ${key} could not be asked for its outcome.`, {}));
        };
        host.receive({
          to: addressOf('transaction', String(key)),
          event: { type: 'inquire', branch: body.branch },
          cause: 'transactions.outcome',
          ...(headers.traceparent !== undefined && { trace: headers.traceparent }),
          answer,
        });
      }),
  };
}

function notFound(key: string | null) {
  return failure('TRANSACTION_NOT_FOUND', `There is no transaction ${key}, or it was forgotten long ago.`, {});
}

function isIn({ value, context }: ActorState, wanted: string): boolean {
  const state = transactionState(value, context as TransactionContext);
  return wanted === 'inDoubt' ? value === 'preparing' || value === 'committing' : state === wanted;
}
