import { invalidField } from './failure.ts';

/**
 * The fields of a query, each with its text.
 *
 * @throws ApiFailure INVALID_REQUEST where one is given twice, or is no percent-encoded UTF-8.
 */
export function parseQuery(url: string): ReadonlyMap<string, string> {
  const start = url.indexOf('?');
  const fields = new Map<string, string>();
  if (start === -1) return fields;
  for (const part of url.slice(start + 1).split('&')) {
    if (part === '') continue;
    const equals = part.indexOf('=');
    const name = decode(equals === -1 ? part : part.slice(0, equals));
    const value = decode(equals === -1 ? '' : part.slice(equals + 1));
    if (fields.has(name)) throw invalidField(name, 'is given twice in the query');
    fields.set(name, value);
  }
  return fields;
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch {
    throw invalidField('query', `must be percent-encoded UTF-8, but has ${text.slice(0, 100)}`);
  }
}

/** A query's fields as the body of an endpoint. What is no integer stays as it is, for the contract to refuse. */
export function bodyOfQuery(
  query: ReadonlyMap<string, string>,
  integers: ReadonlySet<string>,
): Record<string, string | number> {
  return Object.fromEntries(
    [...query].map(([name, text]) => [name, integers.has(name) && /^-?\d+$/.test(text) ? Number(text) : text]),
  );
}
