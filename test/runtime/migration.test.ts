import { describe, expect, it } from 'vitest';
import { migrate, NoMigration } from '../../runtime/migration.ts';
import type { ActorRecord } from '../../runtime/record.ts';
import { jobStates, otherJob } from './fixtures/other-job.ts';
import { command, given, T0 } from './fixtures/steps.ts';

const NOW = T0 + 1_000;
const PATIENCE = 'xstate.after.patience.job.working';

/** A job that works, with a reminder that it has set for itself. */
function recordOf(changes: Partial<ActorRecord> = {}): ActorRecord {
  const { record } = given(command({ type: 'remind', afterMs: 5_000 }), command({ type: 'work', to: 'job/b' }));
  if (record === null) throw new Error('It has no record.');
  return { ...record, ...changes };
}

const timersOf = (record: ActorRecord) => record.timers.map(({ id, dueAt }) => [id, dueAt - T0]);

describe('A migration', () => {
  it('counts as a step, and does not go back in time', () => {
    const definition = otherJob({ version: 2, migrate: ({ value, context }) => ({ value, context }) });
    expect(migrate(definition, recordOf(), NOW)).toMatchObject({ version: 2, seq: 4, at: NOW });
    expect(migrate(definition, recordOf({ at: NOW + 5 }), NOW)).toMatchObject({ at: NOW + 5 });
  });

  it('is given the record as it was, with the version that it is of', () => {
    const seen: unknown[] = [];
    const definition = otherJob({
      version: 4,
      migrate: (outdated, fromVersion) => {
        seen.push(outdated, fromVersion);
        return outdated;
      },
    });
    const { value, context, timers, at } = recordOf();
    migrate(definition, recordOf({ version: 3 }), NOW);
    expect(seen).toEqual([{ value, context, timers, at }, 3]);
  });

  it('leaves the timers of states that stay as they are', () => {
    const definition = otherJob({ version: 2, migrate: ({ value, context }) => ({ value, context }) });
    expect(timersOf(migrate(definition, recordOf(), NOW))).toEqual([
      ['reminder', 5_000],
      [PATIENCE, 60_000],
    ]);
  });

  it('cancels the timers of states that it leaves, and keeps what the machine has set for itself', () => {
    const definition = otherJob({ version: 2, migrate: ({ context }) => ({ value: 'idle', context }) });
    expect(timersOf(migrate(definition, recordOf(), NOW))).toEqual([['reminder', 5_000]]);
  });

  it('starts the timers of states that it enters', () => {
    const definition = otherJob({
      version: 2,
      states: { hurrying: { ...jobStates.working, tags: 'busy' } },
      migrate: ({ context }) => ({ value: 'hurrying', context }),
    });
    expect(timersOf(migrate(definition, recordOf(), NOW))).toEqual([
      ['reminder', 5_000],
      ['xstate.after.patience.job.hurrying', 61_000],
    ]);
  });

  it('starts none for a delay of Infinity', () => {
    const hurrying = otherJob({ states: { hurrying: jobStates.working } }).machine;
    const definition = otherJob({
      version: 2,
      machine: hurrying.provide({ delays: { patience: () => Number.POSITIVE_INFINITY } } as never),
      migrate: ({ context }) => ({ value: 'hurrying', context }),
    });
    expect(timersOf(migrate(definition, recordOf(), NOW))).toEqual([['reminder', 5_000]]);
  });

  it('may say itself what timers there are: a window goes on under another name', () => {
    const definition = otherJob({
      version: 2,
      states: { hurrying: jobStates.working },
      migrate: ({ context, timers }) => ({
        value: 'hurrying',
        context,
        timers: timers.map((timer) => {
          const type = timer.id.replace('.working', '.hurrying');
          return { ...timer, id: type, event: timer.id === type ? timer.event : { type } };
        }),
      }),
    });
    expect(timersOf(migrate(definition, recordOf(), NOW))).toEqual([
      ['reminder', 5_000],
      ['xstate.after.patience.job.hurrying', 60_000],
    ]);
  });

  it.each([
    ['of a newer build', otherJob({ version: 2 }), 3, 'a newer build has written it'],
    ['without a migrate function', otherJob({ version: 2 }), 1, 'job has no migrate function'],
    ['that is given up', otherJob({ version: 2, migrate: () => undefined }), 1, 'gives it up'],
  ])('of a record %s there is none', (_what, definition, version, why) => {
    expect(() => migrate(definition, recordOf({ version }), NOW)).toThrow(NoMigration);
    expect(() => migrate(definition, recordOf({ version }), NOW)).toThrow(why);
  });

  it('that throws says so', () => {
    const definition = otherJob({
      version: 2,
      migrate: () => {
        throw new TypeError('no lines');
      },
    });
    expect(() => migrate(definition, recordOf(), NOW)).toThrow('the migrate function throws: no lines');
  });

  it('into a state that the machine does not have is none', () => {
    const definition = otherJob({ version: 2, migrate: ({ context }) => ({ value: 'flying', context }) });
    expect(() => migrate(definition, recordOf(), NOW)).toThrow('the state job.flying does not exist');
  });
});
