import { describe, expect, it } from 'vitest';
import {
  endpointNames,
  endpointOf,
  endpointRoutes,
  errorCodes,
  errorKinds,
  type HttpProblemCode,
  httpErrorBody,
  httpErrorHeaders,
  httpProblemKinds,
  httpRequestHeaders,
  httpResponseHeaders,
  makeErrorBody,
  parameterOf,
  parseValue,
  problemDetails,
  problemMediaType,
  problemOf,
  serviceOf,
  serviceRoutes,
  tutorialOrder,
  tutorialRoutes,
} from '../../src/contracts/index.ts';

const all = [...endpointRoutes, ...tutorialRoutes, ...serviceRoutes];
const problemCodes = Object.keys(httpProblemKinds) as HttpProblemCode[];

describe('The routes over HTTP', () => {
  it('give every endpoint a way in, but for those of operators: HTTP cannot tell them from clients', () => {
    const forClients = endpointNames.filter((name) => serviceOf(name) === 'orders');
    expect([...new Set(endpointRoutes.map(({ endpoint }) => endpoint))].sort()).toEqual(forClients.sort());
  });

  it('are told apart by method and path, whatever the parameters hold', () => {
    const shapes = all.map(({ method, path }) => `${method} ${path.replace(/\{\w+\}/, '*')}`);
    expect(shapes.toSorted()).toEqual([...new Set(shapes)].toSorted());
  });

  it.each(endpointRoutes)('$method $path takes a key where its endpoint does', ({ path, endpoint }) => {
    const { key, keyOptional } = endpointOf(endpoint);
    if (parameterOf(path) === null) expect(key === null || keyOptional).toBe(true);
    else expect(key).not.toBeNull();
  });

  it.each(endpointRoutes)('$method $path changes nothing by GET', ({ method, endpoint }) => {
    if (method === 'GET') expect(endpointOf(endpoint).kind).toBe('question');
  });

  it('name only headers that are described', () => {
    const described = Object.keys({ ...httpRequestHeaders, ...httpResponseHeaders, ...httpErrorHeaders });
    for (const { requestHeaders, responseHeaders } of [...endpointRoutes, ...tutorialRoutes]) {
      expect(described).toEqual(expect.arrayContaining([...requestHeaders, ...responseHeaders]));
    }
  });

  it('place an order of the tutorial that orders.place takes', () => {
    expect(parseValue('orders.place', tutorialOrder)).toMatchObject({ ok: true });
  });
});

describe('Problem details', () => {
  it('carry what NATS answers, with the same number', () => {
    const body = makeErrorBody('ORDER_NOT_FOUND', 'There is no order SO-1.', {});
    expect(problemMediaType).toBe('application/problem+json');
    expect(problemOf(body, '/orders/SO-1')).toEqual({
      type: 'urn:ordo:error:ORDER_NOT_FOUND',
      title: 'Order not found',
      status: 404,
      detail: 'There is no order SO-1.',
      instance: '/orders/SO-1',
      code: 'ORDER_NOT_FOUND',
      retriable: false,
      details: {},
    });
    expect(problemOf(body, '/', 412).status).toBe(412);
  });

  it.each(problemCodes)('exist for %s, which no endpoint answers', (code) => {
    expect(errorCodes).not.toContain(code);
    const problem = problemOf(httpErrorBody(code), '/x');
    expect(problemDetails.safeParse(problem)).toMatchObject({ success: true });
    expect(problem).toMatchObject({ status: httpProblemKinds[code].status, detail: httpProblemKinds[code].meaning });
  });

  it('have the number of each code, and 500 for one that is not known yet', () => {
    for (const code of errorCodes) {
      const { number, retriable } = errorKinds[code];
      expect(problemOf({ code, message: 'x', retriable, details: {} }, '/')).toMatchObject({
        status: number,
        retriable,
      });
    }
    expect(problemOf({ code: 'LATER', message: 'x', retriable: false, details: {} }, '/').status).toBe(500);
  });
});
