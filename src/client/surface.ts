import {
  type AnswerOf,
  type EndpointName,
  endpointNames,
  endpointOf,
  type endpoints,
  type InputOf,
  type KeyKind,
} from '../contracts/index.ts';
import type { CallOptions } from './call-options.ts';

type GroupOf<Name extends EndpointName> = Name extends `${infer Group}.${string}` ? Group : never;
type ActionOf<Group extends string> = EndpointName extends infer Name
  ? Name extends `${Group}.${infer Action}`
    ? Action
    : never
  : never;

/** The key as the first argument, named after what it is. */
interface KeyArguments {
  readonly order: [orderId: string];
  readonly sku: [sku: string];
  readonly transaction: [transactionId: string];
}

/** A body that may be empty may be left out. */
type BodyArguments<Name extends EndpointName> =
  Record<never, never> extends InputOf<Name>
    ? [body?: InputOf<Name>, options?: CallOptions]
    : [body: InputOf<Name>, options?: CallOptions];

interface WithOrWithoutKey<Name extends EndpointName> {
  (orderId: string | null, ...rest: BodyArguments<Name>): Promise<AnswerOf<Name>>;
  (...rest: BodyArguments<Name>): Promise<AnswerOf<Name>>;
}

/** An endpoint as a method. Rejects with OrdoError, or with the reason of the signal. */
export type Call<Name extends EndpointName> = (typeof endpoints)[Name] extends { readonly keyOptional: true }
  ? WithOrWithoutKey<Name>
  : (typeof endpoints)[Name]['key'] extends infer Kind extends KeyKind
    ? (...args: [...KeyArguments[Kind], ...BodyArguments<Name>]) => Promise<AnswerOf<Name>>
    : (...args: BodyArguments<Name>) => Promise<AnswerOf<Name>>;

/** Every endpoint as a method, by the two words of its name: `calls.orders.pay`. */
export type Calls = {
  readonly [Group in GroupOf<EndpointName>]: {
    readonly [Action in ActionOf<Group>]: `${Group}.${Action}` extends infer Name extends EndpointName
      ? Call<Name>
      : never;
  };
};

/** The general form that every method comes down to. */
type MakeCall = (name: EndpointName, key: string | null, body: unknown, options?: CallOptions) => Promise<unknown>;

/** Makes the methods from the table of endpoints. */
export function makeCalls(call: MakeCall): Calls {
  const groups: Record<string, Record<string, (...args: unknown[]) => Promise<unknown>>> = {};
  for (const name of endpointNames) {
    const [group = '', action = ''] = name.split('.');
    const { key, keyOptional = false } = endpointOf(name);
    groups[group] ??= {};
    groups[group][action] = (...args) => {
      const startsWithBody = key === null || (keyOptional && isBody(args[0]));
      const [id, body, options] = startsWithBody ? [null, ...args] : args;
      return call(name, id as string | null, body ?? {}, options as CallOptions | undefined);
    };
  }
  return groups as unknown as Calls; // the table is what its type is made from, too
}

function isBody(argument: unknown): boolean {
  return typeof argument === 'object' && argument !== null;
}
