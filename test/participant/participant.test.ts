import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startTestNats, type TestNats } from '../fixtures/nats.ts';
import { DEADLINE, decided, payloadOf, prepare } from './fixtures/branches.ts';
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
const KEY = 'SO-1=7E1/payment';

describe('A participant', () => {
  it('votes as its author says, and carries the decision out', async () => {
    const seen: unknown[] = [];
    psp.behavior.prepare = (branch) => {
      seen.push(branch);
      return { vote: 'yes', keep: { authorization: 'A-1' } };
    };
    psp.behavior.commit = (branch) => {
      seen.push(branch);
    };
    const participant = await psp.start();
    expect(await psp.ask(prepare())).toEqual(YES);
    expect(await psp.ask(decided('commit'))).toEqual(DONE);
    const facts = {
      transaction: 'SO-1~1',
      branch: 'payment',
      order: 'SO-1',
      key: KEY,
      operation: 'charge',
      deadline: new Date(DEADLINE),
    };
    const args = { amount: 700, currency: 'GBP', digits: 2 };
    expect(seen).toEqual([
      { ...facts, args: { ...args, method: { provider: 'psp', token: 'tok_4711' } } },
      { ...facts, args, keep: { authorization: 'A-1' } },
    ]);
    expect(participant.status().counters).toMatchObject({ yes: 1, committed: 1, aborted: 0 });
  });

  it('undoes what it holds, once, when that is the decision', async () => {
    await psp.start();
    await psp.ask(prepare());
    expect(await psp.ask(decided('abort'))).toEqual(DONE);
    expect(await psp.ask(decided('abort'))).toEqual(DONE);
    expect(await psp.ask(prepare())).toMatchObject({ vote: 'no', code: 'ABORTED' });
    expect(psp.calls).toEqual([`prepare ${KEY}`, `abort ${KEY}`]);
  });

  it.each([
    [{ vote: 'no', code: 'PAYMENT_DECLINED', reason: 'no cover' }],
    [{ vote: 'readOnly' }],
    [{ vote: 'yes' }],
  ] as const)('answers a repeat as before, without asking its author again: %j', async (vote) => {
    psp.behavior.prepare = () => vote;
    await psp.start();
    for (let times = 0; times < 3; times += 1) expect(await psp.ask(prepare())).toEqual(vote);
    expect(psp.calls).toEqual([`prepare ${KEY}`]);
  });

  it('lets a repeat join the call that runs', async () => {
    const gate = new Gate();
    psp.behavior.prepare = async () => {
      await gate.passed();
      return { vote: 'yes' };
    };
    const participant = await psp.start();
    const answers = [psp.ask(prepare()), psp.ask(prepare())];
    await psp.until(() => psp.calls.length > 0);
    await nats.connection.flush();
    expect(participant.status()).toMatchObject({ waiting: 1, running: [{ key: KEY, phase: 'prepare' }] });
    gate.open();
    expect(await Promise.all(answers)).toEqual([YES, YES]);
    expect(psp.calls).toEqual([`prepare ${KEY}`]);
  });

  it('carries trace contexts to its author', async () => {
    const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
    const seen: unknown[] = [];
    psp.behavior.prepare = (_branch, _signal, trace) => {
      seen.push(trace);
      return { vote: 'yes' };
    };
    await psp.start();
    await psp.send('prepare', payloadOf(prepare()), { traceparent });
    await psp.send('prepare', payloadOf(prepare({ branch: 'other' })), { traceparent: 'nonsense' });
    expect(seen).toEqual([traceparent, undefined]);
  });

  it('keeps a tombstone for an abort that overtakes its prepare', async () => {
    await psp.start();
    expect(await psp.ask(decided('abort'))).toEqual(DONE);
    expect(await psp.ask(prepare())).toMatchObject({ vote: 'no', code: 'ABORTED' });
    expect(psp.calls).toEqual([]);
  });

  it('votes no, without asking its author, on what it does not serve', async () => {
    await psp.start();
    for (const operation of ['reserve', 'lend']) {
      const about = prepare({ transaction: `SO-1~${operation}`, operation });
      expect(await psp.ask(about)).toMatchObject({ vote: 'no', code: 'UNKNOWN_OPERATION' });
    }
    expect(psp.calls).toEqual([]);
  });

  it('serves several kinds of branches', async () => {
    await psp.start({ serves: ['payment', 'stock'] });
    const stock = { ...prepare({ operation: 'reserve', branch: 'stock/A' }), args: { sku: 'A', quantity: 2 } };
    expect(await psp.ask(stock as ReturnType<typeof prepare>)).toEqual(YES);
    expect(await psp.ask(prepare())).toEqual(YES);
  });
});

describe('A handler that fails', () => {
  it('is answered with an error, has decided nothing, and is called again', async () => {
    const failures = ['the provider is away', 'it still is'];
    psp.behavior.prepare = () => {
      const failure = failures.shift();
      if (failure !== undefined) throw new Error(failure);
      return { vote: 'yes' };
    };
    const participant = await psp.start();
    const failed = { code: 'HANDLER_FAILED', retriable: true };
    const { body, headers } = await psp.send('prepare', payloadOf(prepare()));
    expect(body).toMatchObject({ ...failed, message: expect.stringContaining('the provider is away') });
    expect(headers?.get('Nats-Service-Error-Code')).toBe('500');
    expect(await psp.ask(prepare())).toMatchObject(failed);
    expect(await psp.ask(prepare())).toEqual(YES);
    expect(participant.status().counters).toMatchObject({ handlerErrors: 2, refused: 2, yes: 1 });
    expect(psp.said).toEqual([expect.stringMatching(/error: .*away/), expect.stringMatching(/error: .*still is/)]);
  });

  it.each(['commit', 'abort'] as const)(
    'in %s leaves the branch decided, and another word is refused',
    async (phase) => {
      let isAway = true;
      psp.behavior[phase] = () => {
        if (isAway) throw new Error('the provider is away');
      };
      await psp.start();
      await psp.ask(prepare());
      expect(await psp.ask(decided(phase))).toMatchObject({ code: 'HANDLER_FAILED' });
      const other = phase === 'commit' ? 'abort' : 'commit';
      expect(await psp.ask(decided(other))).toMatchObject({ code: 'OUTCOME_CONTRADICTED' });
      isAway = false;
      expect(await psp.ask(decided(phase))).toEqual(DONE);
      expect(psp.calls.filter((call) => call.startsWith(other))).toEqual([]);
    },
  );

  it.each([
    ['nothing', undefined],
    ['an unknown vote', { vote: 'maybe' }],
    ['a no without a reason', { vote: 'no' }],
    ['more to keep than it may', { vote: 'yes', keep: 'x'.repeat(65 * 1024) }],
  ])('because it returns %s is told what it must return', async (_name, vote) => {
    psp.behavior.prepare = () => vote as never;
    await psp.start();
    expect(await psp.ask(prepare())).toMatchObject({
      code: 'HANDLER_FAILED',
      message: expect.stringMatching(/prepare must return|keep must be at most/),
    });
  });
});

describe('A prepare that takes too long', () => {
  it('is told by its signal, and a yes that comes then is undone and voted down', async () => {
    const reasons: unknown[] = [];
    psp.behavior.prepare = async (_branch, signal) => {
      await new Promise((resolve) => signal.addEventListener('abort', resolve));
      reasons.push(signal.reason.message);
      psp.clock.set(psp.clock.now() + 1);
      return { vote: 'yes', keep: 'A-1' };
    };
    const undone: unknown[] = [];
    psp.behavior.abort = ({ keep }) => {
      undone.push(keep);
    };
    await psp.start();
    const answer = psp.ask(prepare());
    await psp.until(() => psp.calls.length > 0);
    await psp.clock.pass(10_000);
    expect(await answer).toMatchObject({ vote: 'no', code: 'PREPARE_TIMEOUT' });
    expect(reasons).toEqual([expect.stringContaining('deadline')]);
    expect(undone).toEqual(['A-1']);
  });

  it('is told by its signal that the transaction was aborted, which is carried out after it', async () => {
    psp.behavior.prepare = async (_branch, signal) => {
      await new Promise((resolve) => signal.addEventListener('abort', resolve));
      throw signal.reason;
    };
    await psp.start();
    const vote = psp.ask(prepare());
    await psp.until(() => psp.calls.length > 0);
    expect(await psp.ask(decided('abort'))).toEqual(DONE);
    expect(await vote).toMatchObject({ code: 'HANDLER_FAILED' });
    expect(psp.calls).toEqual([`prepare ${KEY}`, `abort ${KEY}`]);
  });
});

describe('What cannot be true', () => {
  it('a commit of something unknown is an error that people see, until its deadline', async () => {
    const participant = await psp.start();
    expect(await psp.ask(decided('commit'))).toMatchObject({ code: 'BRANCH_UNKNOWN', retriable: false });
    expect(psp.said).toEqual([expect.stringMatching(/^error: .*SO-1~1 payment.*does not know it/)]);
    psp.clock.set(DEADLINE + 1);
    expect(await psp.ask(decided('commit'))).toEqual(DONE);
    expect(participant.status().counters).toMatchObject({ contradictions: 1, forgottenCommits: 1, committed: 0 });
    expect(psp.calls).toEqual([]);
  });

  it.each([
    ['abort', 'commit'],
    ['commit', 'abort'],
  ] as const)('%s after %s is refused, told loudly, and not done', async (late, first) => {
    const participant = await psp.start();
    await psp.ask(prepare());
    await psp.ask(decided(first));
    expect(await psp.ask(decided(late))).toMatchObject({ code: 'OUTCOME_CONTRADICTED', retriable: false });
    expect(psp.calls).toEqual([`prepare ${KEY}`, `${first} ${KEY}`]);
    expect(psp.said).toEqual([expect.stringMatching(/^error: .*Nothing was done/)]);
    expect(participant.status().counters.contradictions).toBe(1);
  });
});

describe('A malformed message', () => {
  const body = JSON.parse(payloadOf(prepare())) as Record<string, unknown>;
  const changed = (changes: object) => JSON.stringify({ ...body, ...changes });

  it.each([
    ['prepare', 'no JSON', 'nonsense', ''],
    ['prepare', 'half a text in UTF-8', new Uint8Array([0xc3]), ''],
    ['prepare', 'a list', '[]', ''],
    ['prepare', 'nothing', '', 'transaction'],
    ['prepare', 'no args', changed({ args: undefined }), 'args'],
    ['prepare', 'an amount of none', changed({ args: { amount: 0, currency: 'GBP', digits: 2 } }), 'args.amount'],
    ['prepare', 'no deadline', changed({ deadline: 'soon' }), 'deadline'],
    ['prepare', 'an empty branch', changed({ branch: '' }), 'branch'],
    ['prepare', 'half a surrogate pair', `{"transaction":"\\ud800"}`, 'transaction'],
    ['commit', 'an id that is too long', changed({ transaction: 'x'.repeat(200) }), 'transaction'],
    ['abort', 'no order', changed({ order: undefined }), 'order'],
    ['perform', 'a phase that there is not', JSON.stringify(body), ''],
  ])('%s with %s is answered with what is wrong, and counted', async (phase, _what, payload, path) => {
    const participant = await psp.start();
    const { body: answer, headers } = await psp.send(phase, payload);
    expect(answer).toMatchObject({ code: 'INVALID_REQUEST', retriable: false });
    const { fields } = answer.details as { fields: readonly { path: string }[] };
    expect(fields.map((field) => field.path)).toContain(path);
    expect(headers?.get('Nats-Service-Error')).not.toBe('');
    expect(participant.status().counters).toMatchObject({ malformed: 1, refused: 0 });
    expect(psp.calls).toEqual([]);
    expect(await psp.ask(prepare())).toEqual(YES);
  });

  it('with more bytes than a message may have is TOO_LARGE', async () => {
    await psp.start();
    const { body: answer } = await psp.send('prepare', changed({ more: 'x'.repeat(600 * 1024) }));
    expect(answer).toMatchObject({ code: 'TOO_LARGE' });
  });

  it('may have fields that are not known yet', async () => {
    await psp.start();
    const payload = changed({ color: 'red', args: { amount: 1, currency: 'GBP', digits: 2, tip: 1 } });
    expect((await psp.send('prepare', payload)).body).toEqual(YES);
  });
});
