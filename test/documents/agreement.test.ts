import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { z } from 'zod';
import { limits } from '../../src/contracts/index.ts';
import { incoming, jsonSchemas, outgoing } from '../../src/documents/schemas/json-schemas.ts';
import { requests } from '../../src/documents/schemas/named-messages.ts';
import { placeInput } from '../fixtures/bodies.ts';
import { mutatedValuesOf, replacedEverywhere, valuesOf } from './fixtures/values.ts';

const schemas = jsonSchemas('draft-2020-12', (name) => `#/$defs/${name}`);
const zods: Readonly<Record<string, z.ZodType>> = Object.fromEntries(
  Object.entries({ ...incoming, ...outgoing }).map(([name, { schema }]) => [name, schema]),
);

const ajv = addFormats.default(new Ajv2020({ strict: true, strictTypes: false, allErrors: false }));
ajv.addSchema({ $id: 'all', $defs: schemas });

/** Why the schema refuses a value; undefined where it takes it. */
function whyRefused(name: string, value: unknown): string | undefined {
  const validate = ajv.getSchema(`all#/$defs/${name}`);
  if (validate === undefined) throw new Error(`There is no schema ${name}`);
  return validate(value) === true ? undefined : ajv.errorsText(validate.errors);
}

function bySchema(name: string, value: unknown): boolean {
  return whyRefused(name, value) === undefined;
}

/**
 * What JSON Schema cannot say, and the descriptions therefore do: by the words of the refusal, each with a body that the
 * schema takes and the service does not.
 */
const unspoken: readonly { what: string; why: RegExp; name: string; body: unknown }[] = [
  {
    what: 'bytes of UTF-8, where there are more than characters',
    why: /^must be at most \d+ bytes of UTF-8/,
    name: 'OrdersPayRequest',
    body: { by: 'é'.repeat(65) },
  },
  {
    what: 'text that has no UTF-8 form',
    why: /half of a surrogate pair/,
    name: 'OrdersNoteRequest',
    body: { text: '\ud83d' },
  },
  {
    what: 'which codes ISO 4217 knows',
    why: /^must be a currency code/,
    name: 'OrdersPlaceRequest',
    body: { ...placeInput(), currency: 'QQQ' },
  },
  {
    what: 'times before 1970',
    why: /^must be 1970 or later/,
    name: 'OrdersPlaceRequest',
    body: { ...placeInput(), placedAt: '1969-12-31T23:59:59.999Z' },
  },
  {
    what: 'an order of nothing',
    why: /^needs at least one line or one fee/,
    name: 'OrdersPlaceRequest',
    body: { customer: 'C-17', currency: 'GBP' },
  },
  {
    what: 'a total below 0',
    why: /^bring the total below 0/,
    name: 'OrdersPlaceRequest',
    body: { ...placeInput(), fees: [{ code: 'VOUCHER', amount: -5_000 }] },
  },
  {
    what: 'sums beyond 2^53−1',
    why: /above 2\^53−1; split the order$/,
    name: 'OrdersPlaceRequest',
    body: { ...placeInput(), lines: [{ sku: 'A', quantity: 2 ** 27, unitPrice: 2 ** 27 }] },
  },
  {
    what: 'a line named twice',
    why: /^names line \d+ twice/,
    name: 'OrdersShipRequest',
    body: {
      lines: [
        { line: 1, quantity: 1 },
        { line: 1, quantity: 2 },
      ],
    },
  },
  {
    what: 'failed and lost together',
    why: /not both: send one of them$/,
    name: 'OrdersDeliverRequest',
    body: { parcel: 'P1', failed: true, lost: true },
  },
  {
    what: 'a failed delivery of no parcel',
    why: /^is required where (failed|lost) is true/,
    name: 'OrdersDeliverRequest',
    body: { failed: true },
  },
  {
    what: 'the size of free-form objects',
    why: /^must be at most \d+ bytes as JSON/,
    name: 'OrdersAmendRequest',
    body: { shippingAddress: { text: 'x'.repeat(16_384) } },
  },
  {
    what: 'the depth of free-form objects',
    why: /^must not be nested deeper than/,
    name: 'OrdersAmendRequest',
    body: { shippingAddress: JSON.parse(`${'{"a":'.repeat(40)}1${'}'.repeat(40)}`) as unknown },
  },
  {
    what: 'a field named __proto__ in free-form objects',
    why: /^must not have a field named __proto__/,
    name: 'OrdersAmendRequest',
    body: { shippingAddress: JSON.parse('{"__proto__":1}') as unknown },
  },
  {
    what: 'a commit of a whole transaction by hand',
    why: /^must be aborted for a whole transaction/,
    name: 'TransactionsResolveRequest',
    body: { outcome: 'committed', by: 'ann', reason: 'x' },
  },
];

/** The reasons for which zod refuses a value; those of unions are the ones of their options. */
function reasons(issues: readonly z.core.$ZodIssue[]): readonly string[] {
  return issues.flatMap((issue) =>
    issue.code === 'invalid_union' && issue.errors.length > 0 ? issue.errors.flatMap(reasons) : [issue.message],
  );
}

/** Undefined where schema and validation agree about a value, but for what the schema cannot say. */
function disagreement(name: string, value: unknown): string | undefined {
  const refusal = whyRefused(name, value);
  const result = zods[name]?.safeParse(value);
  if (result === undefined) return `there is no ${name}`;
  if (result.success) return refusal === undefined ? undefined : `the schema refuses it: ${refusal}`;
  if (refusal !== undefined) return undefined;
  const others = reasons(result.error.issues).filter((reason) => !unspoken.some(({ why }) => why.test(reason)));
  return others.length === 0 ? undefined : `the schema takes it, but it ${others.join('; ')}`;
}

describe('The JSON Schema and the validation say the same of', () => {
  it.each(Object.keys(schemas))('%s', (name) => {
    const schema = schemas[name] ?? {};
    fc.assert(
      fc.property(mutatedValuesOf(schema, schemas), (value) => {
        expect(disagreement(name, value)).toBeUndefined();
      }),
      { numRuns: 300 },
    );
  });
});

const bounds = [...new Set([1, ...Object.values(limits)])].flatMap((limit) => [limit, limit + 1]);
/** Beyond this a text says no more than a shorter one. */
const LONGEST_TEXT = 5_000;
const edges: readonly unknown[] = [
  ...bounds,
  ...[-1, 0, -limits.amount, -limits.amount - 1],
  ...bounds.filter((length) => length <= LONGEST_TEXT).map((length) => 'x'.repeat(length)),
];

describe('At the very limits the JSON Schema and the validation say the same of', () => {
  it.each(Object.keys(schemas))('%s', (name) => {
    const samples = fc.sample(valuesOf(schemas[name] ?? {}, schemas), { numRuns: 4, seed: 1 });
    for (const sample of samples) {
      for (const value of replacedEverywhere(sample, edges)) {
        const said = disagreement(name, value);
        if (said !== undefined) expect.fail(`${said}: ${JSON.stringify(value)}`);
      }
    }
  });
});

describe('What is made after the schema is taken as', () => {
  it.each(Object.keys(schemas))('%s by the schema itself', (name) => {
    fc.assert(
      fc.property(valuesOf(schemas[name] ?? {}, schemas), (value) => {
        expect(bySchema(name, value)).toBe(true);
      }),
      { numRuns: 50 },
    );
  });
});

it.each(unspoken)('The schema cannot say $what: the validation does', ({ name, body, why }) => {
  expect(bySchema(name, body)).toBe(true);
  const result = zods[name]?.safeParse(body);
  expect(result?.success).toBe(false);
  expect(reasons(result?.error?.issues ?? [])).toContainEqual(expect.stringMatching(why));
});

const line = { sku: 'A', quantity: 1, unitPrice: 1 };
it.each([
  ['OrdersPlaceRequest', { ...placeInput(), lines: Array(2_000).fill(line) }, true],
  ['OrdersPlaceRequest', { ...placeInput(), lines: Array(2_001).fill(line) }, false],
  ['OrdersPlaceRequest', { ...placeInput(), fees: Array(100).fill({ code: 'F', amount: 1 }) }, true],
  ['OrdersPlaceRequest', { ...placeInput(), fees: Array(101).fill({ code: 'F', amount: 1 }) }, false],
  ['OrdersWhatIfRequest', { events: Array(100).fill({ type: 'pay' }) }, true],
  ['OrdersWhatIfRequest', { events: Array(101).fill({ type: 'pay' }) }, false],
])('The longest lists that are taken are in the schema: %s', (name, body, isTaken) => {
  expect(bySchema(name, body)).toBe(isTaken);
  expect(zods[name]?.safeParse(body).success).toBe(isTaken);
});

it('Requests are closed and answers open', () => {
  const isOpen = (name: string) => bySchema(name, { ...(oneOf(name) as object), somethingNew: 1 });
  expect(Object.keys(incoming).filter((name) => !['Vote', 'Done'].includes(name) && isOpen(name))).toEqual([]);
  expect(Object.keys(outgoing).filter((name) => !isOpen(name))).toEqual([]);
});

/** A value that a schema takes. */
function oneOf(name: string): unknown {
  const [value] = fc.sample(valuesOf(schemas[name] ?? {}, schemas), { numRuns: 1, seed: 1 });
  expect(bySchema(name, value)).toBe(true);
  return value;
}

it.each(Object.keys(requests))(
  'A field named __proto__ is one that %s does not know, by schema and validation',
  (name) => {
    const body = JSON.parse(JSON.stringify(oneOf(name)).replace('{', '{"__proto__":1,').replace(',}', '}')) as unknown;
    expect(bySchema(name, body)).toBe(false);
    expect(zods[name]?.safeParse(body).success).toBe(false);
  },
);
