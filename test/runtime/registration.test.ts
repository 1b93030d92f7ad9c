import { describe, expect, it } from 'vitest';
import { type AnyStateMachine, assign, createMachine, fromPromise, log, sendTo, setup, spawnChild } from 'xstate';
import { definitions } from '../../machines/index.ts';
import type { Definition } from '../../runtime/definition.ts';
import { problemsOf, register } from '../../runtime/registration.ts';
import { job1 } from './fixtures/job.ts';

const defined = (machine: AnyStateMachine, changes: Partial<Definition> = {}): Definition => ({
  ...job1,
  type: 'm',
  machine,
  commands: [],
  ...changes,
});

/** A machine of one state, made of whatever is wrong with it. */
function machineOf(
  state: Readonly<Record<string, unknown>>,
  implementations: Readonly<Record<string, unknown>> = {},
): AnyStateMachine {
  return createMachine(
    { id: 'm', initial: 'one', states: { one: state, two: {} } } as never,
    implementations as never,
  ) as unknown as AnyStateMachine;
}

const plain = assign({});

describe('Registration takes', () => {
  it('all machines of this project', () => {
    const all = definitions.map((definition) => ({ ...definition, check: () => undefined }));
    expect([...register(all).keys()]).toEqual(['order', 'transaction', 'payment', 'stock', 'shipment']);
  });

  it('a machine of named actions, guards, delays, timers and effects', () => {
    expect(problemsOf(job1)).toEqual([]);
  });
});

describe('Registration refuses', () => {
  const on = (transition: object, implementations = {}) => machineOf({ on: { go: transition } }, implementations);

  it.each<[string, AnyStateMachine, string]>([
    ['an invoke', machineOf({ invoke: { src: fromPromise(async () => 1) } }), 'state m.one: it invokes an actor'],
    [
      'an action of plain code',
      on({ actions: 'shout' }, { actions: { shout: () => {} } }),
      'the action "shout" is plain code',
    ],
    ['an action without a name', on({ actions: () => {} }), 'state m.one: on "go": it has an action without a name'],
    ['an assign without a name', on({ actions: plain }), 'state m.one: on "go": it has an action without a name'],
    [
      'an action that is not declared',
      on({ actions: 'nobody' }),
      'state m.one: on "go": the action "nobody" is not declared',
    ],
    [
      'an effect that is not declared',
      on({ actions: { type: 'ask', params: {} } }),
      'the action "ask" is not declared',
    ],
    ['an entry action without a name', machineOf({ entry: () => {} }), 'state m.one: it has an action without a name'],
    ['an exit action that is not declared', machineOf({ exit: 'nobody' }), 'state m.one: the action "nobody" is not'],
    ['a guard without a name', on({ guard: () => true }), 'state m.one: on "go": it has a guard without a name'],
    [
      'a guard that is not declared',
      on({ guard: 'nobody' }),
      'state m.one: on "go": the guard "nobody" is not declared',
    ],
    [
      'an always with a guard without a name',
      machineOf({ always: { guard: () => false } }),
      'state m.one: always: it has a guard',
    ],
    ['a delay in figures', machineOf({ after: { 500: 'two' } }), 'state m.one: the delay "500" is not declared'],
    [
      'a delay that is not declared',
      machineOf({ after: { patience: 'two' } }),
      'state m.one: the delay "patience" is not',
    ],
    [
      'a delay with a dot',
      machineOf({ after: { 'a.b': 'two' } }),
      'state m.one: the delay "a.b" has a dot in its name',
    ],
    ['a wildcard', machineOf({ on: { '*': { target: 'two' } } }), 'state m.one: on "*": name the events'],
    ['a wildcard for part of a name', machineOf({ on: { 'pay.*': { target: 'two' } } }), 'on "pay.*": name the events'],
    [
      'sending to an actor',
      on({ actions: 'send' }, { actions: { send: sendTo('x', { type: 'y' }) } }),
      'the action "send" is xstate.sendTo',
    ],
    [
      'spawning',
      on({ actions: 'spawn' }, { actions: { spawn: spawnChild('x') } }),
      'the action "spawn" is xstate.spawnChild',
    ],
    ['logging', on({ actions: 'say' }, { actions: { say: log('x') } }), 'the action "say" is xstate.log'],
    [
      'effects on the way to the initial state',
      machineOf({ entry: 'tell' }, { actions: { tell: setup({}).emit({ type: 'born' } as never) } }),
      'getting to its initial state has effects',
    ],
    [
      'what is wrong deep inside',
      machineOf({ initial: 'deep', states: { deep: { initial: 'deeper', states: { deeper: { entry: 'nobody' } } } } }),
      'state m.one.deep.deeper: the action "nobody"',
    ],
  ])('%s', (_what, machine, problem) => {
    expect(problemsOf(defined(machine)).join('\n')).toContain(problem);
  });

  it('a history state', () => {
    const machine = machineOf({ initial: 'a', states: { a: {}, h: { type: 'history' } } });
    expect(problemsOf(defined(machine))).toEqual([
      'state m.one.h: it is a history state, which a record does not hold',
    ]);
  });

  it.each<[string, Partial<Definition>, string]>([
    [
      'a type that is not the id of the machine',
      { type: 'n' },
      'its machine\'s id is "m"; it must be the actor\'s type',
    ],
    ['a version of 0', { version: 0 }, 'its version must be a whole number from 1'],
    ['a version that is no whole number', { version: 1.5 }, 'its version must be a whole number from 1'],
    ['a command that no state takes', { commands: ['fly'] }, 'no state takes the command "fly"'],
  ])('%s', (_what, changes, problem) => {
    expect(problemsOf(defined(machineOf({}), changes))).toEqual([problem]);
  });

  it('a type that is registered twice', () => {
    expect(() => register([job1, job1])).toThrow('job: registered twice');
  });

  it('many things at once, and names them all', () => {
    const machine = machineOf({ entry: 'nobody', on: { '*': {} } });
    let thrown: unknown;
    try {
      register([defined(machine, { version: 0 })]);
    } catch (error) {
      thrown = error;
    }
    expect(thrown).toMatchObject({ code: 'MACHINE_REFUSED' });
    for (const problem of ['m: its version', 'm: state m.one: the action "nobody"', 'm: state m.one: on "*"']) {
      expect(String(thrown)).toContain(problem);
    }
  });
});
