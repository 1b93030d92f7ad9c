import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { packRecord } from '../../runtime/record.ts';
import { type Input, newActor, stateOf, step } from '../../runtime/step.ts';
import { job1 } from './fixtures/job.ts';
import { job, text } from './fixtures/node.ts';
import { answer, command, given, message, stepped, T0 } from './fixtures/steps.ts';

const work = command({ type: 'work', to: 'job/b' });
const remind = (afterMs: number) => command({ type: 'remind', afterMs });
const reminder = { id: 'reminder', dueAt: T0 + 500, event: { type: 'reminded', at: 0 } };

describe('A step', () => {
  it('of an actor that never was begins with number 1 and comes from nowhere', () => {
    const { actor, entry } = stepped(step(newActor(job('a'), job1, 0), command({ type: 'create', owner: 'Ann' }), T0));
    expect(entry).toMatchObject({ seq: 1, at: T0, from: null, to: 'idle', event: { type: 'create', owner: 'Ann' } });
    expect(actor.record).toMatchObject({ machine: 'job', version: 1, seq: 1, at: T0, value: 'idle' });
    expect(stateOf(actor)).toMatchObject({ address: 'job/a', seq: 1, at: T0, context: { owner: 'Ann' } });
  });

  it('counts on, also for an actor that was forgotten and comes back', () => {
    const { actor, entry } = stepped(step(newActor(job('a'), job1, 7), command({ type: 'create' }), T0));
    expect([actor.seq, entry.seq, actor.record?.seq]).toEqual([8, 8, 8]);
  });

  it('changes nothing in the actor that it was taken from', () => {
    const actor = given(work, message({ type: 'do', amount: 1 }));
    const before = structuredClone(actor.record);
    step(actor, answer(2, { ok: true }), T0 + 1);
    expect(actor.record).toEqual(before);
  });

  it('stamps its time on the event, and the journal keeps the event without it', () => {
    const { actor, entry } = stepped(step(given(), { kind: 'timer', timer: reminder }, T0 + 7));
    expect(actor.snapshot.context.reminders).toEqual([T0 + 7]);
    expect(entry).toMatchObject({ event: { type: 'reminded' }, cause: 'timer:reminder', at: T0 + 7 });
    expect(entry.event).not.toHaveProperty('at');
  });

  it('never goes back in time, however the clock does', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 1_000 }), { minLength: 1 }), (clock) => {
        let actor = given();
        let last = T0;
        for (const reading of clock) {
          const result = stepped(step(actor, command({ type: 'add', amount: 1 }), T0 - 500 + reading));
          expect(result.entry.at).toBe(Math.max(last, T0 - 500 + reading));
          last = result.entry.at;
          actor = result.actor;
        }
      }),
    );
  });

  it('that throws throws, and the actor is as it was', () => {
    const actor = given();
    expect(() => step(actor, command({ type: 'crash' }), T0)).toThrow('a bug in the machine');
    expect(stepped(step(actor, command({ type: 'add', amount: 1 }), T0)).actor.seq).toBe(2);
  });

  it('gives the same result for the same actor, input and time', () => {
    const anyInput: fc.Arbitrary<Input> = fc.oneof(
      fc.integer({ min: -10, max: 120 }).map((amount) => command({ type: 'add', amount }, `r${amount}`)),
      fc.constant(work),
      fc.integer({ min: 0, max: 50 }).map(remind),
      fc.integer({ min: 0, max: 9 }).map((seq) => answer(seq, { ok: seq % 2 === 0 })),
      fc.constantFrom('do', 'peek', 'halt', 'again', 'quit', 'nonsense').map((type) => message({ type, amount: 1 })),
      fc.constant({ kind: 'timer' as const, timer: reminder }),
    );
    const run = (inputs: readonly (readonly [Input, number])[]) => {
      let actor = given();
      return inputs.map(([input, at]) => {
        const result = step(actor, input, T0 + at);
        if (result.kind !== 'stepped') return result;
        actor = result.actor;
        const { actor: after, ...rest } = result;
        return { ...rest, bytes: after.record === null ? null : Buffer.from(packRecord(after.record)).toString('hex') };
      });
    };
    fc.assert(
      fc.property(fc.array(fc.tuple(anyInput, fc.nat(100)), { maxLength: 30 }), (inputs) => {
        expect(run(inputs)).toEqual(run(inputs));
      }),
    );
  });
});

describe('What is not taken', () => {
  it.each([
    ['an event that the state does not know', message({ type: 'halt' }), []],
    ['an event that no state knows', message({ type: 'nonsense' }), []],
    ['an event whose guard says no', command({ type: 'add', amount: 101 }), ['isSmall']],
  ])('%s writes nothing and is told what would be accepted', (_what, input, guards) => {
    const actor = given();
    const result = step(actor, input, T0);
    expect(result.kind).toBe('refused');
    if (result.kind !== 'refused') return;
    expect(result.refusal.failed.map(({ guard }) => guard)).toEqual(guards);
    expect(result.refusal.accepts).toEqual(['work', 'remind', 'forgetReminder', 'quit']);
  });

  it('a question is answered and writes nothing', () => {
    expect(step(given(), message({ type: 'peek' }), T0)).toEqual({ kind: 'replied', payload: { total: 0 } });
  });

  it('a question to an actor that never was is answered too, and does not make one', () => {
    const actor = newActor(job('a'), job1, 0);
    expect(step(actor, message({ type: 'peek' }), T0)).toEqual({ kind: 'replied', payload: { total: 0 } });
  });

  it('a question that came as a command is a step: somebody waits for the view', () => {
    expect(step(given(), command({ type: 'peek' }), T0).kind).toBe('stepped');
  });
});

describe('An ask', () => {
  it('is kept with the step that made it, and let out once', () => {
    const { actor, asks } = stepped(step(given(), work, T0));
    const ask = { id: 'work', seq: 2, to: 'job/b', event: { type: 'do', amount: 1 } };
    expect(asks).toEqual([ask]);
    expect(actor.record?.asks).toEqual([ask]);
    expect(stepped(step(actor, message({ type: 'do', amount: 1 }), T0)).asks).toEqual([]);
  });

  it('carries the trace of what caused it', () => {
    const { asks } = stepped(step(given(), { ...work, trace: '00-ab-cd-01' } as Input, T0));
    expect(asks[0]?.trace).toBe('00-ab-cd-01');
  });

  it('ends with its answer, which comes in as an event', () => {
    const { actor, entry } = stepped(step(given(work), answer(2, { ok: true, type: 'forged', at: 1, ask: 'x' }), T0));
    expect(actor.record?.asks).toEqual([]);
    expect(actor.snapshot.value).toBe('idle');
    expect(actor.snapshot.context.answers).toEqual([{ type: 'do.answered', ok: true, ask: 'work', at: T0 }]);
    expect(entry.event.type).toBe('do.answered');
  });

  it('stays open when the machine does not take its answer', () => {
    const actor = given(work);
    expect(step(actor, answer(2, { what: 'ever' }), T0).kind).toBe('refused');
    expect(actor.record?.asks).toHaveLength(1);
  });

  it('is replaced by one of the same id; the answer to the older is stale', () => {
    const replaced = stepped(step(given(work), message({ type: 'again' }), T0));
    const ask = { id: 'work', seq: 3, to: 'job/other', event: { type: 'do', amount: 2 } };
    expect(replaced.asks).toEqual([ask]);
    expect(replaced.actor.record?.asks).toEqual([ask]);
    expect(step(replaced.actor, answer(2, { ok: true }), T0)).toEqual({ kind: 'stale' });
    expect(stepped(step(replaced.actor, answer(3, { ok: true }), T0)).actor.snapshot.value).toBe('idle');
  });

  it('is gone when it is canceled; its answer comes too late', () => {
    const { actor } = stepped(step(given(work), message({ type: 'halt' }), T0));
    expect(actor.record?.asks).toEqual([]);
    expect(step(actor, answer(2, { ok: true }), T0)).toEqual({ kind: 'stale' });
  });

  it.each([
    ['an ask that never was', answer(1, { ok: true }, 'other')],
    ['an ask that has been answered', answer(2, { ok: true })],
  ])('%s: its answer changes nothing, unless the machine wants to hear of it', (_what, late) => {
    const actor = given(work, answer(2, { ok: true }));
    expect(step(actor, late, T0)).toEqual({ kind: 'stale' });
    const surprising = { ...late, answer: { surprise: true } } as Input;
    const { entry } = stepped(step(actor, surprising, T0));
    expect(entry.event).toMatchObject({ type: 'answer.late', answer: { surprise: true } });
  });
});

describe('A timer', () => {
  it('is kept with the moment it is due, counted from the step and not from the clock', () => {
    const ahead = given(remind(500));
    expect(ahead.record?.timers).toEqual([reminder]);
    const { actor } = stepped(step(ahead, remind(100), T0 - 999));
    expect(actor.record?.timers).toEqual([{ ...reminder, dueAt: T0 + 100 }]);
  });

  it('is over once it has fired', () => {
    const { actor } = stepped(step(given(remind(500)), { kind: 'timer', timer: reminder }, T0 + 500));
    expect(actor.record?.timers).toEqual([]);
    expect(actor.snapshot.context.reminders).toEqual([T0 + 500]);
  });

  it('is over once it has fired, even where the state does not take it', () => {
    const quiet = given(command({ type: 'remind', id: 'other', afterMs: 500 }), work);
    const other = quiet.record?.timers.find(({ id }) => id === 'other');
    if (other === undefined) throw new Error('It was not set.');
    const { actor } = stepped(step(quiet, { kind: 'timer', timer: other }, T0 + 500));
    expect(actor.record?.timers.map(({ id }) => id)).toEqual(['xstate.after.patience.job.working']);
    expect(actor.snapshot.context.reminders).toEqual([]);
  });

  it('is replaced by one of the same id, and ends when it is canceled', () => {
    expect(given(remind(500), remind(200)).record?.timers).toEqual([{ ...reminder, dueAt: T0 + 200 }]);
    expect(given(remind(500), command({ type: 'forgetReminder' })).record?.timers).toEqual([]);
  });

  it('of a state is set by entering it and ends with leaving it', () => {
    const [timer] = given(work).record?.timers ?? [];
    expect(timer).toMatchObject({ id: 'xstate.after.patience.job.working', dueAt: T0 + 60_000 });
    expect(given(work, answer(2, { ok: true })).record?.timers).toEqual([]);
  });

  it.each([
    [0.2, 1],
    [-5, 0],
    [5e12, 5e12],
  ])('of %d ms is due after %d ms', (delay, waited) => {
    expect(given(remind(delay)).record?.timers[0]?.dueAt).toBe(T0 + waited);
  });

  it('of infinite length is none', () => {
    expect(given(remind(Number.POSITIVE_INFINITY)).record?.timers).toEqual([]);
  });
});

describe('A command', () => {
  it('is answered with the view by the step that took it, when that leaves the actor settled', () => {
    const {
      answer: told,
      settled,
      entry,
      actor,
    } = stepped(step(given(), command({ type: 'add', amount: 3 }, 'r1'), T0));
    expect(settled).toEqual([{ seq: 2, request: { id: 'r1', hash: 'add' } }]);
    expect(told?.error).toBe(false);
    expect(JSON.parse(text(told?.bytes ?? new Uint8Array()))).toEqual({
      state: 'idle',
      total: 3,
      owner: 'Ann',
      version: 2,
    });
    expect(entry.answer).toEqual(told);
    expect(actor.record?.requests).toEqual([{ id: 'r1', hash: 'add', seq: 2 }]);
    expect(actor.record?.waiting).toEqual([]);
  });

  it('waits as long as the actor is busy, and is answered by the step that settles it', () => {
    const busy = given(command({ type: 'work', to: 'job/b' }, 'r1'), message({ type: 'do', amount: 1 }));
    expect(busy.record?.waiting).toEqual([{ seq: 2, request: { id: 'r1', hash: 'work' } }]);
    expect(busy.record?.requests).toEqual([]);
    const done = stepped(step(busy, answer(2, { ok: true }), T0));
    expect(done.settled).toEqual([{ seq: 2, request: { id: 'r1', hash: 'work' } }]);
    expect(done.actor.record?.requests).toEqual([{ id: 'r1', hash: 'work', seq: 4 }]);
  });

  it('is answered with the error that the machine settles it with', () => {
    const { answer: told } = stepped(step(given(work), answer(2, { ok: false }), T0));
    expect(told?.error).toBe(true);
    expect(JSON.parse(text(told?.bytes ?? new Uint8Array()))).toMatchObject({ code: 'DENIED' });
  });

  it('without a request id leaves no answer in the journal', () => {
    expect(stepped(step(given(), command({ type: 'add', amount: 3 }), T0)).entry.answer).toBeUndefined();
  });

  it('that ends the machine lets the record be forgotten', () => {
    expect(stepped(step(given(), command({ type: 'quit' }), T0)).forgotten).toBe(true);
    expect(stepped(step(given(), work, T0)).forgotten).toBe(false);
  });

  it('announces what the machine emits', () => {
    const { announcements, entry } = stepped(step(given(), command({ type: 'add', amount: 3 }), T0));
    expect(announcements).toEqual([{ type: 'added', amount: 3 }]);
    expect(entry.announcements).toEqual(announcements);
  });

  it('leaves no secret in the journal', () => {
    const { entry } = stepped(step(given(), command({ type: 'add', amount: 3, secret: '4111' }), T0));
    expect(entry.event).toEqual({ type: 'add', amount: 3 });
  });
});
