import { describe, expect, it } from 'vitest';
import { effectOf } from '../../runtime/effects.ts';

const AT = 1_000;
const event = { type: 'reminded' };

describe('An action that a transition has collected', () => {
  it.each([
    [
      'an ask',
      { type: 'ask', params: { id: 'work', to: 'job/b', event } },
      { kind: 'ask', id: 'work', to: 'job/b', event },
    ],
    ['a reply', { type: 'reply', params: { vote: 'yes' } }, { kind: 'reply', payload: { vote: 'yes' } }],
    ['a settlement', { type: 'settle', params: { code: 'NO' } }, { kind: 'settle', error: { code: 'NO' } }],
    [
      'an announcement',
      { type: 'xstate.emit', params: { event: { type: 'paid' } } },
      { kind: 'announce', announcement: { type: 'paid' } },
    ],
    ['a cancellation', { type: 'xstate.cancel', params: { sendId: 'work' } }, { kind: 'cancel', id: 'work' }],
    [
      'a timer',
      { type: 'xstate.raise', params: { id: 'r', delay: 20, event } },
      { kind: 'timer', timer: { id: 'r', dueAt: AT + 20, event } },
    ],
    [
      'a timer without a name of its own',
      { type: 'xstate.raise', params: { delay: 20, event } },
      { kind: 'timer', timer: { id: 'reminded', dueAt: AT + 20, event } },
    ],
    [
      'a timer of part of a millisecond',
      { type: 'xstate.raise', params: { id: 'r', delay: 0.1, event } },
      { kind: 'timer', timer: { id: 'r', dueAt: AT + 1, event } },
    ],
    [
      'a timer of less than nothing',
      { type: 'xstate.raise', params: { id: 'r', delay: -20, event } },
      { kind: 'timer', timer: { id: 'r', dueAt: AT, event } },
    ],
    ['an immediate raise, which has happened', { type: 'xstate.raise', params: { event } }, undefined],
    [
      'a timer that never fires',
      { type: 'xstate.raise', params: { delay: Number.POSITIVE_INFINITY, event } },
      undefined,
    ],
  ])('is %s', (_what, action, effect) => {
    expect(effectOf(action, AT)).toEqual(effect);
  });

  it('of another kind is our own bug', () => {
    expect(() => effectOf({ type: 'xstate.spawnChild', params: {} }, AT)).toThrow('"xstate.spawnChild" is none of the');
  });
});
