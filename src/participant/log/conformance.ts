import type { BranchLog } from './branch-log.ts';
import type { EndedEntry, LogEntry, OpenEntry } from './entry.ts';

/** One sentence about a log, and the code that finds out whether it holds; it rejects where not. */
export interface BranchLogCheck {
  readonly name: string;
  /** @param log an empty one. */
  readonly run: (log: BranchLog) => Promise<void>;
}

/**
 * What every BranchLog must keep to, for whoever writes one: run each check on an empty log, with any test runner. That
 * a write survives the loss of power cannot be tried out here.
 */
export const branchLogChecks: readonly BranchLogCheck[] = [
  {
    name: 'knows nothing of a branch that was never written',
    async run(log) {
      same(await log.read(open(1)), undefined);
      same(await log.open({ limit: 10 }), []);
    },
  },
  {
    name: 'gives back the newest entry, as it was written',
    async run(log) {
      const first = open(1, { args: { text: 'ÄÖÜ ~!"/', deep: { list: [1, null, true] } } });
      const second: OpenEntry = { ...first, revision: 2, state: 'prepared', keep: { authorization: 'A-1' } };
      same(await log.write(first), true);
      same(await log.read(first), first);
      same(await log.write(second), true);
      same(await log.read(first), second);
    },
  },
  {
    name: 'tells branches apart, however their ids are written',
    async run(log) {
      const ids = ['a', 'a/b', 'a!b', 'a=2Fb', 'A', 'ä', '~'];
      const entries = ids.flatMap((transaction) => ids.map((branch) => open(1, { transaction, branch })));
      for (const entry of entries) same(await log.write(entry), true);
      for (const entry of entries) same(await log.read(entry), entry);
      same((await log.open({ limit: 100 })).length, entries.length);
    },
  },
  {
    name: 'refuses an entry that does not follow the one before it, and writes nothing',
    async run(log) {
      const first = open(1);
      same(await log.write({ ...first, revision: 2 }), false);
      same(await log.write(first), true);
      same(await log.write({ ...first, state: 'prepared' }), false);
      same(await log.write({ ...first, revision: 3, state: 'prepared' }), false);
      same(await log.read(first), first);
    },
  },
  {
    name: 'lets one of two writes of the same revision win',
    async run(log) {
      const entries: readonly LogEntry[] = [open(1), ended(1)];
      const won = await Promise.all(entries.map((entry) => log.write(entry)));
      same([...won].sort(), [false, true]);
      same(await log.read(open(1)), entries[won.indexOf(true)]);
    },
  },
  {
    name: 'lists what is open, oldest first, page by page, and nothing that has ended',
    async run(log) {
      for (const since of [30, 10, 20]) {
        await log.write(open(1, { branch: `b${since}`, since }));
        await log.write(open(1, { branch: `a${since}`, since }));
      }
      await log.write(ended(1, { branch: 'never-open', since: 5 }));
      await log.write(ended(2, { branch: 'a20', since: 20 }));
      const first = await log.open({ limit: 3 });
      same(
        first.map(({ branch }) => branch),
        ['a10', 'b10', 'b20'],
      );
      const after = first[2];
      if (after === undefined) throw new Error('The first page is too short.');
      same(
        (await log.open({ limit: 3, after })).map(({ branch }) => branch),
        ['a30', 'b30'],
      );
    },
  },
  {
    name: "finds an order's open branches of other transactions",
    async run(log) {
      for (const transaction of ['SO-1~1', 'SO-1~2', 'SO-1~10', 'SO-1~3']) await log.write(open(1, { transaction }));
      await log.write(open(1, { transaction: 'SO-10~1', order: 'SO-10' }));
      await log.write(ended(2, { transaction: 'SO-1~3' }));
      const found = await log.openOfOrder('SO-1', 'SO-1~1', 10);
      same(found.map(({ transaction }) => transaction).sort(), ['SO-1~10', 'SO-1~2']);
      same((await log.openOfOrder('SO-1', 'SO-1~1', 1)).length, 1);
      same(await log.openOfOrder('SO-10', 'SO-10~1', 10), []);
    },
  },
  {
    name: 'forgets what has ended before a moment, at most as much as it is told, and never what is open',
    async run(log) {
      await log.write(open(1, { branch: 'open', deadline: 10 }));
      for (const deadline of [10, 20, 30, 40]) await log.write(ended(1, { branch: `e${deadline}`, deadline }));
      same(await log.forget(40, 2), 2);
      same(await log.forget(40, 2), 1);
      same(await log.forget(40, 2), 0);
      const left = ['open', 'e10', 'e20', 'e30', 'e40'].map((branch) => log.read(open(1, { branch })));
      const found = (await Promise.all(left)).map((entry) => entry !== undefined);
      same(found, [true, false, false, false, true]);
    },
  },
  {
    name: 'may be written anew after it was forgotten',
    async run(log) {
      await log.write(ended(1, { deadline: 10 }));
      await log.forget(11, 1);
      same(await log.write(open(1, { deadline: 99 })), true);
      same((await log.open({ limit: 9 })).length, 1);
    },
  },
];

const facts = { transaction: 'SO-1~1', branch: 'payment', order: 'SO-1', operation: 'charge', deadline: 99, since: 1 };

function open(revision: number, changes: Partial<OpenEntry> = {}): OpenEntry {
  return { ...facts, revision, state: 'preparing', args: { amount: 700 }, ...changes };
}

function ended(revision: number, changes: Partial<EndedEntry> = {}): EndedEntry {
  return { ...facts, revision, state: 'aborted', ...changes };
}

function same(actual: unknown, expected: unknown): void {
  const [found, wanted] = [actual, expected].map(canonical);
  if (found !== wanted) throw new Error(`It gave ${found} and not ${wanted}.`);
}

/** JSON with sorted names: a log may keep fields in an order of its own. */
function canonical(value: unknown): string {
  const sorted = (_name: string, inner: unknown) =>
    typeof inner === 'object' && inner !== null && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
      : inner;
  return JSON.stringify(value, sorted) ?? 'undefined';
}
