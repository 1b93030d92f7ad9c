import { describe, expect, it } from 'vitest';
import type { Definition } from '../../../runtime/definition.ts';
import { type ActorRecord, packRecord } from '../../../runtime/record.ts';
import { checkRecord } from '../../../runtime/upgrade/record-check.ts';
import { job1 } from '../fixtures/job.ts';
import { job } from '../fixtures/node.ts';
import { jobStates, otherJob } from '../fixtures/other-job.ts';
import { command, given, T0 } from '../fixtures/steps.ts';

/** A job that works: it asks another, a command waits, and two timers run. */
function recordOf(changes: Partial<ActorRecord> = {}): ActorRecord {
  const { record } = given(command({ type: 'remind', afterMs: 5_000 }), command({ type: 'work', to: 'job/b' }, 'r1'));
  if (record === null) throw new Error('It has no record.');
  return { ...record, ...changes };
}

function verdictOn(record: ActorRecord, definition: Definition = job1) {
  const definitions = new Map([[definition.type, definition]]);
  return checkRecord(definitions, job('a'), packRecord(record), T0 + 9).verdict;
}

const breaks = (...problems: readonly string[]) => ({
  kind: 'breaks',
  problems: problems.map((problem) => expect.stringContaining(problem)),
});

const asItIs: NonNullable<Definition['migrate']> = ({ value, context }) => ({ value, context });
const version2 = (migrate: Definition['migrate'], more: Parameters<typeof otherJob>[0] = {}) =>
  otherJob({ ...more, version: 2, ...(migrate !== undefined && { migrate }) });
const without = (state: 'idle' | 'working', event: string) => {
  const { [event]: _gone, ...on } = jobStates[state].on ?? {};
  return { ...jobStates[state], on };
};

describe('A stored record', () => {
  it('fits the build that wrote it', () => {
    expect(verdictOn(recordOf())).toEqual({ kind: 'asIs' });
  });

  it('is told with its machine, version and state', () => {
    const checked = checkRecord(new Map([['job', job1]]), job('a'), packRecord(recordOf()), T0);
    expect(checked).toMatchObject({ machine: 'job', version: 1, value: 'working' });
  });

  it('of an older version fits as it is migrated', () => {
    expect(verdictOn(recordOf(), version2(asItIs))).toEqual({ kind: 'migrates' });
  });

  it('that nothing can be made of breaks', () => {
    const checked = checkRecord(new Map([['job', job1]]), job('a'), Buffer.from([0xc1]), T0);
    expect(checked).toEqual({ machine: 'job', version: 0, value: null, verdict: breaks('the record cannot be read') });
  });

  it('of a type that this build does not have breaks', () => {
    const { verdict } = checkRecord(new Map(), job('a'), packRecord(recordOf()), T0);
    expect(verdict).toEqual(breaks('this build has no machine called job'));
  });

  it.each<[string, Partial<ActorRecord>]>([
    ['it is a record of the machine pet', { machine: 'pet' }],
    ['a newer build has written it', { version: 2 }],
    ['the state job.flying does not exist', { value: 'flying' }],
    ['it would be in a final state', { value: 'gone', timers: [], waiting: [] }],
    [
      'the timer reminder is due at no moment',
      { timers: [{ id: 'reminder', dueAt: Number.NaN, event: { type: 'reminded' } }] },
    ],
    [
      'the timer xstate.after.patience.job.working belongs to a state that it is not in',
      {
        value: 'idle',
        waiting: [],
        timers: [{ id: 'p', dueAt: T0, event: { type: 'xstate.after.patience.job.working' } }],
      },
    ],
    [
      'job.working has no such window any more',
      { timers: [{ id: 'p', dueAt: T0, event: { type: 'xstate.after.hope.job.working' } }] },
    ],
    [
      'the timer xstate.after.patience.job.resting belongs to a state that it is not in',
      { timers: [{ id: 'p', dueAt: T0, event: { type: 'xstate.after.patience.job.resting' } }] },
    ],
    ['no state takes alarm', { timers: [{ id: 'alarm', dueAt: T0, event: { type: 'alarm' } }] }],
    [
      'it asks pet, of which this build has no machine',
      { asks: [{ id: 'work', seq: 1, to: 'pet/Rex', event: { type: 'do' } }] },
    ],
    [
      'it asks bark of job, which does not take that any more',
      { asks: [{ id: 'work', seq: 1, to: 'job/b', event: { type: 'bark' } }] },
    ],
    ['it would be in no state that is busy with them', { value: 'idle', timers: [] }],
  ])('breaks where %s', (problem, changes) => {
    const { kind, problems } = verdictOn(recordOf(changes)) as { kind: string; problems: readonly string[] };
    expect(kind).toBe('breaks');
    expect(problems).toContainEqual(expect.stringContaining(problem));
  });

  it('may ask a service whatever it likes', () => {
    const asks = [{ id: 'work', seq: 1, to: 'service:psp', event: { type: 'do' } }];
    expect(verdictOn(recordOf({ asks }))).toEqual({ kind: 'asIs' });
  });

  it.each<[string, Definition]>([
    ['job has no migrate function', version2(undefined)],
    ['the migrate function of job gives it up', version2(() => undefined)],
    ['the state job.flying does not exist', version2(({ context }) => ({ value: 'flying', context }))],
    [
      'its migrate function gives something else each time',
      version2(({ value, context }) => ({ value, context: { ...context, owner: String(performance.now()) } })),
    ],
    [
      'its migrate function changes what it is given',
      version2(({ value, context }) => {
        context.owner = 'somebody else';
        return { value, context };
      }),
    ],
    ['commands wait for their answer', version2(({ context }) => ({ value: 'idle', context }))],
    [
      'context: since is a Date',
      version2(({ value, context }) => ({ value, context: { ...context, since: new Date(0) } })),
    ],
    [
      'context: answers[] is undefined',
      version2(({ value, context }) => ({ value, context: { ...context, answers: [undefined] } })),
    ],
    [
      'context: total is NaN',
      version2(({ value, context }) => ({ value, context: { ...context, total: Number.NaN } })),
    ],
  ])('of an older version breaks where %s', (problem, definition) => {
    expect(verdictOn(recordOf(), definition)).toEqual(breaks(problem));
  });

  it.each<[string, Definition]>([
    ['no state takes do.answered', otherJob({ states: { working: without('working', 'do.answered') } })],
    [
      'no state takes reminded',
      otherJob({ states: { working: without('working', 'reminded'), idle: without('idle', 'reminded') } }),
    ],
    ['job.working has no such window any more', otherJob({ states: { working: { ...jobStates.working, after: {} } } })],
    [
      'it would not stay in job.working',
      otherJob({ states: { working: { ...jobStates.working, always: { target: 'idle' } } } }),
    ],
    [
      'its guards cannot be asked',
      otherJob({
        machine: otherJob({
          states: { working: { ...jobStates.working, always: { guard: 'isDone', target: 'idle' } } },
        }).machine.provide({
          guards: {
            isDone: () => {
              throw new Error('no lines');
            },
          },
        } as never),
      }),
    ],
    [
      'its view cannot be made: no lines',
      otherJob({
        view: () => {
          throw new Error('no lines');
        },
      }),
    ],
    [
      'its view cannot be made: parts[].status is undefined',
      otherJob({ view: ({ value }) => ({ parts: [{ status: { idle: 'resting' }[String(value)] }] }) }),
    ],
    [
      'its facets cannot be made: no lines',
      otherJob({
        facets: () => {
          throw new Error('no lines');
        },
      }),
    ],
    ['it is listed at no moment', otherJob({ facets: () => ({ counts: [], listing: { at: Number.NaN, tags: [] } }) })],
    ['a name is not text', otherJob({ facets: () => ({ counts: [undefined as never], listing: null }) })],
    [
      'context: total must be text',
      otherJob({
        contextShape: { text: '', wrongIn: ({ total }) => (total === '' ? undefined : 'total must be text') },
      }),
    ],
  ])('breaks under another build with the same version where %s', (problem, definition) => {
    expect(verdictOn(recordOf(), definition)).toEqual(breaks(problem));
  });

  it('breaks for all its reasons at once', () => {
    const definition = otherJob({ states: { working: { ...without('working', 'do.answered'), after: {}, tags: [] } } });
    expect(verdictOn(recordOf(), definition)).toEqual(
      breaks('has no such window', 'no state takes do.answered', 'commands wait for their answer'),
    );
  });

  it('is only looked at: neither its bytes nor anything else changes', () => {
    const bytes = packRecord(recordOf());
    const before = Buffer.from(bytes);
    checkRecord(new Map([['job', version2(asItIs)]]), job('a'), bytes, T0);
    expect(Buffer.from(bytes).equals(before)).toBe(true);
  });
});
