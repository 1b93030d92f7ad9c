import { describe, expect, it } from 'vitest';
import { OrdoError } from '../../src/client/index.ts';
import { type Caller, serviceOver } from '../../src/import/client-service.ts';
import { refusalOf, ServiceGone } from '../../src/import/service.ts';

type Call = { name: string; key: string | null; body: unknown; requestId: string | undefined };

/** A client that answers from a script and keeps what it was asked. */
function scripted(answers: readonly unknown[]) {
  const calls: Call[] = [];
  const next = async (name: string, key: string | null, body: unknown, options?: { requestId?: string }) => {
    calls.push({ name, key, body, requestId: options?.requestId });
    const answer = answers[calls.length - 1];
    if (answer instanceof Error) throw answer;
    return answer;
  };
  return { calls, service: serviceOver({ call: next, command: next } as unknown as Caller) };
}

function refused(code: string, details = {}): OrdoError {
  return new OrdoError(code, `refused: ${code}`, { number: 409, retriable: false, details });
}

describe('the service over a client', () => {
  it('sends every command with its request id', async () => {
    const { calls, service } = scripted([{}, {}]);
    await service.command('pay', 'SO-1', { amount: 1 }, 'import/SO-1/pay');
    await service.receiveStock('A', 5, 'import:derived', 'import/receive');
    expect(calls).toEqual([
      { name: 'pay', key: 'SO-1', body: { amount: 1 }, requestId: 'import/SO-1/pay' },
      { name: 'stock.receive', key: 'A', body: { quantity: 5, by: 'import:derived' }, requestId: 'import/receive' },
    ]);
  });

  it('lists all pages, also an empty one in between, and a little beyond the span at both ends', async () => {
    const pages = [
      { orders: [{ id: '1' }, { id: '2' }], cursor: 'a' },
      { orders: [], cursor: 'b' },
      { orders: [{ id: '3' }], cursor: null },
    ];
    const { calls, service } = scripted(pages);
    const ids: string[] = [];
    const span = { from: '2010-12-01T08:26:00.000Z', to: '2010-12-02T08:26:00.000Z' };
    for await (const order of service.listOrders(span)) ids.push(order.id);
    expect(ids).toEqual(['1', '2', '3']);
    expect(calls.map((call) => call.body)).toMatchObject([{ cursor: null }, { cursor: 'a' }, { cursor: 'b' }]);
    expect(calls[0]?.body).toMatchObject({
      placedFrom: '2010-12-01T08:25:59.000Z',
      placedTo: '2010-12-02T08:26:01.000Z',
    });
  });

  it.each(['NO_RESPONDERS', 'TIMEOUT', 'CONNECTION_CLOSED', 'SHUTTING_DOWN', 'STORE_UNAVAILABLE'])(
    'takes %s for the service being gone, not for a refusal',
    async (code) => {
      const error = await scripted([refused(code)])
        .service.getStock('A')
        .catch((thrown: unknown) => thrown);
      expect(error).toBeInstanceOf(ServiceGone);
      expect(refusalOf(error)).toBeUndefined();
    },
  );

  it('hands a refusal on with its code and details', async () => {
    const details = { votes: [{ participant: 'stock/A', code: 'INSUFFICIENT_STOCK', reason: '' }] };
    const { service } = scripted([refused('TRANSACTION_ABORTED', details)]);
    const error = await service.command('ship', 'SO-1', {}, 'r').catch((thrown: unknown) => thrown);
    expect(refusalOf(error)).toMatchObject({ code: 'TRANSACTION_ABORTED', details });
  });

  it('knows an order that is not there from one that cannot be asked for', async () => {
    expect(await scripted([refused('ORDER_NOT_FOUND')]).service.getOrder('SO-1')).toBeUndefined();
    await expect(scripted([refused('INVALID_ID')]).service.getOrder('')).rejects.toMatchObject({ code: 'INVALID_ID' });
  });

  it('settles once no transaction is under way any more', async () => {
    const doubtful = { transactions: [{ id: 'SO-1~1' }] };
    const aborting = { transactions: [{ id: 'SO-2~1' }] };
    const none = { transactions: [] };
    const { calls, service } = scripted([doubtful, aborting, {}, {}, none, none]);
    await service.settle();
    const list = ['transactions.list', 'transactions.list'];
    expect(calls.map((call) => call.name)).toEqual([...list, 'transactions.wait', 'transactions.wait', ...list]);
    expect(calls.map((call) => call.key)).toEqual([null, null, 'SO-1~1', 'SO-2~1', null, null]);
  });

  it('goes on waiting for a transaction that takes longer than one question may wait, but not for ever', async () => {
    const inDoubt = { transactions: [{ id: 'SO-1~1' }] };
    const none = { transactions: [] };
    const slow = scripted([inDoubt, none, refused('WAIT_TIMEOUT'), inDoubt, none, {}, none, none]);
    await slow.service.settle();
    expect(slow.calls).toHaveLength(8);
    const stuck = scripted(Array.from({ length: 150 }, (_, at) => [inDoubt, none, refused('WAIT_TIMEOUT')][at % 3]));
    await stuck.service.settle();
    expect(stuck.calls.length).toBeLessThan(150);
  });
});
