import { beforeEach, describe, expect, it } from 'vitest';
import { type Active, activeOf } from '../../runtime/activation.ts';
import { CHAIN_START } from '../../runtime/journal.ts';
import type { Ask } from '../../runtime/record.ts';
import { REPETITION_PAUSES, Repetition } from '../../runtime/repetition.ts';
import { newActor } from '../../runtime/step.ts';
import { SteppedClock } from '../fixtures/stepped-clock.ts';
import { job1 } from './fixtures/job.ts';
import { job } from './fixtures/node.ts';
import { given } from './fixtures/steps.ts';

const ask = (id: string, seq = 1, to = 'job/b'): Ask => ({ id, seq, to, event: { type: 'do' } });

describe('Repetition', () => {
  let clock: SteppedClock;
  let start: number;
  let random: () => number;
  let sent: string[];
  let repetition: Repetition;

  beforeEach(() => {
    clock = new SteppedClock();
    start = clock.now();
    random = () => 0.5;
    sent = [];
    repetition = new Repetition({
      clock,
      pauses: REPETITION_PAUSES,
      random: () => random(),
      send: (from, { id, seq }) => sent.push(`${clock.now() - start} ${from} ${id}#${seq}`),
    });
  });

  /** An actor whose open asks are these. */
  function asking(...asks: readonly Ask[]): Active {
    const active = activeOf(given(), CHAIN_START);
    return open(active, ...asks);
  }

  function open(active: Active, ...asks: readonly Ask[]): Active {
    const { record } = active.actor;
    if (record === null) throw new Error('It has no record.');
    active.actor = { ...active.actor, record: { ...record, asks } };
    return active;
  }

  const times = () => sent.map((line) => Number(line.split(' ')[0]));

  it('of an actor begins at once, and its pauses double up to half a minute', async () => {
    repetition.begin(asking(ask('a')), [ask('a')]);
    await clock.pass(100_000);
    expect(times()).toEqual([0, 500, 1_500, 3_500, 7_500, 15_500, 31_500, 61_500, 91_500]);
  });

  it('of a service leaves it more time', async () => {
    const one = ask('a', 1, 'service:psp');
    repetition.begin(asking(one), [one]);
    await clock.pass(70_000);
    expect(times()).toEqual([0, 2_000, 6_000, 14_000, 30_000, 60_000]);
  });

  it.each([
    [0, [0, 400, 1_200, 2_800]],
    [0.999_999, [0, 600, 1_800, 4_200]],
  ])('has a jitter of a fifth: %d', async (dice, expected) => {
    random = () => dice;
    repetition.begin(asking(ask('a')), [ask('a')]);
    await clock.pass(expected.at(-1) ?? 0);
    expect(times()).toEqual(expected);
  });

  it('stops when the ask is answered or canceled, and nothing is planned any more', async () => {
    const active = asking(ask('a'), ask('b'));
    repetition.begin(active, [ask('a'), ask('b')]);
    open(active, ask('b'));
    await clock.pass(1_000);
    expect(sent.filter((line) => line.includes('a#1'))).toHaveLength(1);
    expect(sent.filter((line) => line.includes('b#1'))).toHaveLength(2);
    open(active);
    await clock.pass(100_000);
    expect(sent).toHaveLength(3);
    expect(clock.planned).toEqual([]);
  });

  it('goes on with the newer one when an ask is replaced, from the shortest pause', async () => {
    const active = asking(ask('a'));
    repetition.begin(active, [ask('a')]);
    await clock.pass(2_000);
    open(active, ask('a', 5));
    repetition.begin(active, [ask('a', 5)]);
    await clock.pass(600);
    expect(sent.slice(3)).toEqual(['2000 job/a a#5', '2500 job/a a#5']);
  });

  it('does not send a replaced one before the newer one has begun', async () => {
    const active = asking(ask('a'));
    repetition.begin(active, [ask('a')]);
    open(active, ask('a', 5));
    await clock.pass(100_000);
    expect(sent).toHaveLength(1);
  });

  it('has one thing planned for an actor, however many asks it has', () => {
    const asks = Array.from({ length: 50 }, (_, nth) => ask(`a${nth}`));
    repetition.begin(asking(...asks), asks);
    expect(sent).toHaveLength(50);
    expect(clock.planned).toHaveLength(1);
  });

  it('begins with the next ask while others are in their pause', async () => {
    const active = asking(ask('a'), ask('b'));
    repetition.begin(active, [ask('a')]);
    await clock.pass(300);
    repetition.begin(active, [ask('b')]);
    await clock.pass(500);
    expect(sent).toEqual(['0 job/a a#1', '300 job/a b#1', '500 job/a a#1', '800 job/a b#1']);
  });

  it('ends when it is stopped', async () => {
    const active = asking(ask('a'));
    repetition.begin(active, [ask('a')]);
    active.stopRepeating?.();
    await clock.pass(100_000);
    expect(sent).toHaveLength(1);
  });

  it('of nothing plans nothing', () => {
    repetition.begin(activeOf(newActor(job('a'), job1, 0), CHAIN_START), []);
    expect(clock.planned).toEqual([]);
  });
});
