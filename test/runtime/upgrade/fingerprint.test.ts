import { describe, expect, it } from 'vitest';
import { type AnyStateMachine, createMachine } from 'xstate';
import type { Definition } from '../../../runtime/definition.ts';
import { buildOf } from '../../../runtime/upgrade/fingerprint.ts';
import { job1 } from '../fixtures/job.ts';
import { jobStates, otherJob } from '../fixtures/other-job.ts';

const fingerprint = (definition: Definition) => buildOf(new Map([['job', definition]])).get('job')?.fingerprint;
const shaped = (text: string) => otherJob({ contextShape: { text, wrongIn: () => undefined } });
const { idle, working } = jobStates;

const leaving = (guard: string, target: string) =>
  otherJob({ states: { idle: { ...idle, always: { guard, target } } } });

describe('The fingerprint of a machine', () => {
  it('is the same for the same machine, in whatever order its states are written', () => {
    const config = {
      ...(job1.machine.config as object),
      states: Object.fromEntries(Object.entries(jobStates).reverse()),
    };
    const machine = createMachine(config as never, job1.machine.implementations as never) as unknown as AnyStateMachine;
    expect(Object.keys(machine.states)).not.toEqual(Object.keys(job1.machine.states));
    expect(fingerprint(otherJob({ machine }))).toBe(fingerprint(job1));
  });

  it('does not depend on what guards, actions and descriptions say', () => {
    const machine = job1.machine.provide({ guards: { isSmall: () => true } } as never);
    expect(fingerprint(otherJob({ machine }))).toBe(fingerprint(job1));
    expect(fingerprint(otherJob({ states: { idle: { ...idle, description: 'At rest.' } as never } }))).toBe(
      fingerprint(job1),
    );
  });

  it.each<[string, Definition]>([
    ['a state comes', otherJob({ states: { resting: {} } })],
    ['an event is taken', otherJob({ states: { working: { ...working, on: { ...working.on, quit: 'gone' } } } })],
    ['a window comes', otherJob({ states: { idle: { ...idle, after: { patience: 'gone' } } } })],
    ['a window goes', otherJob({ states: { working: { ...working, after: {} } } })],
    ['a state is left by itself', leaving('isSmall', 'gone')],
    ['a tag goes', otherJob({ states: { working: { ...working, tags: [] } } })],
    ['the context has a shape', shaped('{ total: text }')],
  ])('changes when %s', (_what, definition) => {
    expect(fingerprint(definition)).not.toBe(fingerprint(job1));
  });

  it('changes with when and where to a state is left by itself', () => {
    const ways = [leaving('isSmall', 'gone'), leaving('isPositive', 'gone'), leaving('isSmall', 'working')];
    expect(new Set(ways.map(fingerprint)).size).toBe(3);
  });

  it('changes with the shape of the context', () => {
    expect(fingerprint(shaped('{ total: text }'))).not.toBe(fingerprint(shaped('{ total: a whole number }')));
  });
});
