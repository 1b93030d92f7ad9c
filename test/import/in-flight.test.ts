import { describe, expect, it } from 'vitest';
import { forEachInFlight } from '../../src/import/in-flight.ts';
import { forEachInOrder } from '../../src/import/in-order.ts';

const never = new AbortController().signal;
const nextTurn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
const numbers = (count: number): number[] => Array.from({ length: count }, (_, index) => index);

describe('working through items in flight', () => {
  it('does every item once and never has more under way than the limit', async () => {
    const done: number[] = [];
    let underWay = 0;
    let most = 0;
    const finished = await forEachInFlight(numbers(100), 7, never, async (item) => {
      underWay += 1;
      most = Math.max(most, underWay);
      await nextTurn();
      underWay -= 1;
      done.push(item);
    });
    expect(finished).toBe(100);
    expect(most).toBe(7);
    expect(done.toSorted((a, b) => a - b)).toEqual(numbers(100));
  });

  it('begins nothing new once it is stopped, and finishes what is under way', async () => {
    const stop = new AbortController();
    const begun: number[] = [];
    const finished = await forEachInFlight(numbers(100), 4, stop.signal, async (item) => {
      begun.push(item);
      if (item === 9) stop.abort();
      await nextTurn();
    });
    expect(finished).toBe(begun.length);
    expect(begun.length).toBeLessThan(14);
  });

  it('throws the first error, after the others have finished', async () => {
    let finished = 0;
    const run = forEachInFlight(numbers(10), 3, never, async (item) => {
      if (item === 1) throw new Error('gone');
      await nextTurn();
      finished += 1;
    });
    await expect(run).rejects.toThrow('gone');
    expect(finished).toBe(2);
  });
});

describe('working through actions in order', () => {
  it('lets no action overtake an earlier one with a key in common, and others overlap', async () => {
    const log: string[] = [];
    const actions = numbers(30).map((number) => ({ number, keys: [`a${number % 3}`, `b${number % 5}`] }));
    let most = 0;
    let underWay = 0;
    await forEachInOrder(
      actions,
      (action) => action.keys,
      8,
      never,
      async ({ number, keys }) => {
        underWay += 1;
        most = Math.max(most, underWay);
        // The later ones are quicker: without the order they would overtake.
        for (let turns = number; turns < 30; turns += 1) await nextTurn();
        underWay -= 1;
        for (const key of keys) log.push(`${key}:${number}`);
      },
    );
    for (const key of new Set(actions.flatMap((action) => action.keys))) {
      const seen = log.filter((line) => line.startsWith(`${key}:`)).map((line) => Number(line.split(':')[1]));
      expect(seen).toEqual(seen.toSorted((a, b) => a - b));
    }
    expect(most).toBeGreaterThan(1);
  });

  it('begins no action whose predecessor has thrown', async () => {
    const begun: number[] = [];
    const run = forEachInOrder(
      numbers(4),
      () => ['same'],
      4,
      never,
      async (action) => {
        begun.push(action);
        await nextTurn();
        throw new Error('gone');
      },
    );
    await expect(run).rejects.toThrow('gone');
    expect(begun).toEqual([0]);
  });
});
