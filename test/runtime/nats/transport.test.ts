import { gzipSync } from 'node:zlib';
import { connect, headers, type NatsConnection, type SubscriptionOptions } from 'nats';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { addressOf } from '../../../runtime/address.ts';
import { NatsTransport } from '../../../runtime/nats/transport.ts';
import type { IncomingAnswer, IncomingMessage, OutgoingAsk } from '../../../runtime/transport.ts';
import { startTestNats, type TestNats } from '../../fixtures/nats.ts';
import { job } from '../fixtures/node.ts';
import { transportSuite } from '../suites/transport.ts';

let nats: TestNats;

beforeAll(async () => {
  nats = await startTestNats();
});

afterAll(() => nats.stop());

/** The contract's words: here, everything but the type. */
const toService = ({ type: _type, ...body }: OutgoingAsk['event']) => body;

/** Lets messages go back and forth: each flush waits for what the server has for that connection. */
async function quiet(...connections: readonly NatsConnection[]): Promise<void> {
  for (let round = 0; round < 4; round += 1) for (const connection of connections) await connection.flush();
}

transportSuite('nats', async () => {
  const [own, others] = await Promise.all([connect({ servers: nats.url }), connect({ servers: nats.url })]);
  return {
    transport: () => new NatsTransport({ connection: own, toService, onDropped: () => {} }),
    serve: async (name, take) => {
      others.subscribe(`participants.${name}.*`, {
        callback: (_error, message) => {
          const what = message.subject.split('.')[2] ?? '';
          take(what, message.json(), (body) => message.respond(JSON.stringify(body)));
        },
      });
      await others.flush();
    },
    quiet: () => quiet(own, others),
    close: async () => {
      await Promise.all([own.close(), others.close()]);
    },
  };
});

describe('On NATS', () => {
  let own: NatsConnection;
  let transport: NatsTransport;
  let messages: IncomingMessage[];
  let answers: IncomingAnswer[];
  let dropped: (readonly [subject: string, why: string])[];

  beforeEach(async () => {
    own = await connect({ servers: nats.url });
    [messages, answers, dropped] = [[], [], []];
    transport = new NatsTransport({
      connection: own,
      toService,
      onDropped: (subject, why) => dropped.push([subject, why]),
    });
    await transport.open({ message: (message) => messages.push(message), answer: (answer) => answers.push(answer) });
  });

  afterEach(() => own.close());

  const settle = () => quiet(nats.connection, own);

  const ask: OutgoingAsk = {
    from: addressOf('order', 'SO-1'),
    ask: 'prepare:1#2',
    to: 'stock/BANK CHARGES',
    event: { type: 'prepare' },
    cause: 'order/SO-1/2',
  };

  it('a message goes to actors.<type>.<key>, and its answer to answers.<type>.<key>.<ask>', async () => {
    const seen: (readonly [string, string | undefined])[] = [];
    const watching = nats.connection.subscribe('actors.>', {
      callback: (_, { subject, reply }) => seen.push([subject, reply]),
    });
    await settle();
    transport.ask(ask);
    await settle();
    watching.unsubscribe();
    expect(seen).toEqual([['actors.stock.BANK=20CHARGES', 'answers.order.SO-1.prepare=3A1=232']]);
  });

  it('a service is asked on participants.<name>.<what>, with the trace in a header', async () => {
    const seen: unknown[] = [];
    const watching = nats.connection.subscribe('participants.>', {
      callback: (_, message) => seen.push([message.subject, message.json(), message.headers?.get('traceparent')]),
    });
    await settle();
    transport.ask({ ...ask, to: 'service:psp', event: { type: 'prepare', branch: 'payment' }, trace: '00-ab-cd-01' });
    await settle();
    watching.unsubscribe();
    expect(seen).toEqual([['participants.psp.prepare', { branch: 'payment' }, '00-ab-cd-01']]);
  });

  it.each([
    ['a timer of the runtime', 'actors.job.a', JSON.stringify({ event: { type: 'xstate.after.1.job' } })],
    ['no JSON', 'actors.job.a', 'hello'],
    ['a list', 'actors.job.a', '[1]'],
    ['null', 'actors.job.a', 'null'],
    ['nothing at all', 'actors.job.a', ''],
    ['a message without an event', 'actors.job.a', '{"cause":"x"}'],
    ['an event without a type', 'actors.job.a', '{"event":{}}'],
    ['an event whose type is no text', 'actors.job.a', '{"event":{"type":7}}'],
    ['an event that is null', 'actors.job.a', '{"event":null}'],
    ['another spelling of a key', 'actors.job.=41', '{"event":{"type":"do"}}'],
    ['an answer that is no JSON', 'answers.job.a.work=231', 'hello'],
    ['an answer that is a list', 'answers.job.a.work=231', '[]'],
    ['an answer of nothing', 'answers.job.a.work=231', ''],
    ['an answer that is an error', 'answers.job.a.work=231', '{"error":"no","ok":true}'],
    ['an answer to a name that nobody has', 'answers.job.a.=zz', '{"ok":true}'],
  ])('what comes from outside and makes no sense is dropped and counted: %s', async (_what, subject, payload) => {
    nats.connection.publish(subject, payload);
    await settle();
    expect([messages, answers]).toEqual([[], []]);
    expect(dropped.map(([where]) => where)).toEqual([subject]);
  });

  it('an error in the headers is no answer, whatever its body', async () => {
    const error = headers();
    error.set('Nats-Service-Error', 'it is down');
    nats.connection.publish('answers.job.a.work=231', '{"vote":"yes"}', { headers: error });
    await settle();
    expect(answers).toEqual([]);
    expect(dropped).toEqual([['answers.job.a.work=231', 'it is down']]);
  });

  it('that nobody is there is no answer', async () => {
    transport.ask({ ...ask, to: 'service:nobody' });
    await settle();
    expect(answers).toEqual([]);
    expect(dropped).toEqual([['answers.order.SO-1.prepare=3A1=232', 'no responders']]);
  });

  it('a message without a reply subject is taken, and answering it does no harm', async () => {
    nats.connection.publish('actors.job.a', '{"event":{"type":"do"}}');
    await settle();
    expect(messages).toMatchObject([{ to: 'job/a', event: { type: 'do' }, cause: 'unknown' }]);
    messages[0]?.answer({ kind: 'reply', payload: { ok: true } });
  });

  it('what is larger than NATS carries is compressed on its way, and arrives as it was', async () => {
    const event = { type: 'begin', branches: Array.from({ length: 20_000 }, (_, nth) => ({ branch: `stock/${nth}` })) };
    const list = event.branches.map(({ branch }) => `${branch} and some more words to make it long enough`);
    transport.ask({ ...ask, event: { ...event, list } });
    await settle();
    expect(messages[0]?.event).toEqual({ ...event, list });
    messages[0]?.answer({ kind: 'reply', payload: { list } });
    await settle();
    expect(answers).toEqual([{ to: 'order/SO-1', ask: ask.ask, answer: { list } }]);
    expect(dropped).toEqual([]);
  });

  it('what cannot be sent is dropped and counted, and throws nothing', async () => {
    const { info } = own;
    const noise = Array.from({ length: Math.ceil((info?.max_payload ?? 0) / 4) }, () => Math.random());
    transport.ask({ ...ask, event: { type: 'do', noise } });
    expect(dropped).toEqual([['actors.stock.BANK=20CHARGES', 'MAX_PAYLOAD_EXCEEDED']]);
  });

  it('nothing is sent, and nothing thrown, on a connection that is closed or closing', async () => {
    const draining = own.drain();
    transport.ask(ask);
    await draining;
    transport.ask(ask);
    await transport.close();
  });

  it('what looks like a compressed message and is none, or unpacks to too much, is dropped', async () => {
    for (const payload of [Buffer.from('not gzip'), gzipSync(Buffer.alloc(17 * 1024 * 1024, ' '))]) {
      const encoded = headers();
      encoded.set('Content-Encoding', 'gzip');
      nats.connection.publish('actors.job.a', payload, { headers: encoded });
    }
    await settle();
    expect(messages).toEqual([]);
    expect(dropped).toHaveLength(2);
  });

  it('a subscription that the server refuses is counted, and takes nothing down', async () => {
    const callbacks: SubscriptionOptions['callback'][] = [];
    const refusing = {
      subscribe: (_subject: string, options: SubscriptionOptions) => callbacks.push(options.callback),
      flush: async () => {},
    };
    const refused = new NatsTransport({
      connection: refusing as unknown as NatsConnection,
      toService,
      onDropped: (subject, why) => dropped.push([subject, why]),
    });
    await refused.open({ message: (message) => messages.push(message), answer: (answer) => answers.push(answer) });
    // So does the client of NATS tell of it: an error, and no message at all.
    for (const callback of callbacks) callback?.(new Error('Permissions Violation') as never, {} as never);
    expect(dropped).toEqual([
      ['actors.*.*', 'Permissions Violation'],
      ['answers.*.*.*', 'Permissions Violation'],
    ]);
  });

  it('an actor of any other type is brought to the host, which says that there is none', async () => {
    transport.ask({ ...ask, to: job('x') });
    await settle();
    expect(messages.map(({ to }) => to)).toEqual(['job/x']);
  });
});
