import { describe, expect, it } from 'vitest';
import { type Run, simulate } from './run.ts';

/** How many seeds are tried; `ORDO_SIM_SEEDS=2000` tries more, `ORDO_SIM_FROM=17 ORDO_SIM_SEEDS=1` one again. */
const SEEDS = Number(process.env.ORDO_SIM_SEEDS ?? 120);
const FROM = Number(process.env.ORDO_SIM_FROM ?? 1);
const CHUNK = 20;

/** A run that fails names its seed, and how it went up to there. */
async function lived(seed: number): Promise<Run> {
  try {
    return await simulate(seed);
  } catch (error) {
    throw new Error(`Seed ${seed}: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
  }
}

describe('A node in a rough world', () => {
  const chunks = Array.from({ length: Math.ceil(SEEDS / CHUNK) }, (_, nth) => FROM + nth * CHUNK);

  it.each(chunks)(
    'keeps its promises and comes to rest, and each seed has one history: seeds from %d',
    {
      timeout: 600_000,
    },
    async (first) => {
      for (let seed = first; seed < Math.min(first + CHUNK, FROM + SEEDS); seed += 1) {
        const run = await lived(seed);
        const again = await lived(seed);
        expect(again.trace, `Seed ${seed} has two histories`).toEqual(run.trace);
      }
    },
  );
});
