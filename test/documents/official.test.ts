/** The documents before the official validators. */
import { Parser } from '@asyncapi/parser';
import { createConfig, lintFromString } from '@redocly/openapi-core';
import { Validator } from '@seriousme/openapi-schema-validator';
import { Ajv } from 'ajv';
import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../src/contracts/index.ts';
import { documentsOf } from '../../src/documents/documents.ts';

const { openapi, asyncapi, schemas } = documentsOf('1.2.3')();

/** A copy in which a value is changed, by its path. */
function broken(document: JsonObject, path: readonly string[], value: unknown): JsonObject {
  const copy = structuredClone(document);
  const last = path.at(-1) ?? '';
  const holder = path
    .slice(0, -1)
    .reduce<Record<string, unknown>>((at, key) => at[key] as Record<string, unknown>, copy);
  holder[last] = value;
  return copy;
}

describe('The AsyncAPI document', () => {
  const complaints = async (document: object) => {
    const diagnostics = await new Parser().validate(JSON.stringify(document));
    // 3.1 adds nothing that is used here, and fewer tools know it.
    const others = diagnostics.filter(({ code }) => code !== 'asyncapi-latest-version');
    return others.map(({ code, path, message }) => `${code} at ${path.join('.')}: ${message}`);
  };

  it("pleases AsyncAPI's own parser, warnings included", async () => {
    expect(await complaints(asyncapi)).toEqual([]);
  });

  it.each([
    ['an operation without a channel', ['operations', 'orders.pay', 'channel'], undefined],
    ['an unknown reference', ['channels', 'orders.pay', 'messages', 'request'], { $ref: '#/components/messages/no' }],
    ['a queue that is none', ['operations', 'orders.pay', 'bindings', 'nats', 'queue'], 1],
  ])('would not with %s', async (_what, path, value) => {
    expect(await complaints(broken(asyncapi, path, value))).not.toEqual([]);
  });
});

describe("The AsyncAPI document's messages", () => {
  // Its parser does not look at examples.
  const ajv = addFormats.default(new Ajv({ strict: false }));
  ajv.addSchema({ $id: 'asyncapi', components: asyncapi.components });
  const { messages } = asyncapi.components as {
    messages: Readonly<Record<string, { examples: readonly Readonly<Record<'payload' | 'headers', unknown>>[] }>>;
  };

  it.each(Object.keys(messages))('%s has examples that are as it says', (name) => {
    const examples = messages[name]?.examples ?? [];
    expect(examples).not.toEqual([]);
    for (const example of examples) {
      for (const part of ['payload', 'headers'] as const) {
        const validate = ajv.getSchema(`asyncapi#/components/messages/${name}/${part}`);
        const isValid = validate?.(example[part] ?? (part === 'headers' ? {} : undefined));
        expect([isValid, ajv.errorsText(validate?.errors)]).toEqual([true, 'No errors']);
      }
    }
  });
});

describe('The OpenAPI document', () => {
  it('is valid by the schemas of the OpenAPI initiative', async () => {
    expect(await new Validator().validate(structuredClone(openapi))).toEqual({ valid: true });
  });

  it('would not be without its paths', async () => {
    const changed = broken(openapi, ['paths'], 1);
    expect(await new Validator().validate(changed)).toMatchObject({ valid: false });
  });

  const complaints = async (document: object) => {
    const config = await createConfig({ extends: ['recommended-strict'] });
    const problems = await lintFromString({ source: JSON.stringify(document), config });
    return problems.map(({ ruleId, message, location }) => `${ruleId} at ${location[0]?.pointer}: ${message}`);
  };

  /** What is free in the contract too: events as they came, and the view in a WAIT_TIMEOUT. */
  const free = /history\/get\/.*\/event|whatIf\/post\/.*\/(event|effects)|WAIT_TIMEOUT\/value\/details/;

  it('pleases the linter, and has a word for every field of what was really answered', async () => {
    const all = await complaints(openapi);
    expect(all.filter((complaint) => !free.test(complaint))).toEqual([]);
    expect(all.every((complaint) => complaint.startsWith('no-invalid-media-type-examples'))).toBe(true);
  });

  it.each([
    ['two operations of one name', ['paths', '/counts', 'get', 'operationId'], 'ordersList'],
    [
      'a parameter that no path has',
      ['paths', '/counts', 'get', 'parameters'],
      [{ name: 'id', in: 'path', required: true, schema: {} }],
    ],
    ['an unknown reference', ['paths', '/counts', 'get', 'responses', '200'], { $ref: '#/components/responses/no' }],
    [
      'an answer that is not as its schema',
      ['paths', '/counts', 'get', 'responses', '200', 'content', 'application/json', 'example'],
      { status: 1 },
    ],
  ])('would not with %s', async (_what, path, value) => {
    const all = await complaints(broken(openapi, path, value));
    expect(all.filter((complaint) => !free.test(complaint))).not.toEqual([]);
  });
});

describe('Every JSON Schema', () => {
  it.each(Object.entries(schemas))(
    '%s is one by the meta-schema, stands for itself and takes its examples',
    (name, schema) => {
      const ajv = addFormats.default(new Ajv2020({ strict: true, strictTypes: false }));
      const validate = ajv.compile(schema);
      expect(schema).toMatchObject({
        $id: `urn:ordo:schema:${name}`,
        title: name,
        description: expect.stringMatching(/\.$/),
      });
      const examples = schema.examples as readonly unknown[];
      expect(examples).not.toEqual([]);
      for (const example of examples)
        expect([validate(example), ajv.errorsText(validate.errors)]).toEqual([true, 'No errors']);
    },
  );
});
