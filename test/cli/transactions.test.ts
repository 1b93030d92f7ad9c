import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { CommandLine } from '../fixtures/command-line.ts';
import { FakeError } from '../fixtures/fake-service.ts';

let ordo: CommandLine;

beforeAll(async () => {
  ordo = await CommandLine.start();
});
afterAll(() => ordo.stop());
afterEach(() => ordo.quiet());

const branch = (name: string, participant: string, fields: object = {}) => ({
  branch: name,
  participant,
  vote: 'yes',
  outcome: 'done',
  says: 'committed',
  disagreement: null,
  ...fields,
});

/** A transaction that waits for the vote of the payment. */
const preparing = {
  id: 'SO-1~1',
  order: 'SO-1',
  operation: 'pay',
  state: 'preparing',
  decision: null,
  decidedAt: null,
  abortedBy: null,
  startedAt: '2010-12-01T08:59:50.000Z',
  deadline: '2010-12-01T09:00:01.500Z',
  branches: [
    branch('order', 'order/SO-1', { outcome: null, says: 'prepared' }),
    branch('payment', 'payment/SO-1', { vote: null, outcome: null, says: 'unknown' }),
  ],
};

/** One that is decided, and waits for an outside service. */
const committing = {
  ...preparing,
  state: 'committing',
  decision: 'committed',
  decidedAt: '2010-12-01T08:59:55.000Z',
  branches: [
    branch('order', 'order/SO-1'),
    branch('payment', 'service:psp', { outcome: null, says: null }),
    branch('stock/A', 'stock/A', { outcome: null, says: 'prepared' }),
  ],
};

const committed = {
  ...committing,
  state: 'committed',
  branches: [branch('order', 'order/SO-1'), branch('stock/A', 'stock/A', { says: 'forgotten' })],
};

describe('ordo tx show', () => {
  it('shows coordinator and participants side by side, and what can be done', async () => {
    await ordo.serve(() => preparing);
    const { output, received } = await ordo.run(['tx', 'show', 'SO-1~1']);
    expect(received).toEqual([['transactions.branches.SO-1=7E1', {}]]);
    expect(output).toBe(`\
SO-1~1  preparing
pay of SO-1, started 2010-12-01 09:59:50 (10s ago)
votes due in 1s
branch   participant   vote     outcome             participant says
order    order/SO-1    yes                          prepared, waits for the decision
payment  payment/SO-1  missing  unanswered for 10s  holds nothing of it

What can be done now:
  $ ordo tx retry SO-1~1
      ask again now whoever has not answered
  $ ordo tx resolve SO-1~1 --outcome aborted
      abort: nothing has changed anywhere yet, and the order is free again
`);
  });

  it('offers to close only what waits for an answer, and only as decided', async () => {
    await ordo.serve(() => committing);
    const { output } = await ordo.run(['tx', 'get', 'SO-1~1']);
    expect(output.slice(output.indexOf('What can'))).toBe(`\
What can be done now:
  $ ordo tx retry SO-1~1
      ask again now whoever has not answered
  $ ordo tx resolve SO-1~1 --branch payment --outcome committed
      close payment as committed, as decided; only after you have seen in its own books that it is so
  $ ordo tx resolve SO-1~1 --branch stock/A --outcome committed
      close stock/A as committed, as decided; it still waits for that, so asking again is better
`);
  });

  it('marks what does not agree', async () => {
    const broken = branch('payment', 'payment/SO-1', { says: 'aborted', disagreement: 'it has aborted, and more' });
    await ordo.serve(() => ({ ...committed, branches: [broken] }));
    const { output } = await ordo.run(['tx', 'show', 'SO-1~1']);
    expect(output).toContain('DISAGREEMENT\n  payment: it has aborted, and more\n');
  });

  it('has nothing to offer where it has ended', async () => {
    await ordo.serve(() => committed);
    const { output } = await ordo.run(['tx', 'show', 'SO-1~1']);
    expect(output).toContain('over, and no longer remembered');
    expect(output).toMatch(/\nNothing is left to do\.\n$/);
  });

  it('prints the answer as it is with --json', async () => {
    await ordo.serve(() => preparing);
    expect((await ordo.run(['tx', 'show', 'SO-1~1', '--json'])).output).toBe(`${JSON.stringify(preparing)}\n`);
  });
});

describe('ordo tx list', () => {
  it('shows ages, and whom each one waits for', async () => {
    await ordo.serve(() => ({ transactions: [preparing, committing, committed], cursor: null }));
    const { output, received } = await ordo.run(['tx', 'list', '--state', 'inDoubt', '--older-than', '1m']);
    expect(received).toEqual([['transactions.list', { state: 'inDoubt', olderThanMs: 60_000 }]]);
    expect(output).toBe(`\
transaction  state       operation  order  started  waits for
SO-1~1       preparing   pay        SO-1   10s ago  payment
SO-1~1       committing  pay        SO-1   10s ago  payment stock/A
SO-1~1       committed   pay        SO-1   10s ago
`);
  });

  it('says so where nothing is in doubt', async () => {
    await ordo.serve(() => ({ transactions: [], cursor: null }));
    const { output, errors } = await ordo.run(['tx', 'list', '--state', 'inDoubt']);
    expect([output, errors]).toEqual(['', 'No transaction is in doubt.\n']);
  });
});

describe('ordo tx retry', () => {
  it('shows what has changed since', async () => {
    let looked = 0;
    await ordo.serve(({ subject }) => {
      if (subject.startsWith('transactions.branches')) looked += 1;
      return looked < 2 ? committing : committed;
    });
    const { output, received } = await ordo.run(['tx', 'retry', 'SO-1~1', '--for', '1s']);
    expect(received).toEqual([
      ['transactions.branches.SO-1=7E1', {}],
      ['transactions.retry.SO-1=7E1', {}],
      ['transactions.wait.SO-1=7E1', { timeoutMs: 1_000 }],
      ['transactions.branches.SO-1=7E1', {}],
    ]);
    expect(output).toMatch(/\nChanged:\n {2}committing → committed\n {2}stock\/A is done\n$/);
  });

  it('says so where nothing has', async () => {
    await ordo.serve(({ subject }) => (subject.includes('wait') ? new FakeError('WAIT_TIMEOUT') : committing));
    expect((await ordo.run(['tx', 'retry', 'SO-1~1'])).output).toMatch(/\nNothing has changed yet\.\n$/);
  });

  it('asks once and prints the answer with --json', async () => {
    await ordo.serve(() => committing);
    const { output, received } = await ordo.run(['tx', 'retry', 'SO-1~1', '--json']);
    expect(received).toEqual([['transactions.retry.SO-1=7E1', {}]]);
    expect(output).toBe(`${JSON.stringify(committing)}\n`);
  });
});

describe('ordo tx resolve', () => {
  const by = ['--by', 'ann', '--reason', 'seen in their books'];

  /** Serves a transaction; gives what was resolved. */
  async function resolve(view: object, flags: readonly string[], answers?: readonly string[]) {
    await ordo.serve(() => view);
    const surroundings = answers === undefined ? {} : { answers };
    const run = await ordo.run(['tx', 'resolve', 'SO-1~1', ...flags], {}, surroundings);
    return {
      ...run,
      resolved: run.received.flatMap(([subject, body]) => (String(subject).includes('resolve') ? [body] : [])),
    };
  }

  it('does as the flags say where there is no terminal', async () => {
    const aborted = await resolve(preparing, ['--outcome', 'aborted', ...by]);
    expect(aborted).toMatchObject({
      exitCode: 0,
      errors: '',
      resolved: [{ outcome: 'aborted', by: 'ann', reason: 'seen in their books' }],
    });
    ordo.quiet();
    const closed = await resolve(committing, ['--branch', 'payment', '--outcome', 'committed', ...by]);
    expect(closed.resolved).toEqual([
      { branch: 'payment', outcome: 'committed', by: 'ann', reason: 'seen in their books' },
    ]);
  });

  it('asks for the flags that are missing, and for nothing else, where there is no terminal', async () => {
    const { exitCode, errors, received } = await resolve(preparing, ['--outcome', 'aborted', '--by', 'ann']);
    expect([exitCode, received]).toEqual([2, []]);
    expect(errors).toContain('--reason');
  });

  it('wants --yes for an outcome that differs from the decision', async () => {
    const flags = ['--branch', 'payment', '--outcome', 'aborted', ...by];
    const { exitCode, errors, resolved } = await resolve(committing, flags);
    expect([exitCode, resolved]).toEqual([2, []]);
    expect(errors).toMatch(/heuristic outcome\. It makes SO-1~1 mixed for good; add --yes/);
    ordo.quiet();
    expect((await resolve(committing, [...flags, '--yes'])).resolved).toEqual([
      { branch: 'payment', outcome: 'aborted', by: 'ann', reason: 'seen in their books' },
    ]);
  });

  it('leaves it to the service to refuse what cannot be', async () => {
    const { resolved } = await resolve(committed, ['--branch', 'payment', '--outcome', 'committed', ...by]);
    expect(resolved).toHaveLength(1);
  });

  it('shows how it stands at a terminal, and asks what to do, who and why', async () => {
    const { exitCode, errors, asked, resolved } = await resolve(committing, [], ['9', '2', 'ann', '', 'seen it', 'y']);
    expect(exitCode).toBe(0);
    expect(errors).toContain('participant says');
    expect(errors).toContain(`\
What is to be done?
  1  ask again now whoever has not answered
  2  close payment as committed, as decided; only after you have seen in its own books that it is so
  3  close stock/A as committed, as decided; it still waits for that, so asking again is better
  4  HEURISTIC: close payment as aborted, AGAINST the decision; mixed for good
  5  HEURISTIC: close stock/A as aborted, AGAINST the decision; mixed for good
There is no 9; it goes from 1 to 5.
`);
    expect(asked.slice(2, 5)).toEqual(['Who decides? ', 'Why? ', 'Why? ']);
    expect(asked.at(-1)).toMatch(/^close payment as committed.*Go ahead\? \[y\/N\] $/);
    expect(resolved).toEqual([{ branch: 'payment', outcome: 'committed', by: 'ann', reason: 'seen it' }]);
  });

  it('only offers to ask again or to abort while it is preparing', async () => {
    const { errors, resolved } = await resolve(preparing, [], ['2', 'ann', 'down', 'yes']);
    expect(errors).toMatch(/1 {2}ask again now.*\n {2}2 {2}abort: .*\n$/);
    expect(resolved).toEqual([{ outcome: 'aborted', by: 'ann', reason: 'down' }]);
  });

  it("takes an outcome against the decision only for the transaction's id", async () => {
    const { exitCode, errors, resolved } = await resolve(committing, [], ['4', 'ann', 'gone', 'y']);
    expect([exitCode, resolved]).toEqual([130, []]);
    expect(errors).toMatch(
      /heuristic outcome\.\nOrder, money and goods will not agree afterwards\.\nNothing was changed\.\n$/,
    );
    ordo.quiet();
    expect((await resolve(committing, [], ['4', 'ann', 'gone', 'SO-1~1'])).resolved).toEqual([
      { branch: 'payment', outcome: 'aborted', by: 'ann', reason: 'gone' },
    ]);
  });

  it.each([
    ['no answer to what is to be done', ['']],
    ['Ctrl-D', []],
    ['a no at the end', ['2', 'ann', 'down', '']],
    ['Ctrl-D in the middle', ['2', 'ann']],
  ])('changes nothing after %s', async (_what, answers) => {
    const { exitCode, errors, resolved } = await resolve(preparing, [], answers);
    expect([exitCode, resolved]).toEqual([130, []]);
    expect(errors).toMatch(/Nothing was changed\.\n$/);
  });

  it('asks nothing at a terminal either with --yes and all flags', async () => {
    const { asked, resolved } = await resolve(preparing, ['--outcome', 'aborted', ...by, '--yes'], []);
    expect([asked.length, resolved.length]).toEqual([0, 1]);
  });

  it('says so where nothing is left to resolve', async () => {
    const { exitCode, errors } = await resolve(committed, [], ['1']);
    expect(exitCode).toBe(2);
    expect(errors).toContain('SO-1~1 is committed: there is nothing to resolve.');
  });
});
