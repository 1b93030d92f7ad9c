/**
 * What contexts look like, as data that is made beside their types: TypeScript holds the two together, so that a field
 * that is added to a context is missed here until it is described. Pure, and without a library (machines import xstate
 * only).
 */
import type { MachineContext } from 'xstate';

/** Looks over one value. `Value` is the type of what it lets through. */
export interface Shape<out Value> {
  /** What it must be, in words. */
  readonly text: string;
  /** What is wrong with a value, with the path to it; `undefined` when it is in order. */
  readonly wrongIn: (value: unknown, path: string) => string | undefined;
  /** Never there: it carries the type. */
  readonly value?: Value;
}

/** A field that may be missing. */
export interface MaybeMissing<out Value> extends Shape<Value> {
  readonly mayBeMissing: true;
}

type Fields<T> = {
  readonly [Key in keyof T]-?: Record<never, never> extends Pick<T, Key> ? MaybeMissing<T[Key]> : Shape<T[Key]>;
};

function shape<Value>(text: string, isRight: (value: unknown) => boolean): Shape<Value> {
  return { text, wrongIn: (value, path) => (isRight(value) ? undefined : `${path} must be ${text}`) };
}

export const text = shape<string>('text', (value) => typeof value === 'string');
export const flag = shape<boolean>('true or false', (value) => typeof value === 'boolean');
/** Units, ms since 1970, durations, numbers of things. */
export const count = shape<number>(
  'a whole number from 0',
  (value) => Number.isSafeInteger(value) && Number(value) >= 0,
);
/** Money in its smallest unit, which a discount makes negative. */
export const amount = shape<number>('a whole number', (value) => Number.isSafeInteger(value));
/** Whatever a client or a service has put into it. */
export const anyObject = shape<Readonly<Record<string, unknown>>>('an object', isObject);

export function oneOf<const Word extends string>(...words: readonly Word[]): Shape<Word> {
  return shape(`one of ${words.join(', ')}`, (value) => (words as readonly unknown[]).includes(value));
}

export function nullable<Value>(inner: Shape<Value>): Shape<Value | null> {
  return {
    text: `null or ${inner.text}`,
    wrongIn: (value, path) => (value === null ? undefined : inner.wrongIn(value, path)),
  };
}

export function optional<Value>(inner: Shape<Value>): MaybeMissing<Value> {
  return {
    text: `nothing or ${inner.text}`,
    wrongIn: (value, path) => (value === undefined ? undefined : inner.wrongIn(value, path)),
    mayBeMissing: true,
  };
}

/** A list; its entries' paths do not tell them apart (`lines[].sku`), so that records with the same fault are one group. */
export function listOf<Value>(inner: Shape<Value>): Shape<readonly Value[]> {
  return {
    text: `a list of ${inner.text}`,
    wrongIn: (value, path) =>
      Array.isArray(value) ? firstWrong(value, (entry) => inner.wrongIn(entry, `${path}[]`)) : `${path} must be a list`,
  };
}

/** An object with at least these fields. Others do no harm: they are what an older build has left. */
export function object<T extends object>(fields: Fields<T>): Shape<T> {
  const entries = Object.entries(fields as Readonly<Record<string, Shape<unknown>>>);
  return {
    text: `{ ${entries.map(([name, field]) => `${name}: ${field.text}`).join(', ')} }`,
    wrongIn: (value, path) =>
      isObject(value)
        ? firstWrong(entries, ([name, field]) => field.wrongIn(value[name], path === '' ? name : `${path}.${name}`))
        : `${path === '' ? 'the context' : path} must be an object`,
  };
}

/** One of several objects, told apart by a field that each of them has with a word of its own. */
export function variants<T extends object>(
  field: keyof T & string,
  cases: Readonly<Record<string, Shape<T>>>,
): Shape<T> {
  const words = Object.keys(cases);
  return {
    text: Object.entries(cases)
      .map(([word, { text }]) => `${word}: ${text}`)
      .join(' | '),
    wrongIn: (value, path) => {
      const word = isObject(value) ? value[field] : undefined;
      const known = typeof word === 'string' && Object.hasOwn(cases, word) ? cases[word] : undefined;
      return known === undefined ? `${path}.${field} must be one of ${words.join(', ')}` : known.wrongIn(value, path);
    },
  };
}

/** What a machine says of its context: the runtime's own `ContextShape`. */
export interface ContextShape {
  readonly text: string;
  readonly wrongIn: (context: MachineContext) => string | undefined;
}

export function contextShape({ text, wrongIn }: Shape<object>): ContextShape {
  return { text, wrongIn: (context) => wrongIn(context, '') };
}

function firstWrong<T>(all: readonly T[], wrongIn: (one: T) => string | undefined): string | undefined {
  for (const one of all) {
    const wrong = wrongIn(one);
    if (wrong !== undefined) return wrong;
  }
  return undefined;
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
