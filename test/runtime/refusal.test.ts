import { describe, expect, it } from 'vitest';
import { and, not, or, setup, stateIn } from 'xstate';
import type { Definition } from '../../runtime/definition.ts';
import { accepted, accepts, failedGuards, refusalOf } from '../../runtime/refusal.ts';
import { initialSnapshot, transition } from '../../runtime/statechart.ts';
import { job1 } from './fixtures/job.ts';

type Event = { readonly type: string; readonly n?: number };

const base = setup({
  types: {} as { context: { readonly limit: number }; events: Event },
  guards: {
    isSmall: ({ context, event }) => (event.n ?? 0) < context.limit,
    isEven: ({ event }) => (event.n ?? 0) % 2 === 0,
    isBetween: ({ event }, { least, most }: { least: number; most: number }) =>
      (event.n ?? 0) >= least && (event.n ?? 0) <= most,
    isNever: () => false,
  },
});
const guarded = base
  .extend({
    guards: {
      isSmallAndEven: and(['isSmall', 'isEven']),
      isSmallOrEven: or(['isSmall', 'isEven']),
      isOdd: not('isEven'),
      isElsewhere: stateIn({ right: 'b' }),
    },
  })
  .extend({ guards: { isAll: and(['isSmallAndEven', 'isElsewhere', 'isOdd']) } });

const machine = guarded.createMachine({
  id: 'm',
  context: { limit: 10 },
  type: 'parallel',
  states: {
    left: {
      on: {
        plain: { guard: 'isSmall' },
        both: { guard: 'isSmallAndEven' },
        either: { guard: 'isSmallOrEven' },
        neither: { guard: 'isOdd' },
        nested: { guard: 'isAll' },
        ranged: { guard: { type: 'isBetween', params: { least: 3, most: 5 } } },
        candidates: [{ guard: 'isSmall' }, { guard: 'isNever' }, { guard: 'isSmall' }],
        hidden: { guard: 'isNever' },
        shared: { guard: 'isSmall' },
        free: {},
      },
    },
    right: {
      initial: 'a',
      on: { shared: { guard: 'isEven' } },
      states: { a: { on: { go: 'b' } }, b: {} },
    },
  },
});

const definition: Definition = {
  ...job1,
  type: 'm',
  machine,
  commands: ['plain', 'both', 'free', 'go', 'hidden'],
  why: (guard, { limit }, event) =>
    guard === 'isNever'
      ? undefined
      : { why: `${guard} says no to ${event.n}`, ...(guard === 'isSmall' && { accepted: limit }) },
};

const snapshot = initialSnapshot(machine);
const names = (type: string, n: number) => failedGuards(definition, snapshot, { type, n }).map(({ guard }) => guard);

describe('A refusal', () => {
  it.each([
    ['the guard that failed', 'plain', 11, ['isSmall']],
    ['nothing for an event that no state takes', 'unknown', 1, []],
    ['of a conjunction, the parts that failed', 'both', 10, ['isSmall']],
    ['of a conjunction, all parts that failed', 'both', 11, ['isSmall', 'isEven']],
    ['of an alternative, the whole', 'either', 11, ['isSmallOrEven']],
    ['of a negation, the whole', 'neither', 2, ['isOdd']],
    ['of conjunctions in conjunctions, the leaves', 'nested', 12, ['isSmall', 'isElsewhere', 'isOdd']],
    ['a guard with its parameters', 'ranged', 6, ['isBetween']],
    ['each guard once, and none that only chooses between paths', 'candidates', 11, ['isSmall']],
    ['none that has no words', 'hidden', 1, []],
    ['what failed in every region', 'shared', 11, ['isSmall', 'isEven']],
  ])('names %s', (_what, type, n, guards) => {
    expect(names(type, n)).toEqual(guards);
  });

  it('does not name guards that passed', () => {
    expect(names('both', 2)).toEqual([]);
    expect(names('ranged', 4)).toEqual([]);
  });

  it('says why, and what would be accepted', () => {
    expect(refusalOf(definition, snapshot, { type: 'plain', n: 11, at: 5 })).toEqual({
      accepts: ['plain', 'both', 'free', 'go'],
      failed: [{ guard: 'isSmall', why: 'isSmall says no to 11', accepted: 10 }],
    });
  });

  it('lists what is accepted now, in the order in which commands are listed', () => {
    const { next } = transition(machine, snapshot, { type: 'go' });
    expect(accepted(definition, next, 5)).toEqual(['plain', 'both', 'free']);
  });

  it('is for whatever is not accepted', () => {
    expect(accepts(snapshot, { type: 'plain', n: 9 })).toBe(true);
    expect(accepts(snapshot, { type: 'plain', n: 10 })).toBe(false);
    expect(accepts(snapshot, { type: 'unknown' })).toBe(false);
  });

  it('is all that a machine that has ended has to say', () => {
    const { next } = transition(job1.machine, initialSnapshot(job1.machine), { type: 'create' });
    const ended = transition(job1.machine, next, { type: 'quit' }).next;
    expect(accepted(job1, ended, 5)).toEqual([]);
  });
});
