import { type AnyEventObject, type AnyStateMachine, type MachineContext, matchesState, type StateValue } from 'xstate';
import type { Configuration } from './configuration.ts';
import type { ChartState } from './state.ts';

type Arguments = { readonly context: MachineContext; readonly event: AnyEventObject };
type Predicate = (args: Arguments, params: unknown) => boolean;
/** A guard that `and`, `or`, `not` or `stateIn` has made, as XState 5 builds it. */
type Composed = (() => boolean) & {
  readonly check: (state: unknown, args: Arguments, self: unknown) => boolean;
  readonly guards?: readonly GuardConfig[];
  readonly stateValue?: StateValue;
};
type GuardConfig = string | { readonly type: string; readonly params?: unknown } | Predicate | Composed;

/** A guard that is ready to be asked. */
export type Guard = (state: ChartState, event: AnyEventObject) => boolean;

/** Looks a guard's implementation up once, instead of every time that it is asked. */
export function guardOf(machine: AnyStateMachine, config: unknown): Guard | undefined {
  return config === undefined ? undefined : prepared(machine, config as GuardConfig);
}

function prepared(machine: AnyStateMachine, config: GuardConfig): Guard {
  if (typeof config === 'function') return 'check' in config ? composed(machine, config) : plain(config, undefined);
  const name = typeof config === 'string' ? config : config.type;
  const declared = (machine.implementations.guards as Readonly<Record<string, GuardConfig | undefined>>)[name];
  if (declared === undefined) throw new Error(`The guard "${name}" of the machine ${machine.id} is not declared`);
  // An alias, or a composition: it takes no params of its own.
  if (typeof declared !== 'function' || 'check' in declared) return prepared(machine, declared);
  return plain(declared, typeof config === 'string' ? undefined : config.params);
}

function plain(predicate: Predicate, params: unknown): Guard {
  if (typeof params === 'function') {
    return ({ context }, event) => predicate({ context, event }, params({ context, event }));
  }
  return ({ context }, event) => predicate({ context, event }, params);
}

function composed(machine: AnyStateMachine, config: Composed): Guard {
  if (config.name === 'and' && config.guards !== undefined) {
    const guards = config.guards.map((guard) => prepared(machine, guard));
    return (state, event) => {
      for (const guard of guards) if (!guard(state, event)) return false;
      return true;
    };
  }
  if (config.name === 'stateIn' && config.stateValue !== undefined) return inState(config.stateValue);
  // The rest is rare: XState's own check does it. It reads the state's value, nodes, context and machine.
  return (state, event) => config.check(state.asSnapshot(), { context: state.context, event }, config);
}

/** It depends on the active states alone, so each configuration is asked once. */
function inState(asked: StateValue): Guard {
  const known = new WeakMap<Configuration, boolean>();
  return ({ configuration }) => {
    let isIn = known.get(configuration);
    if (isIn === undefined) {
      const isId = typeof asked === 'string' && asked.startsWith('#');
      isIn = isId
        ? configuration.nodes.some(({ id }) => id === asked.slice(1))
        : matchesState(asked, configuration.value);
      known.set(configuration, isIn);
    }
    return isIn;
  };
}
