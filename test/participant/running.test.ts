import { promises as fs } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect } from 'nats';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startNatsServer } from '../../src/nats-server.ts';
import {
  type LogEntry,
  MemoryBranchLog,
  ParticipantError,
  type ParticipantOptions,
  startParticipant,
  type Vote,
} from '../../src/participant/index.ts';
import { startTestNats, type TestNats } from '../fixtures/nats.ts';
import { startConfiguredNats } from '../service/fixtures/configured-nats.ts';
import { DEADLINE, decided, prepare } from './fixtures/branches.ts';
import { Gate, TestParticipant } from './fixtures/test-participant.ts';

let nats: TestNats;
let psp: TestParticipant;

beforeAll(async () => {
  nats = await startTestNats();
});
afterAll(() => nats.stop());
beforeEach(() => {
  psp = new TestParticipant(nats.connection);
});
afterEach(() => psp.stop());

const YES = { vote: 'yes' };
const DONE = { done: true };

/** Makes prepares wait until the gate is open. */
function holdPrepares(): Gate {
  const gate = new Gate();
  psp.behavior.prepare = async () => {
    await gate.passed();
    return { vote: 'yes' };
  };
  return gate;
}

describe('Handlers', () => {
  it('run so many at a time, and decisions go before prepares', async () => {
    await psp.start({ concurrency: 2 });
    await psp.ask(prepare({ branch: 'held' }));
    const gate = holdPrepares();
    const votes = ['a', 'b', 'c'].map((branch) => psp.ask(prepare({ branch })));
    await psp.until(() => psp.calls.length === 3);
    const done = psp.ask(decided('commit', { branch: 'held' }));
    await nats.connection.flush();
    expect(psp.calls.map((call) => call.slice(-1))).toEqual(['d', 'a', 'b']);
    gate.open();
    expect(await Promise.all([...votes, done])).toEqual([YES, YES, YES, DONE]);
    expect(psp.calls.slice(3)).toEqual(['commit SO-1=7E1/held', 'prepare SO-1=7E1/c']);
  });

  it('are asked no more than they can ever do: beyond that, prepares are BUSY, and decisions still get through', async () => {
    const participant = await psp.start();
    await psp.ask(prepare({ branch: 'held' }));
    const gate = holdPrepares();
    const votes = Array.from({ length: 1_024 }, (_, index) => psp.ask(prepare({ branch: `b${index}` })));
    await psp.until(() => participant.status().waiting === 1_024);
    expect(await psp.ask(prepare({ branch: 'more' }))).toMatchObject({ code: 'BUSY', retriable: true });
    const done = psp.ask(decided('abort', { branch: 'unheard-of' }));
    expect(await done).toEqual(DONE);
    gate.open();
    expect(new Set((await Promise.all(votes)).map(({ vote }) => vote))).toEqual(new Set(['yes']));
    expect(await psp.ask(prepare({ branch: 'more' }))).toEqual(YES);
  });
});

describe('A prepare that waits for its turn', () => {
  it('past its deadline is voted down, and its handler never called', async () => {
    await psp.start({ concurrency: 1 });
    const gate = holdPrepares();
    const first = psp.ask(prepare({ branch: 'a', deadline: DEADLINE + 60_000 }));
    await psp.until(() => psp.calls.length === 1);
    const second = psp.ask(prepare({ branch: 'b' }));
    await nats.connection.flush();
    await psp.until(() => psp.clock.planned.includes(DEADLINE));
    await psp.clock.pass(10_001);
    gate.open();
    expect(await first).toEqual(YES);
    expect(await second).toMatchObject({ vote: 'no', code: 'PREPARE_TIMEOUT' });
    expect(psp.calls).toEqual(['prepare SO-1=7E1/a']);
  });

  it('and is aborted meanwhile is never begun', async () => {
    await psp.start({ concurrency: 1 });
    const gate = holdPrepares();
    const first = psp.ask(prepare({ branch: 'a' }));
    await psp.until(() => psp.calls.length === 1);
    const second = psp.ask(prepare({ branch: 'b' }));
    await psp.until(() => psp.clock.planned.filter((at) => at === DEADLINE).length === 2);
    const done = psp.ask(decided('abort', { branch: 'b' }));
    await nats.connection.flush();
    gate.open();
    expect(await Promise.all([first, done])).toEqual([YES, DONE]);
    expect(await second).toMatchObject({ vote: 'no' });
    expect(psp.calls).toEqual(['prepare SO-1=7E1/a']);
  });
});

describe('A participant that stops', () => {
  it('leaves the queue first, finishes what it has taken and answers it', async () => {
    const gate = holdPrepares();
    const first = await psp.start();
    const vote = psp.ask(prepare({ branch: 'a' }));
    await psp.until(() => psp.calls.length === 1);
    const stopping = first.stop();
    // Another instance, on the same log, takes over meanwhile.
    const second = await psp.start();
    const later = psp.ask(prepare({ branch: 'b' }));
    await psp.until(() => second.status().waiting === 1);
    gate.open();
    expect(await Promise.all([vote, later])).toEqual([YES, YES]);
    await stopping;
    expect(first.status().counters.yes).toBe(1);
    await first.stop();
  });

  it('does not wait for ever: it tells its handlers, and the next start takes up their branches', async () => {
    const first = await psp.start();
    let hasHeard = false;
    psp.behavior.prepare = (_branch, signal) =>
      new Promise(() => {
        signal.addEventListener('abort', () => {
          hasHeard = true;
        });
      });
    psp.ask(prepare()).catch(() => {});
    await psp.until(() => psp.calls.length === 1);
    await psp.passUntil(first.stop({ graceMs: 3_000 }));
    expect(hasHeard).toBe(true);
    expect(psp.said).toEqual(['error: Handlers were still running when the participant stopped']);
    expect(await psp.log.open({ limit: 9 })).toMatchObject([{ state: 'preparing' }]);
    expect(psp.fatal).toEqual([]);
  });
});

describe('Instances that share a log', () => {
  it('answer as one: whichever is asked knows what another has said', async () => {
    await psp.start();
    await psp.start();
    const no = { vote: 'no', code: 'PAYMENT_DECLINED', reason: 'no cover' } as const;
    psp.behavior.prepare = () => no;
    for (let times = 0; times < 20; times += 1) expect(await psp.ask(prepare())).toEqual(no);
    expect(psp.calls).toHaveLength(1);
  });

  it('do not overwrite one another: who comes second has the message repeated', async () => {
    const log = new MemoryBranchLog();
    let isOvertaken = true;
    psp.log = Object.assign(Object.create(log), {
      read: (...id: Parameters<typeof log.read>) => log.read(...id),
      write: async (entry: LogEntry) => (isOvertaken ? false : log.write(entry)),
      open: (...query: Parameters<typeof log.open>) => log.open(...query),
      openOfOrder: (...query: Parameters<typeof log.openOfOrder>) => log.openOfOrder(...query),
      forget: (...what: Parameters<typeof log.forget>) => log.forget(...what),
      close: () => log.close(),
    });
    await psp.start();
    expect(await psp.ask(prepare())).toMatchObject({ code: 'TAKEN_ELSEWHERE', retriable: true });
    expect(psp.calls).toEqual([]);
    isOvertaken = false;
    expect(await psp.ask(prepare())).toEqual(YES);
  });
});

describe('A log that fails', () => {
  it('ends everything: no vote leaves, the queue is left, and the author is told', async () => {
    let isFull = false;
    class FullLog extends MemoryBranchLog {
      override async write(entry: LogEntry): Promise<boolean> {
        if (isFull) throw new ParticipantError('STORE_FAILED', 'The disk is full.');
        return super.write(entry);
      }
    }
    psp.log = new FullLog();
    await psp.start();
    psp.behavior.prepare = () => {
      isFull = true;
      return { vote: 'yes' };
    };
    expect(await psp.ask(prepare())).toMatchObject({ code: 'STORE_UNAVAILABLE' });
    expect(psp.fatal).toMatchObject([{ code: 'STORE_FAILED' }]);
    isFull = false;
    await nats.connection.flush();
    await expect(psp.ask(prepare())).rejects.toMatchObject({ code: '503' });
  });

  it('because one entry is damaged concerns that branch alone', async () => {
    class DamagedLog extends MemoryBranchLog {
      override async read(id: {
        readonly branch: string;
        readonly transaction: string;
      }): Promise<LogEntry | undefined> {
        if (id.branch === 'damaged') throw new ParticipantError('STORE_CORRUPT', 'The entry damaged is damaged.');
        return super.read(id);
      }
    }
    psp.log = new DamagedLog();
    await psp.start();
    expect(await psp.ask(prepare({ branch: 'damaged' }))).toMatchObject({ code: 'STORE_CORRUPT', retriable: false });
    expect(await psp.ask(prepare())).toEqual(YES);
    expect(psp.fatal).toEqual([]);
    expect(psp.said).toEqual(['error: An entry of the log is damaged']);
  });
});

describe('A NATS server that goes away', () => {
  it('and comes back finds the participant where it was', async () => {
    const port = await freePort();
    const server = await startNatsServer({ port, log: () => {} });
    const participant = await psp.start({ url: server.url });
    await server.stop();
    await psp.until(() => !participant.status().isConnected);
    const again = await startNatsServer({ port, log: () => {} });
    await psp.until(() => participant.status().isConnected);
    const connection = await connect({ servers: again.url });
    const other = new TestParticipant(connection);
    await connection.flush();
    expect(await other.ask(prepare())).toEqual(YES);
    await connection.close();
    await psp.stop();
    await again.stop();
  });

  it('and lets it hear nothing, for want of a permission, is told to the author', async () => {
    const deafening = `authorization { users = [{ user: "x", password: "x", permissions: {
      publish: ">", subscribe: { deny: "participants.>" } } }] }\nno_auth_user: "x"`;
    const server = await startConfiguredNats(deafening);
    await psp.start({ url: server.url });
    await psp.until(() => psp.fatal.length > 0);
    expect(psp.fatal).toMatchObject([
      { code: 'CONNECTION_FAILED', message: expect.stringContaining('subscribe to participants.psp.*') },
    ]);
    await psp.stop();
    await server.stop();
  });

  it('for good, because the connection was closed, is told to the author', async () => {
    const connection = await connect({ servers: nats.url });
    const deaf = new TestParticipant(connection);
    await deaf.start();
    await connection.close();
    await deaf.until(() => deaf.fatal.length > 0);
    expect(deaf.fatal).toMatchObject([{ code: 'CONNECTION_CLOSED' }]);
    await deaf.stop();
  });
});

describe('Starting', () => {
  let directory: string;

  beforeEach(async () => {
    directory = await fs.mkdtemp(join(tmpdir(), 'ordo-participant-'));
  });
  afterEach(() => fs.rm(directory, { recursive: true }));

  function start(changes: Partial<ParticipantOptions<'payment', Vote>> = {}) {
    return startParticipant({
      name: 'psp',
      serves: 'payment',
      connection: nats.connection,
      data: join(directory, 'log'),
      prepare: () => ({ vote: 'yes' }),
      commit: () => {},
      abort: () => {},
      ...changes,
    } as ParticipantOptions<'payment', Vote>);
  }

  it.each([
    [{ name: 'p.s.p' }, /name: .*letters, digits/],
    [{ serves: [] }, /serves: .*payment, stock, shipment/],
    [{ serves: 'money' as 'payment' }, /serves: .*"money"/],
    [{ concurrency: 0 }, /concurrency/],
    [{ commit: undefined as never }, /commit: must be a function/],
    [{ data: '' }, /data: .*directory/],
    [{ connection: undefined as never }, /url: /],
  ])('with options that cannot be meant says which: %j', async (changes, why) => {
    await expect(start(changes)).rejects.toMatchObject({
      code: 'INVALID_OPTION',
      message: expect.stringMatching(why),
    });
  });

  it('without a NATS server says so, and leaves the log to the next try', async () => {
    const { connection: _none, ...rest } = { connection: undefined, url: `nats://127.0.0.1:${await freePort()}` };
    const failed = startParticipant({
      name: 'psp',
      serves: 'payment',
      ...rest,
      data: join(directory, 'log'),
      prepare: () => ({ vote: 'yes' }),
      commit: () => {},
      abort: () => {},
    });
    await expect(failed).rejects.toMatchObject({ code: 'CONNECTION_FAILED' });
    const participant = await start();
    await expect(start()).rejects.toMatchObject({ code: 'LEVEL_LOCKED' });
    await participant.stop();
    expect(nats.connection.isClosed()).toBe(false);
    await (await start()).stop();
  });
});

async function freePort(): Promise<number> {
  const server = createServer();
  const port = await new Promise<number>((resolve) => {
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      resolve(typeof address === 'object' && address !== null ? address.port : 0);
    });
  });
  await new Promise((resolve) => server.close(resolve));
  return port;
}
