import { context, trace } from '@opentelemetry/api';
import { NodeTracerProvider } from '@opentelemetry/sdk-trace-node';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type Client, connectClient } from '../../src/client/index.ts';
import { FakeError, FakeService } from '../fixtures/fake-service.ts';
import { startTestNats, type TestNats } from '../fixtures/nats.ts';

const given = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01';

let nats: TestNats;
let client: Client;
let service: FakeService;

beforeAll(async () => {
  nats = await startTestNats();
  client = await connectClient({ url: nats.url });
  let calls = 0;
  service = new FakeService(nats.connection, ['orders.>'], ({ subject }) => {
    calls += 1;
    return subject === 'orders.pay.SO-1' && calls === 1 ? new FakeError('BUSY') : {};
  });
  await nats.connection.flush();
});
afterEach(() => {
  trace.disable();
  context.disable();
  service.received.splice(0);
});
afterAll(async () => {
  await client.close();
  await nats.stop();
});

const sent = () => service.received.map(({ message }) => message.headers?.get('traceparent') ?? '');

describe('The trace context of a call', () => {
  it("is that of the caller's active span, on every attempt and on questions too", async () => {
    new NodeTracerProvider().register();
    const expected = await trace.getTracer('shop').startActiveSpan('checkout', async (span) => {
      await client.orders.pay('SO-1');
      await client.orders.get('SO-1');
      const { traceId, spanId } = span.spanContext();
      return `00-${traceId}-${spanId}-01`;
    });
    expect(sent()).toEqual([expected, expected, expected]);
  });

  it('is what the call says, where it says one', async () => {
    new NodeTracerProvider().register();
    await trace
      .getTracer('shop')
      .startActiveSpan('checkout', () => client.orders.get('SO-1', {}, { traceparent: given }));
    expect(sent()).toEqual([given]);
  });

  it('says that a span is not sampled', async () => {
    new NodeTracerProvider({ sampler: { shouldSample: () => ({ decision: 1 }), toString: () => 'no' } }).register();
    await trace.getTracer('shop').startActiveSpan('checkout', () => client.orders.get('SO-1'));
    expect(sent()).toEqual([expect.stringMatching(/-00$/)]);
  });

  it('is absent outside of a span, and without an SDK', async () => {
    await trace.getTracer('shop').startActiveSpan('checkout', () => client.orders.get('SO-1'));
    new NodeTracerProvider().register();
    await client.orders.get('SO-1');
    expect(sent()).toEqual(['', '']);
  });
});
