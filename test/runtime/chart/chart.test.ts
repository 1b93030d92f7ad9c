import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type AnyEventObject, type AnyStateMachine, assign, emit, raise, setup } from 'xstate';
import { initialSnapshot, transition } from '../../../runtime/statechart.ts';
import { takeBothWays } from './reference.ts';

const EVENTS = ['a', 'b', 'c', 'd'];

/** A state as the generator draws it; `states` in the order of the document. */
interface Drawn {
  readonly kind: 'atomic' | 'compound' | 'parallel' | 'final';
  readonly states: readonly Drawn[];
  readonly transitions: readonly {
    readonly on: string;
    readonly target: number | null;
    readonly reenter: boolean;
    /** Taken when the count is a multiple of this. */
    readonly every: number;
    readonly counts: boolean;
    readonly raises: string | null;
  }[];
  readonly always: { readonly target: number; readonly every: number } | null;
  readonly after: { readonly target: number } | null;
  readonly onDone: { readonly target: number } | null;
}

const transitionArbitrary = fc.record({
  on: fc.constantFrom(...EVENTS),
  target: fc.option(fc.nat(30), { nil: null }),
  reenter: fc.boolean(),
  every: fc.integer({ min: 1, max: 3 }),
  counts: fc.boolean(),
  raises: fc.option(fc.constantFrom(...EVENTS), { nil: null, freq: 6 }),
});

/** A state with at most so many levels of states below it. */
const drawn: (levels: number) => fc.Arbitrary<Drawn> = fc.memo((levels) =>
  fc.record({
    kind: fc.constantFrom<Drawn['kind']>('atomic', 'compound', 'compound', 'parallel', 'parallel', 'final'),
    states: levels > 1 ? fc.array(drawn(levels - 1), { minLength: 1, maxLength: 3 }) : fc.constant([]),
    transitions: fc.array(transitionArbitrary, { maxLength: 3 }),
    always: fc.option(fc.record({ target: fc.nat(30), every: fc.integer({ min: 3, max: 5 }) }), { nil: null, freq: 5 }),
    after: fc.option(fc.record({ target: fc.nat(30) }), { nil: null, freq: 3 }),
    onDone: fc.option(fc.record({ target: fc.nat(30) }), { nil: null, freq: 2 }),
  }),
);
const chart = drawn(4);

const declared = setup({
  types: {} as { context: { count: number }; events: AnyEventObject },
  guards: { isMultiple: ({ context }, { every }: { every: number }) => context.count % every === 0 },
  actions: {
    count: assign({ count: ({ context }) => context.count + 1 }),
    tell: emit(({ context }) => ({ type: 'told', count: context.count })),
    mark: (_args, _params: { where: string }) => {},
  },
  delays: { pause: ({ context }) => 1_000 + context.count },
});

/**
 * Makes a machine of what was drawn. Only one of its states has an `always`: where several are enabled at once, XState
 * takes them in the order in which their states happened to be entered, which a restored snapshot has forgotten; here it
 * is the order of the document, as SCXML has it.
 */
function machineOf(root: Drawn): AnyStateMachine {
  let hasAlways = false;
  const ids: string[] = [];
  const name = (node: Drawn, id: string): void => {
    ids.push(id);
    if (isNested(node)) for (const [index, child] of node.states.entries()) name(child, `${id}_${index}`);
  };
  name(root, 'root');
  const target = (number: number) => `#${ids[1 + (number % (ids.length - 1))]}`;
  const mark = (where: string) => ({ type: 'mark', params: { where } });
  const config = (node: Drawn, id: string): object => {
    const around = { id, entry: mark(`enter ${id}`), exit: mark(`leave ${id}`) };
    if (node.kind === 'final' && id !== 'root') return { ...around, type: 'final' };
    const on: Record<string, object[]> = {};
    for (const { on: type, target: to, reenter, every, counts, raises } of node.transitions) {
      const transitions = on[type] ?? [];
      on[type] = transitions;
      transitions.push({
        ...(to !== null && { target: target(to), reenter }),
        guard: { type: 'isMultiple', params: { every } },
        actions: [
          mark(`${type} in ${id}`),
          ...(counts ? ['count', 'tell'] : []),
          ...(raises !== null && counts && every === 3 ? [raise({ type: raises })] : []),
        ],
      });
    }
    const always = hasAlways || id === 'root' ? null : node.always;
    hasAlways ||= always !== null;
    return {
      ...around,
      on,
      tags: [id],
      ...(id !== 'root' && {
        ...(always !== null && {
          always: {
            target: target(always.target),
            guard: { type: 'isMultiple', params: { every: always.every } },
            actions: ['count', mark(`always in ${id}`)],
          },
        }),
        ...(node.after !== null && { after: { pause: { target: target(node.after.target) } } }),
        ...(node.onDone !== null &&
          isNested(node) && { onDone: { target: target(node.onDone.target), actions: 'count' } }),
      }),
      ...(isNested(node) && {
        ...(node.kind === 'parallel' ? { type: 'parallel' } : { initial: 's0' }),
        states: Object.fromEntries(node.states.map((child, index) => [`s${index}`, config(child, `${id}_${index}`)])),
      }),
    };
  };
  const whole = { context: { count: 1 }, options: { maxIterations: 200 }, ...config(root, 'root') };
  return declared.createMachine(whole as never) as unknown as AnyStateMachine;
}

function isNested({ kind, states }: Drawn): boolean {
  return (kind === 'compound' || kind === 'parallel') && states.length > 0;
}

/** Whether it ends: what was drawn may go round in circles, and then neither way is right. */
function ends(take: () => unknown): boolean {
  try {
    take();
    return true;
  } catch (error) {
    if (/Infinite loop|circles/.test(String(error))) return false;
    throw error;
  }
}

describe('A chart that was made ready', () => {
  it('takes the same steps as XState does, whatever the chart', () => {
    let taken = 0;
    fc.assert(
      fc.property(chart, fc.array(fc.constantFrom(...EVENTS), { minLength: 1, maxLength: 12 }), (root, events) => {
        fc.pre(isNested(root));
        const machine = machineOf(root);
        fc.pre(ends(() => initialSnapshot(machine)));
        let snapshot = initialSnapshot(machine);
        for (const type of events) {
          const event: AnyEventObject = { type };
          if (snapshot.status !== 'active' || !ends(() => transition(machine, snapshot, event))) return;
          const next = takeBothWays(machine, snapshot, event);
          if (next !== snapshot) taken += 1;
          snapshot = next;
        }
      }),
      { numRuns: 500 },
    );
    expect(taken).toBeGreaterThan(100);
  });
});
