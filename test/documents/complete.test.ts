import { describe, expect, it } from 'vitest';
import {
  type AnnouncementSource,
  announcementKinds,
  type EndpointName,
  endpointNames,
  endpointOf,
  endpointRoutes,
  errorCodes,
  isJsonObject,
  type JsonObject,
  limits,
  participantPhases,
  serviceOf,
  serviceRoutes,
  tutorialRoutes,
} from '../../src/contracts/index.ts';
import { documentsOf } from '../../src/documents/documents.ts';
import { errorCodesOf } from '../../src/documents/error-codes.ts';
import { examples } from '../../src/documents/examples.ts';
import { cases } from '../service/fixtures/error-cases.ts';

const { openapi, asyncapi, schemas } = documentsOf('1.2.3')();

/** What a document has in a place. */
function at(document: JsonObject, ...path: readonly string[]): JsonObject {
  const found = path.reduce<unknown>((value, key) => (isJsonObject(value) ? value[key] : undefined), document);
  if (!isJsonObject(found)) throw new Error(`There is nothing at ${path.join('/')}`);
  return found;
}

const references = (value: JsonObject) => JSON.stringify(value);

describe('AsyncAPI', () => {
  it.each(endpointNames)('has an operation for %s, with its request, its answer and its errors', (name) => {
    const operation = at(asyncapi, 'operations', name);
    expect(operation).toMatchObject({ action: 'receive', bindings: { nats: { queue: serviceOf(name) } } });
    const channel = at(asyncapi, 'channels', name);
    const { key } = endpointOf(name);
    expect(channel.address).toMatch(key === null ? /^[\w.]+$/ : /^[\w.]+\.\{\w+\}$/);
    const replies = at(asyncapi, 'channels', `${name}.reply`, 'messages');
    expect(Object.keys(replies)).toEqual(['answer', ...errorCodesOf(name)]);
  });

  it('has an operation for everything that is announced', () => {
    for (const source of Object.keys(announcementKinds) as AnnouncementSource[]) {
      for (const kind of announcementKinds[source]) {
        const id = `events.${source}.${kind}`;
        expect(at(asyncapi, 'operations', id)).toMatchObject({ action: 'send' });
        const { headers } = at(asyncapi, 'components', 'messages', id);
        expect(headers).toMatchObject({ properties: { 'ce-type': { const: `ordo.${source}.${kind}` } } });
        // A recorded example has these headers and no others.
        const recorded = Object.keys(examples.announcements[`${source}.${kind}`]?.headers ?? {});
        expect((headers as { required: string[] }).required.toSorted()).toEqual(recorded.toSorted());
      }
    }
  });

  it.each(participantPhases)('has an operation for what participants are asked: %s', (phase) => {
    const id = `participants.${phase}`;
    expect(at(asyncapi, 'operations', id)).toMatchObject({ action: 'send' });
    expect(at(asyncapi, 'channels', id).address).toBe(`participants.{participant}.${phase}`);
    expect(Object.keys(at(asyncapi, 'channels', `${id}.reply`, 'messages'))).toEqual([
      phase === 'prepare' ? 'vote' : 'done',
    ]);
  });

  it('names headers as they are sent', () => {
    const { headers } = at(asyncapi, 'components', 'messages', 'orders.pay.request');
    expect(headers).toMatchObject({ properties: { 'Ordo-Request-Id': { maxLength: limits.requestIdBytes } } });
    expect(references(at(asyncapi, 'components', 'messages', 'orders.get.request', 'headers'))).not.toContain('Ordo-');
  });
});

describe('OpenAPI', () => {
  const routes = [...endpointRoutes, ...tutorialRoutes, ...serviceRoutes];

  it.each(routes.map(({ method, path }) => [method, path] as const))('has an operation for %s %s', (method, path) => {
    const operation = at(openapi, 'paths', path, method.toLowerCase());
    const route = routes.find((one) => one.method === method && one.path === path);
    expect(operation).toMatchObject({
      summary: route?.summary,
      operationId: expect.stringMatching(/^[a-z][A-Za-z]+$/),
    });
    expect(Object.keys(at(operation, 'responses'))).toEqual(
      expect.arrayContaining([String(route?.status), '406', '503', 'default']),
    );
  });

  it('has no other', () => {
    const operations = Object.entries(at(openapi, 'paths')).flatMap(([path, item]) =>
      Object.keys(item as object).map((method) => `${method.toUpperCase()} ${path}`),
    );
    expect(operations.toSorted()).toEqual(routes.map(({ method, path }) => `${method} ${path}`).toSorted());
  });

  const overHttp = errorCodesOf(...endpointRoutes.map(({ endpoint }) => endpoint));

  it.each(overHttp)('has the problem of %s somewhere, with an example', (code) => {
    expect(references(at(openapi, 'paths'))).toContain(`"#/components/examples/${code}"`);
    expect(at(openapi, 'components', 'examples', code)).toMatchObject({ value: { code } });
  });

  it('says that a failed condition is 412', () => {
    const pay = at(openapi, 'paths', '/orders/{id}/pay', 'post', 'responses');
    expect(references(at(pay, '412'))).toContain('VersionConflictProblem');
    const place = at(openapi, 'paths', '/orders/{id}', 'put', 'responses');
    expect(references(at(place, '412'))).toContain('OrderExistsProblem');
    expect(Object.keys(at(openapi, 'paths', '/orders/{id}', 'get', 'responses'))).toContain('304');
  });
});

describe('JSON Schemas', () => {
  it('are there for every request, answer and error', () => {
    for (const name of endpointNames) {
      for (const part of ['request', 'answer']) {
        const { payload } = at(asyncapi, 'components', 'messages', `${name}.${part}`);
        const { $ref } = payload as { $ref: string };
        expect(schemas).toHaveProperty($ref.slice('#/components/schemas/'.length));
      }
    }
    expect(Object.keys(schemas).filter((name) => name.endsWith('Error') && name !== 'Error')).toHaveLength(
      errorCodes.length,
    );
  });
});

describe('The errors that are documented for an endpoint', () => {
  const subjects = Object.entries(cases).flatMap(([code, ofCode]) =>
    Object.values(ofCode).map(({ subject }) => [code, subject] as const),
  );
  const recorded = Object.entries(examples.errors).map(([code, { subject }]) => [code, subject] as const);

  it.each([...new Set([...subjects, ...recorded].map(([code, subject]) => `${code} ${endpointIn(subject)}`))])(
    'include what it is known to answer: %s',
    (known) => {
      const [code, name] = known.split(' ');
      expect(errorCodesOf(name as EndpointName)).toContain(code);
    },
  );
});

function endpointIn(subject: string): string {
  return subject.split('.').slice(0, 2).join('.');
}
