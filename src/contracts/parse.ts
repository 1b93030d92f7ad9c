import type { z } from 'zod';
import { type BodyOf, type EndpointName, endpointOf } from './endpoints.ts';
import type { ErrorBody, ExceededLimit, InvalidField } from './errors.ts';
import { makeErrorBody } from './errors.ts';
import { limits } from './limits.ts';
import { isJsonObject } from './schema/json-object.ts';
import { whyInvalid } from './why.ts';

/** A request that is not taken, and why; `fields` names every culprit, up to 20. */
export type Refusal =
  | { readonly ok: false; readonly code: 'INVALID_REQUEST'; readonly fields: readonly InvalidField[] }
  | {
      readonly ok: false;
      readonly code: 'TOO_LARGE';
      readonly fields: readonly InvalidField[];
      readonly limit: ExceededLimit;
    };
/** A body with its defaults filled in, or why it is refused. */
export type Parsed<Body> = { readonly ok: true; readonly body: Body } | Refusal;

const decoder = new TextDecoder('utf-8', { fatal: true });

function invalid(why: string): Refusal {
  return { ok: false, code: 'INVALID_REQUEST', fields: [{ path: '', why }] };
}

/** Reads an endpoint's request from a message's payload; an empty payload is `{}`. */
export function parseBody<Name extends EndpointName>(name: Name, payload: Uint8Array): Parsed<BodyOf<Name>> {
  return parsePayload(endpointOf(name).body, payload) as Parsed<BodyOf<Name>>;
}

/** Reads any JSON object of the interface from a message's payload; an empty payload is `{}`. */
export function parsePayload<Schema extends z.ZodType>(schema: Schema, payload: Uint8Array): Parsed<z.output<Schema>> {
  const json = parseJson(payload);
  return json.ok ? parseAs(schema, json.body) : json;
}

/** Reads a payload's JSON, whatever it is; an empty payload is `{}`. */
export function parseJson(payload: Uint8Array): Parsed<unknown> {
  if (payload.length === 0) return { ok: true, body: {} };
  if (payload.length > limits.messageBytes) return tooLarge(payload.length);
  try {
    return { ok: true, body: JSON.parse(decoder.decode(payload)) };
  } catch (error) {
    return invalid(`must be JSON in UTF-8: ${(error as Error).message}`);
  }
}

/** The refusal of a message beyond the limit, which has `actual` bytes, as far as is known. */
export function tooLarge(actual?: number): Refusal {
  const limit: ExceededLimit = {
    path: '',
    limit: limits.messageBytes,
    unit: 'bytes',
    ...(actual !== undefined && { actual }),
  };
  const why = `must be at most ${limits.messageBytes} bytes${actual === undefined ? '' : `, but has ${actual}`}`;
  return { ok: false, code: 'TOO_LARGE', fields: [{ path: '', why }], limit };
}

/** Checks an endpoint's request that is already a JSON value (a query, a flag). */
export function parseValue<Name extends EndpointName>(name: Name, value: unknown): Parsed<BodyOf<Name>> {
  return parseAs(endpointOf(name).body, value) as Parsed<BodyOf<Name>>;
}

/** Checks a request against its schema. */
export function parseAs<Schema extends z.ZodType>(schema: Schema, value: unknown): Parsed<z.output<Schema>> {
  if (!isJsonObject(value)) return invalid(`must be a JSON object, such as {}, but is ${nameOf(value)}`);
  const result = schema.safeParse(value, { error: whyInvalid });
  return result.success ? { ok: true, body: result.data } : refusalOf(result.error.issues);
}

/** The error that a refused request is answered with. */
export function refusalBody(refusal: Refusal): ErrorBody {
  const said = refusal.fields
    .map(({ path, why }) => (path === '' ? `the request ${why}` : `${path} ${why}`))
    .join('; ');
  if (refusal.code === 'TOO_LARGE') return makeErrorBody('TOO_LARGE', `Too large: ${said}.`, refusal.limit);
  return makeErrorBody('INVALID_REQUEST', `Invalid request: ${said}.`, { fields: [...refusal.fields] });
}

function nameOf(value: unknown): string {
  if (value === null) return 'null';
  return Array.isArray(value) ? 'an array' : `a ${typeof value}`;
}

/** A list that is too long or a free-form object that is too big is TOO_LARGE; everything else is invalid. */
function limitOf(issue: z.core.$ZodIssue): ExceededLimit | undefined {
  const path = issue.path.join('.');
  if (issue.code === 'too_big' && issue.origin === 'array') {
    return { path, limit: Number(issue.maximum), unit: 'items' };
  }
  if (issue.code === 'custom' && typeof issue.params?.limit === 'number') {
    const { limit, unit, actual } = issue.params;
    return { path, limit, unit, actual } as ExceededLimit;
  }
  return undefined;
}

function* fieldsOf(issue: z.core.$ZodIssue): Generator<InvalidField> {
  if (issue.code !== 'unrecognized_keys') {
    yield { path: issue.path.join('.'), why: issue.message };
    return;
  }
  for (const key of issue.keys) yield { path: [...issue.path, key].join('.'), why: issue.message };
}

function refusalOf(issues: readonly z.core.$ZodIssue[]): Refusal {
  const fields: InvalidField[] = [];
  let limit: ExceededLimit | undefined;
  for (const issue of issues) {
    limit ??= limitOf(issue);
    for (const field of fieldsOf(issue)) if (fields.length < limits.reportedFields) fields.push(field);
  }
  if (limit === undefined) return { ok: false, code: 'INVALID_REQUEST', fields };
  const { path } = limit;
  return { ok: false, code: 'TOO_LARGE', fields: fields.filter((field) => field.path === path), limit };
}
