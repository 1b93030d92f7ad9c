import type { z } from 'zod';

const kinds: Readonly<Record<string, string>> = {
  string: 'a string',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'an array',
  object: 'an object',
};

function kindOf(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'an array';
  if (typeof value === 'number') return Number.isInteger(value) ? 'a number' : `${value}`;
  return kinds[typeof value] ?? typeof value;
}

function bound(limit: number | bigint): string {
  return Number(limit) === Number.MAX_SAFE_INTEGER ? '9007199254740991 (2^53−1)' : String(limit);
}

/** What is wrong with a value, in words that follow the field's path: "must be at least 1". */
export function whyInvalid(issue: z.core.$ZodRawIssue): string | undefined {
  switch (issue.code) {
    case 'invalid_type':
      if (issue.input === undefined) return 'is required';
      return `must be ${kinds[issue.expected] ?? issue.expected}, but is ${kindOf(issue.input)}`;
    case 'too_small':
      if (issue.origin === 'array') return 'must not be empty: name at least one, or leave it out';
      return `must be at least ${bound(issue.minimum)}`;
    case 'too_big':
      if (issue.origin === 'array') return `must have at most ${issue.maximum} items`;
      return `must be at most ${bound(issue.maximum)}`;
    case 'invalid_format':
      if (issue.format === 'datetime') {
        return 'must be a time in ISO 8601, UTC, with milliseconds, such as 2010-12-01T08:26:00.000Z';
      }
      return undefined;
    case 'invalid_value':
      if (issue.input === undefined) return 'is required';
      return `must be one of ${issue.values.join(', ')}`;
    case 'invalid_union':
      return 'must be one of the known kinds';
    default:
      return undefined;
  }
}
