import { describe, expect, it } from 'vitest';
import { examine } from '../../runtime/commands.ts';
import type { Command } from '../../runtime/mail.ts';
import { newActor } from '../../runtime/step.ts';
import { job1 } from './fixtures/job.ts';
import { job } from './fixtures/node.ts';
import { answer, command, given, T0 } from './fixtures/steps.ts';

const nobody = newActor(job('a'), job1, 0);
const idle = given(command({ type: 'add', amount: 1 }, 'done'));
const busy = given(command({ type: 'work', to: 'job/b' }, 'open'));
const sent = (changes: Partial<Command> = {}): Command => ({ event: { type: 'add' }, cause: 'x', ...changes });

/** Everything that could be wrong at once; each row of the table mends the first of it. */
describe('A command is examined in this order', () => {
  const wrong = { deadline: T0 - 1, expectedVersion: 1 } as const;

  it.each([
    ['its id', busy, sent({ ...wrong, request: { id: 'open', hash: 'x' } }), { kind: 'reused' }],
    ['its deadline', busy, sent({ ...wrong, event: { type: 'create' } }), { kind: 'late' }],
    ['its deadline, also for one that is not there', nobody, sent(wrong), { kind: 'late' }],
    ['existence', nobody, sent({ expectedVersion: 9, request: { id: 'done', hash: 'add' } }), { try: true }],
    ['that it exists', busy, sent({ event: { type: 'create' }, expectedVersion: 9 }), { kind: 'exists', version: 2 }],
    ['its version', busy, sent({ expectedVersion: 9 }), { kind: 'conflict', version: 2 }],
    ['the lock', busy, sent({ expectedVersion: 2 }), { kind: 'locked' }],
    ['acceptance, which is left to the machine', idle, sent({ expectedVersion: 2 }), { try: true }],
  ])('%s', (_what, actor, sentCommand, expected) => {
    const examined = examine(actor, sentCommand, T0);
    if ('try' in expected) expect(examined).toEqual({ kind: 'try' });
    else expect(examined).toMatchObject({ kind: 'tell', outcome: expected });
  });

  it('a remembered answer goes before deadline, version and lock, and needs no acceptance', () => {
    const request = { id: 'done', hash: 'add' };
    expect(examine(idle, sent({ ...wrong, request }), T0)).toEqual({ kind: 'repeat', seq: 2 });
  });

  it('one that is under way is joined, whatever version it expects', () => {
    const request = { id: 'open', hash: 'work' };
    expect(examine(busy, sent({ request, expectedVersion: 9 }), T0)).toEqual({ kind: 'join', seq: 2 });
  });

  it('one that created the actor gets its answer again, not that it exists', () => {
    const created = given();
    const request = { id: 'r', hash: 'create' };
    const record = created.record;
    if (record === null) throw new Error('It is not there.');
    const actor = { ...created, record: { ...record, requests: [{ ...request, seq: 1 }] } };
    expect(examine(actor, sent({ event: { type: 'create' }, request }), T0)).toEqual({ kind: 'repeat', seq: 1 });
  });

  it('is in time up to its deadline', () => {
    expect(examine(idle, sent({ deadline: T0 }), T0).kind).toBe('try');
    expect(examine(idle, sent({ deadline: T0 }), T0 + 1)).toMatchObject({ outcome: { kind: 'late' } });
  });

  it('finds the lock gone once the actor has settled', () => {
    const settled = given(command({ type: 'work', to: 'job/b' }), answer(2, { ok: true }));
    expect(examine(settled, sent(), T0)).toEqual({ kind: 'try' });
  });
});
