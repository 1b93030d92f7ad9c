import { z } from 'zod';

/**
 * An object that takes exactly these fields. An unknown one is refused with the known ones named, since a misspelt
 * `expectedVersion` must not pass.
 */
export function closed<Shape extends z.ZodRawShape>(shape: Shape) {
  const names = Object.keys(shape);
  const known = names.length === 0 ? 'none is taken here' : `known are ${names.join(', ')}`;
  return z.strictObject(shape, {
    error: (issue) => (issue.code === 'unrecognized_keys' ? `is not a known field; ${known}` : undefined),
  });
}

/**
 * One of these values today, and possibly others later: enumerations of answers may grow, so a reader must have a
 * branch for what it does not know.
 */
export type Growing<Value extends string> = Value | (string & Record<never, never>);

/**
 * The schema of a value in an answer whose enumeration may grow: documents the known values, takes any text. `about`
 * says in a sentence what it is.
 */
export function growing<const Value extends string>(
  values: readonly Value[],
  about?: string,
): z.ZodType<Growing<Value>> {
  const known = `One of ${values.join(', ')}; more may be added.`;
  return z.string().meta({ examples: [...values], description: about === undefined ? known : `${about} ${known}` });
}
