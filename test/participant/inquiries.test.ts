import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { isOpen, type LogEntry } from '../../src/participant/index.ts';
import { startTestNats, type TestNats } from '../fixtures/nats.ts';
import { DAWN, DEADLINE, decided, entryIn, prepare } from './fixtures/branches.ts';
import { Coordinator } from './fixtures/coordinator.ts';
import { TestParticipant } from './fixtures/test-participant.ts';

let nats: TestNats;
let psp: TestParticipant;
let coordinator: Coordinator;

beforeAll(async () => {
  nats = await startTestNats();
});
afterAll(() => nats.stop());
beforeEach(() => {
  psp = new TestParticipant(nats.connection);
  coordinator = new Coordinator(nats.connection);
});
afterEach(async () => {
  await psp.stop();
  coordinator.stop();
});

const TOKEN = 'SO-1=7E1';

/** Puts a branch into the log as an earlier process has left it. */
async function left(state: LogEntry['state'], changes: Parameters<typeof entryIn>[1] = {}): Promise<void> {
  const entry = entryIn(state, changes);
  await psp.log.write({ ...entry, revision: 1 });
}

async function stateOf(
  changes: { transaction?: string; branch?: string } = {},
): Promise<LogEntry['state'] | undefined> {
  return (await psp.log.read(decided('commit', changes)))?.state;
}

/** Lets time pass in steps that leave the network its time. */
async function pass(ms: number): Promise<void> {
  for (let passed = 0; passed < ms; passed += 1_000) {
    await psp.clock.pass(1_000);
    await nats.connection.flush();
    await psp.clock.pass(0);
  }
}

describe('A participant that starts again', () => {
  it.each(['committed', 'aborted'] as const)('asks what has become of its yes, and does it: %s', async (outcome) => {
    coordinator.outcomes[TOKEN] = outcome;
    await left('prepared');
    const kept: unknown[] = [];
    psp.behavior[outcome === 'committed' ? 'commit' : 'abort'] = ({ keep }) => {
      kept.push(keep);
    };
    await psp.start();
    await psp.until(async () => (await stateOf()) === outcome);
    expect(coordinator.asked).toEqual([`${TOKEN} payment`]);
    expect(kept).toEqual(['A-1']);
  });

  it.each([
    ['committing', 'committed', 'commit'],
    ['aborting', 'aborted', 'abort'],
  ] as const)('goes on with what was decided, without asking: %s', async (before, after, phase) => {
    await left(before);
    await psp.start();
    await psp.until(async () => (await stateOf()) === after);
    expect([psp.calls, coordinator.asked]).toEqual([[`${phase} ${TOKEN}/payment`], []]);
  });

  it('waits for the repeat of a prepare that it had begun', async () => {
    await left('preparing');
    await psp.start();
    await pass(2_000);
    expect([psp.calls, await stateOf()]).toEqual([[], 'preparing']);
    expect(await psp.ask(prepare())).toEqual({ vote: 'yes' });
  });

  it('undoes by itself, without asking, what it never voted on in time', async () => {
    await left('preparing');
    psp.clock.set(DEADLINE + 1);
    await psp.start();
    await psp.until(async () => (await stateOf()) === 'aborted');
    expect([psp.calls, coordinator.asked]).toEqual([[`abort ${TOKEN}/payment`], []]);
  });

  it('looks after all of them, however many, and one that fails holds up no other', async () => {
    const branches = Array.from({ length: 2_500 }, (_, index) => `stock/${index}`);
    for (const branch of branches) await left('prepared', { branch });
    coordinator.outcomes[TOKEN] = 'committed';
    psp.behavior.commit = ({ branch }) => {
      if (branch === 'stock/7') throw new Error('it does not work');
    };
    await psp.start();
    await psp.until(async () => {
      await psp.clock.pass(500);
      return (await psp.log.open({ limit: 9 })).length === 1;
    });
    expect(await stateOf({ branch: 'stock/7' })).toBe('committing');
    expect(new Set(psp.calls).size).toBe(2_500);
  });
});

describe('A yes that hears no decision', () => {
  it('asks once its deadline has passed, with growing pauses, until it is told', async () => {
    await psp.start();
    await psp.ask(prepare());
    await pass(9_000);
    expect(coordinator.asked).toEqual([]);
    await pass(300_000);
    // After 10 s, then pauses of 5, 10, 20, 40 and 60 s, each up to the next round.
    const times = coordinator.asked.length;
    expect(times).toBeGreaterThan(5);
    expect(times).toBeLessThan(11);
    expect(await stateOf()).toBe('prepared');
    coordinator.outcomes[TOKEN] = 'aborted';
    await pass(70_000);
    expect(coordinator.asked).toHaveLength(times + 1);
    expect(psp.calls.at(-1)).toBe(`abort ${TOKEN}/payment`);
    // Its deadline is over, so that nothing needs to be known of it any more.
    expect(await stateOf()).toBeUndefined();
  });

  it.each([
    ['undecided', { outcome: 'undecided' }],
    ['a word that it does not know', { outcome: 'postponed' }],
    ['nonsense', { answer: 42 }],
  ])('never guesses when it is told %s', async (_what, said) => {
    coordinator.outcomes[TOKEN] = said;
    await psp.start();
    await psp.ask(prepare());
    await pass(60_000);
    expect(coordinator.asked.length).toBeGreaterThan(1);
    expect([await stateOf(), psp.calls]).toEqual(['prepared', [`prepare ${TOKEN}/payment`]]);
  });

  it('never guesses when nobody answers, and says that it waits', async () => {
    coordinator.stop();
    const participant = await psp.start();
    await psp.ask(prepare());
    await pass(100_000);
    expect(await stateOf()).toBe('prepared');
    expect(psp.said).toEqual([expect.stringMatching(/^warn: Branches are undecided.*is Ordo running/)]);
    const [open] = await participant.branches();
    expect(open).toEqual({
      transaction: 'SO-1~1',
      branch: 'payment',
      order: 'SO-1',
      operation: 'charge',
      state: 'prepared',
      since: new Date(DAWN),
      deadline: new Date(DEADLINE),
      ageMs: 100_000,
    });
  });

  it('is told committed although it never promised: nothing is done, and people are told', async () => {
    await psp.start();
    psp.behavior.prepare = () => {
      throw new Error('the provider is away');
    };
    await psp.ask(prepare());
    coordinator.outcomes[TOKEN] = 'committed';
    expect(await psp.ask(prepare({ transaction: 'SO-1~2' }))).toMatchObject({ code: 'OLDER_BRANCH_UNDECIDED' });
    expect(psp.calls).toEqual([`prepare ${TOKEN}/payment`]);
    expect(psp.said.at(-1)).toMatch(/^error: .*to be committed, but it is preparing/);
  });
});

describe('A decision whose handler has failed', () => {
  it('is carried out again without being asked, with growing pauses', async () => {
    await psp.start();
    await psp.ask(prepare());
    const failures = ['once', 'twice'];
    psp.behavior.commit = () => {
      const failure = failures.shift();
      if (failure !== undefined) throw new Error(failure);
    };
    await psp.ask(decided('commit'));
    await pass(30_000);
    expect(psp.calls.slice(1)).toEqual(Array(3).fill(`commit ${TOKEN}/payment`));
    expect([await psp.log.open({ limit: 9 }), coordinator.asked]).toEqual([[], []]);
  });
});

describe('A prepare while an older branch of the order is undecided', () => {
  const next = prepare({ transaction: 'SO-1~2', deadline: DEADLINE + 60_000 });

  it('asks about the older one at once, settles that, and votes', async () => {
    await psp.start();
    await psp.ask(prepare());
    coordinator.outcomes[TOKEN] = 'committed';
    expect(await psp.ask(next)).toEqual({ vote: 'yes' });
    expect(coordinator.asked).toEqual([`${TOKEN} payment`]);
    expect(psp.calls).toEqual([`prepare ${TOKEN}/payment`, `commit ${TOKEN}/payment`, 'prepare SO-1=7E2/payment']);
  });

  it('is answered with an error as long as the older one stays undecided', async () => {
    const participant = await psp.start();
    await psp.ask(prepare());
    expect(await psp.ask(next)).toMatchObject({ code: 'OLDER_BRANCH_UNDECIDED', retriable: true });
    expect(await stateOf({ transaction: 'SO-1~2' })).toBeUndefined();
    expect(participant.status().counters).toMatchObject({ inquiries: 1, refused: 1 });
  });

  it('does not wait for ever for one whose handler hangs', async () => {
    await psp.start();
    await psp.ask(prepare());
    psp.behavior.commit = () => new Promise(() => {});
    coordinator.outcomes[TOKEN] = 'committed';
    const answer = psp.ask(next);
    await psp.until(() => psp.calls.length === 2);
    expect(await psp.passUntil(answer)).toMatchObject({ code: 'OLDER_BRANCH_UNDECIDED' });
    await psp.passUntil(psp.stop());
  });

  it('of another order is voted on', async () => {
    await psp.start();
    await psp.ask(prepare());
    expect(await psp.ask(prepare({ transaction: 'SO-2~1', order: 'SO-2' }))).toEqual({ vote: 'yes' });
  });
});

describe('What has ended', () => {
  it('is forgotten once its deadline has passed, and what is open never is', async () => {
    await psp.start();
    for (const branch of ['a', 'b', 'c']) await psp.ask(prepare({ branch }));
    await psp.ask(decided('commit', { branch: 'a' }));
    await psp.ask(decided('abort', { branch: 'b' }));
    await psp.ask(decided('abort', { branch: 'tombstone' }));
    await pass(5_000);
    const states = () => Promise.all(['a', 'b', 'tombstone', 'c'].map((branch) => stateOf({ branch })));
    expect(await states()).toEqual(['committed', 'aborted', 'aborted', 'prepared']);
    await pass(10_000);
    expect(await states()).toEqual([undefined, undefined, undefined, 'prepared']);
    expect((await psp.log.open({ limit: 9 })).every(isOpen)).toBe(true);
    // A prepare that has been under way all the time is too late by now.
    expect(await psp.ask(prepare({ branch: 'b' }))).toMatchObject({ vote: 'no', code: 'PREPARE_TIMEOUT' });
  });

  it('is forgotten however much it is', async () => {
    const branches = Array.from({ length: 2_500 }, (_, index) => `stock/${index}`);
    for (const branch of branches) await left('committed', { branch });
    psp.clock.set(DEADLINE + 1);
    await psp.start();
    await psp.until(async () => (await stateOf({ branch: 'stock/2499' })) === undefined);
    expect((await Promise.all(branches.map((branch) => stateOf({ branch })))).filter(Boolean)).toEqual([]);
  });
});
