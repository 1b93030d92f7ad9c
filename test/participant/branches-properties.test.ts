import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Fault, type Move, Town } from './fixtures/town.ts';

const nth = fc.nat({ max: 2 });
const fault: fc.Arbitrary<Fault> = fc.oneof(
  { weight: 3, arbitrary: fc.constant({ kind: 'none' } as const) },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('crashInLog' as const),
      use: fc.nat({ max: 5 }),
      when: fc.constantFrom('before' as const, 'after' as const),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('handler' as const),
      how: fc.constantFrom('throwBefore' as const, 'throwAfter' as const, 'crashAfter' as const),
    }),
  },
);
const move: fc.Arbitrary<Move> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ type: fc.constant('prepare' as const), nth, fault }) },
  { weight: 3, arbitrary: fc.record({ type: fc.constant('tell' as const), nth, fault }) },
  { weight: 2, arbitrary: fc.record({ type: fc.constant('lookAfter' as const), nth, fault }) },
  { weight: 2, arbitrary: fc.record({ type: fc.constant('decide' as const), nth }) },
  { weight: 2, arbitrary: fc.record({ type: fc.constant('pass' as const), ms: fc.nat({ max: 8_000 }) }) },
  { weight: 1, arbitrary: fc.record({ type: fc.constantFrom('forget' as const, 'restart' as const) }) },
);
const votes = fc.array(fc.constantFrom('yes' as const, 'no' as const, 'yesThenNo' as const), {
  minLength: 3,
  maxLength: 3,
});

async function breachesOf(skewMs: number, wanted: ConstructorParameters<typeof Town>[1], moves: readonly Move[]) {
  const town = new Town(skewMs, wanted);
  for (const one of moves) await town.make(one);
  await town.heal();
  return town.breaches;
}

describe('Whatever crashes, fails, is repeated or comes late', () => {
  it('a branch ends as its transaction does, is never both applied and undone, and nothing stays held', async () => {
    const skew = fc.integer({ min: -5_000, max: 5_000 });
    await fc.assert(
      fc.asyncProperty(skew, votes, fc.array(move, { maxLength: 25 }), async (skewMs, wanted, moves) => {
        expect(await breachesOf(skewMs, wanted, moves)).toEqual([]);
      }),
      { numRuns: 1_000 },
    );
  });

  it('a prepare that crashed after its effect is undone, although nothing was ever answered', async () => {
    const fault = { kind: 'handler', how: 'crashAfter' } as const;
    expect(await breachesOf(0, ['yes'], [{ type: 'prepare', nth: 0, fault }])).toEqual([]);
  });
});
