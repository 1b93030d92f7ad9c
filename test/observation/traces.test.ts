import type { Msg } from 'nats';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { addressOf } from '../../runtime/address.ts';
import { unpackEntry } from '../../runtime/journal.ts';
import { parseTrace } from '../../runtime/trace-context.ts';
import { protocolProblem, tracesAreOn } from '../../src/observation/traces/configured.ts';
import { OutsideParticipant } from '../service/fixtures/outside-participant.ts';
import { TestService } from '../service/fixtures/test-service.ts';
import { Collector } from './fixtures/collector.ts';

const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736';
const CALLER = '00f067aa0ba902b7';
const traceparent = `00-${TRACE}-${CALLER}-01`;
const placing = { customer: 'C-17', currency: 'GBP', lines: [{ sku: 'CUP', quantity: 2, unitPrice: 150 }] };

let collector: Collector;
let service: TestService;

/** A service with an order that can be paid. */
async function withOrder(options: Parameters<typeof TestService.start>[0] = {}): Promise<void> {
  service = await TestService.start(options);
  await service.client.ask('stock.receive.CUP', { quantity: 100 });
  await service.client.order('place', 'SO-1', placing);
}

/** What the service has sent by the time it has ended. */
async function ended(): Promise<Collector> {
  await service.client.ask('transactions.wait.SO-1=7E1');
  await service.stopNode();
  return collector;
}

describe('With traces', () => {
  beforeEach(async () => {
    collector = await Collector.start();
    vi.stubEnv('OTEL_EXPORTER_OTLP_ENDPOINT', collector.endpoint);
  });

  afterEach(async () => {
    await service.stop();
    await collector.stop();
    vi.unstubAllEnvs();
  });

  it('a payment is one trace: the command, the step of the order, the coordinator, votes, outcomes', async () => {
    await withOrder();
    await service.client.order('pay', 'SO-1', {}, { traceparent });
    const { spans } = await ended();
    expect(collector.tree(TRACE, CALLER)).toEqual([
      'orders.pay (server)',
      '  order pay (order/SO-1)',
      '    transaction begin (transaction/SO-1~1)',
      '      payment prepare (payment/SO-1, yes)',
      '      stock prepare (stock/CUP, yes)',
      '      transaction prepare.answered (transaction/SO-1~1)',
      '      transaction prepare.answered (transaction/SO-1~1)',
      '        order commit (order/SO-1)',
      '        payment commit (payment/SO-1)',
      '        stock commit (stock/CUP)',
      '        transaction commit.answered (transaction/SO-1~1)',
      '        transaction commit.answered (transaction/SO-1~1)',
      '        transaction commit.answered (transaction/SO-1~1)',
    ]);
    const own = spans.filter(({ traceId }) => traceId === TRACE);
    expect(new Set(own.map(({ spanId }) => spanId)).size).toBe(own.length);
    expect(own.every(({ kind, events }) => kind === 'server' || events.includes('write'))).toBe(true);
    expect(own.every(({ ms }) => ms >= 0)).toBe(true);
    expect(own.every(({ service: name }) => name === 'ordo')).toBe(true);
    expect(own.find(({ name }) => name === 'orders.pay')?.attributes).toEqual({ 'ordo.order': 'SO-1' });
  });

  it('a command that comes without a trace begins one, and each one of its own', async () => {
    await withOrder();
    await service.client.order('pay', 'SO-1');
    const { spans } = await ended();
    const first = spans.filter(({ kind }) => kind === 'server');
    expect(first.map(({ name }) => name)).toEqual(
      expect.arrayContaining(['stock.receive', 'orders.place', 'orders.pay', 'transactions.wait']),
    );
    expect(first.every(({ parentSpanId }) => parentSpanId === '')).toBe(true);
    expect(new Set(first.map(({ traceId }) => traceId)).size).toBe(first.length);
  });

  it('an outside participant is asked in a span of its own, which it hears of, and whose vote can be seen', async () => {
    await withOrder({ settings: { participants: { payment: 'service:psp' } } });
    const participant = new OutsideParticipant(service.client.connection, 'psp', ({ phase, respond }) =>
      respond(phase === 'prepare' ? { vote: 'yes' } : { done: true }),
    );
    await service.client.order('pay', 'SO-1', {}, { traceparent });
    await ended();
    const tree = collector.tree(TRACE, CALLER).map((line) => line.trim());
    expect(tree).toContain('participants.psp.prepare (client, yes)');
    expect(tree).toContain('participants.psp.commit (client)');
    const heard = participant.asked.map(({ headers }) => parseTrace(headers?.get('traceparent') ?? ''));
    const clients = collector.trace(TRACE).filter(({ kind }) => kind === 'client');
    expect(heard.map((context) => context?.spanId).sort()).toEqual(clients.map(({ spanId }) => spanId).sort());
    expect(clients.find(({ name }) => name.endsWith('prepare'))?.attributes).toMatchObject({
      'ordo.participant': 'service:psp',
      'ordo.transaction': 'SO-1~1',
      'ordo.branch': 'payment',
      'ordo.times_asked': 1,
    });
  });

  it('an outside participant that is silent is seen to be so', async () => {
    await withOrder({ settings: { participants: { payment: 'service:psp' } } });
    new OutsideParticipant(service.client.connection, 'psp', ({ phase, respond }) => {
      if (phase === 'abort') respond({ done: true });
    });
    const refused = service.client.refused('orders.pay.SO-1', {}, { traceparent });
    await service.prepared('SO-1~1', 2);
    await service.pass(10_000, refused);
    await service.pass(0, service.client.ask('transactions.wait.SO-1=7E1'));
    await service.stopNode();
    const silent = collector.trace(TRACE).find(({ name }) => name === 'participants.psp.prepare');
    expect(silent).toMatchObject({ isError: true, attributes: { 'ordo.answered': false } });
    expect(Number(silent?.attributes['ordo.times_asked'])).toBeGreaterThan(1);
    const command = collector.trace(TRACE).find(({ name }) => name === 'orders.pay');
    // It is an answer of the service, not an error of it.
    expect(command).toMatchObject({ isError: false, attributes: { 'error.type': 'TRANSACTION_ABORTED' } });
  });

  it('an outside participant that was not waited for, since another had voted no, is not to blame', async () => {
    await withOrder({ settings: { participants: { payment: 'service:psp' } } });
    const silent = new OutsideParticipant(service.client.connection, 'psp', ({ phase, respond }) => {
      if (phase === 'abort') respond({ done: true });
    });
    await service.client.order('place', 'SO-2', { ...placing, lines: [{ sku: 'NONE', quantity: 1, unitPrice: 1 }] });
    await service.client.refused('orders.pay.SO-2', {}, { traceparent });
    await service.client.ask('transactions.wait.SO-2=7E1');
    await service.stopNode();
    expect(silent.times('prepare', 'SO-2~1')).toBe(1);
    const asked = collector.trace(TRACE).find(({ name }) => name === 'participants.psp.prepare');
    expect(asked).toMatchObject({ isError: false, attributes: { 'ordo.answered': false } });
  });

  it('a trace goes on after a restart, in the same spans', async () => {
    await withOrder({ settings: { participants: { payment: 'service:psp' }, prepareTimeoutMs: 60_000 } });
    const silent = new OutsideParticipant(service.client.connection, 'psp');
    service.client.send('orders.pay.SO-1', '{}', { traceparent }).catch(() => {});
    await service.prepared('SO-1~1', 2);
    const [before] = silent.asked.map(({ headers }) => headers?.get('traceparent'));
    await service.stopNode({ isWaiting: true });
    silent.stop();
    const participant = new OutsideParticipant(service.client.connection, 'psp', ({ phase, respond }) =>
      respond(phase === 'prepare' ? { vote: 'no', code: 'TOO_LATE', reason: 'it was long ago' } : { done: true }),
    );
    await service.startNode();
    await service.eventually(
      () => service.client.ask<{ state: string }>('transactions.get.SO-1=7E1'),
      ({ state }) => state === 'aborted',
    );
    await service.stopNode();
    const prepares = participant.asked.filter(({ phase }) => phase === 'prepare');
    expect(prepares.map(({ headers }) => headers?.get('traceparent'))).toEqual([before]);
    const spans = collector.trace(TRACE);
    expect(new Set(spans.map(({ spanId }) => spanId)).size).toBe(spans.length);
    const tree = collector.tree(TRACE, CALLER).map((line) => line.trim());
    expect(tree).toEqual(expect.arrayContaining(['participants.psp.prepare (client, no)', 'order abort (order/SO-1)']));
    expect(tree).toHaveLength(spans.length);
  });

  it('announcements and the history name the span of the step that they come from', async () => {
    await withOrder();
    const heard: Msg[] = [];
    service.client.connection.subscribe('events.order.SO-1.paid', {
      callback: (_error, message) => heard.push(message),
    });
    await service.client.connection.flush();
    const { version } = await service.client.order('pay', 'SO-1', {}, { traceparent });
    await service.eventually(
      () => service.client.connection.flush(),
      () => heard.length > 0,
    );
    const entry = service.node.store.entry(addressOf('order', 'SO-1'), version);
    const kept = unpackEntry(entry ?? new Uint8Array()).trace ?? '';
    expect(heard[0]?.headers?.get('traceparent')).toBe(kept);
    await ended();
    const span = collector.trace(TRACE).find(({ spanId }) => spanId === parseTrace(kept)?.spanId);
    expect(span).toMatchObject({ name: 'order commit', attributes: { 'ordo.seq': version } });
  });

  it('what nobody records goes on as it came', async () => {
    await withOrder({ settings: { participants: { payment: 'service:psp' } } });
    const participant = new OutsideParticipant(service.client.connection, 'psp', ({ phase, respond }) =>
      respond(phase === 'prepare' ? { vote: 'yes' } : { done: true }),
    );
    await service.client.order('pay', 'SO-1', {}, { traceparent: `00-${TRACE}-${CALLER}-00` });
    await ended();
    expect(collector.trace(TRACE)).toEqual([]);
    const heard = participant.asked.map(({ headers }) => parseTrace(headers?.get('traceparent') ?? ''));
    expect(heard.every((context) => context?.traceId === TRACE && !context.isSampled)).toBe(true);
  });

  it('the sampler that is configured decides on commands that come without a trace', async () => {
    vi.stubEnv('OTEL_TRACES_SAMPLER', 'parentbased_always_off');
    vi.stubEnv('OTEL_SERVICE_NAME', 'orders-eu');
    await withOrder();
    await service.client.order('pay', 'SO-1', {}, { traceparent });
    const { spans } = await ended();
    expect(new Set(spans.map(({ traceId }) => traceId))).toEqual(new Set([TRACE]));
    expect(new Set(spans.map((span) => span.service))).toEqual(new Set(['orders-eu']));
  });

  it('no payment token gets into a span', async () => {
    await withOrder();
    const secret = 'tok_4242424242424242';
    const method = { provider: 'sandbox', token: secret };
    await service.client.refused('orders.pay.SO-1', { method }, { traceparent });
    await ended();
    expect(collector.trace(TRACE).length).toBeGreaterThan(5);
    expect(JSON.stringify(collector.spans)).not.toContain(secret);
  });
});

describe('Traces are sent', () => {
  it.each([
    [true, { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:4318' }],
    [true, { OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: 'http://127.0.0.1:4318/v1/traces' }],
    [true, { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:4318', OTEL_TRACES_EXPORTER: 'otlp' }],
    [true, { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:4318', OTEL_SDK_DISABLED: 'false' }],
    [false, {}],
    [false, { OTEL_SERVICE_NAME: 'orders' }],
    [false, { OTEL_EXPORTER_OTLP_ENDPOINT: ' ' }],
    [false, { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:4318', OTEL_SDK_DISABLED: 'TRUE' }],
    [false, { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:4318', OTEL_TRACES_EXPORTER: 'none' }],
  ])('is %s of %j', (isOn, env) => {
    expect(tracesAreOn(env)).toBe(isOn);
  });

  it('as JSON over HTTP, and whoever wants another way is told', () => {
    expect(protocolProblem({})).toBeUndefined();
    expect(protocolProblem({ OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json' })).toBeUndefined();
    expect(protocolProblem({ OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc' })).toMatch(/not as grpc.*4318/);
  });
});
