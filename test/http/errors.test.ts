import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { systemClock } from '../../runtime/clock.ts';
import { ApiFailure } from '../../src/api/failure.ts';
import {
  type EndpointRoute,
  type ErrorCode,
  endpointRoutes,
  errorCodes,
  errorKinds,
  makeErrorBody,
  parameterOf,
  problemDetails,
  readKey,
} from '../../src/contracts/index.ts';
import { HttpServer } from '../../src/http/server.ts';
import { type ErrorCase, everything } from '../service/fixtures/error-case.ts';
import { cases } from '../service/fixtures/error-cases.ts';
import { type Refusal, refusalOf } from '../service/fixtures/raw-client.ts';
import { startRefusingService, stopRefusingService } from '../service/fixtures/refusing-service.ts';
import type { TestService } from '../service/fixtures/test-service.ts';
import { anyPort, HttpClient, type Problem } from './fixtures/http-client.ts';

/** What is wrong with an id over NATS is how it stands in a subject; over HTTP it stands in a path (hostile.test.ts). */
const inSubjects = new Set<ErrorCode>(['INVALID_ID']);

describe('What NATS refuses, HTTP refuses with the same words', () => {
  let service: TestService;
  let http: HttpClient;
  beforeAll(async () => {
    service = await startRefusingService({ settings: { http: anyPort } });
    http = new HttpClient(service);
  });
  afterAll(() => stopRefusingService(service));

  const shared = Object.entries(cases).filter(([code]) => !inSubjects.has(code as ErrorCode));
  // HTTP has no way in to what is for operators.
  const casesOf = (ofCode: object) =>
    (Object.entries(ofCode) as [string, ErrorCase][]).filter(([, { subject }]) => !subject.startsWith('admin.'));
  const overBoth = shared.filter(([, ofCode]) => casesOf(ofCode).length > 0);
  describe.each(overBoth as [ErrorCode, Readonly<Record<string, ErrorCase>>][])('%s', (code, ofCode) => {
    it.each(casesOf(ofCode))('%s', async (_name, wrong) => {
      const before = await everything(service, ['A']);
      const { status, headers, body } = await sendOverHttp(http, wrong);
      const refusal = await sendOverNats(service, wrong);
      expect(await everything(service, ['A'])).toEqual(before);
      const { code: answeredCode, retriable, details, detail } = body;
      expect({ code: answeredCode, retriable, details, message: detail }).toEqual(refusal.body);
      expect(answeredCode).toBe(code);
      expect(status).toBe(errorKinds[code].number);
      expect(headers.get('content-type')).toBe('application/problem+json');
    });
  });
});

async function sendOverNats(
  { client }: TestService,
  { subject, body = {}, headers = {} }: ErrorCase,
): Promise<Refusal> {
  const payload = typeof body === 'string' || body instanceof Uint8Array ? body : JSON.stringify(body);
  return refusalOf(await client.send(subject, payload, headers));
}

/** The same request by the route that stands for its endpoint. */
async function sendOverHttp(http: HttpClient, { subject, body = {}, headers = {} }: ErrorCase) {
  const route = endpointRoutes.find(({ endpoint, path }) => {
    const isMeant = subject === endpoint || subject.startsWith(`${endpoint}.`);
    return isMeant && (parameterOf(path) !== null) === (subject !== endpoint);
  });
  if (route === undefined) throw new Error(`No route stands for ${subject}`);
  const read = readKey(route.endpoint, subject);
  if (!read.ok) throw new Error(`${subject} has no key that can be read`);
  const path = route.path.replace(/\{\w+\}/, encodeURIComponent(read.key ?? ''));
  if (route.fields === 'json') return http.send<Problem>(route.method, path, { body, headers });
  return http.send<Problem>(route.method, `${path}?${new URLSearchParams(body as Record<string, string>)}`, {
    headers,
  });
}

describe('Every error of an endpoint', () => {
  const routes = endpointRoutes.filter(({ path }) => !path.includes('wait'));
  let next: ApiFailure | Error;
  let server: HttpServer;
  let http: HttpClient;
  const logged: unknown[] = [];
  beforeAll(async () => {
    server = await HttpServer.start({
      address: anyPort,
      endpoints: {
        answer: async () => {
          throw next;
        },
        unreadable: () => {},
      },
      clock: systemClock,
      log: { debug: () => {}, warn: () => {}, error: (fields, message) => logged.push({ fields, message }) },
      missing: () => [],
    });
    http = new HttpClient({ node: { httpUrl: server.url } });
  });
  afterAll(() => server.close(0));

  const details: Partial<Record<ErrorCode, object>> = {
    INVALID_REQUEST: { fields: [] },
    INVALID_ID: { fields: [] },
    NOT_ACCEPTED: { state: {}, accepts: [], failed: [] },
    VERSION_CONFLICT: { version: 1 },
    ORDER_EXISTS: { version: 1 },
    REQUEST_EXPIRED: { version: 1 },
    LOCKED: { transaction: 'x', retryAfterMs: 1_001 },
    TRANSACTION_ABORTED: { transaction: 'x', votes: [] },
    TOO_LARGE: { path: '', limit: 1, unit: 'bytes' },
    BUSY: { retryAfterMs: 50 },
  };
  const retryAfter: Partial<Record<ErrorCode, string>> = {
    LOCKED: '2',
    BUSY: '1',
    STORE_UNAVAILABLE: '1',
    SHUTTING_DOWN: '1',
  };

  it.each(errorCodes)('%s is a problem with its own number, and says when to try again', async (code) => {
    const body = makeErrorBody(code, `What ${code} means.`, (details[code] ?? {}) as never);
    next = new ApiFailure(body);
    const answer = await http.send<Problem>('GET', '/orders/SO%20%2F1');
    expect(answer.status).toBe(errorKinds[code].number);
    expect(answer.headers.get('content-type')).toBe('application/problem+json');
    expect(answer.headers.get('retry-after')).toBe(retryAfter[code] ?? null);
    expect(answer.body).toEqual({
      type: `urn:ordo:error:${code}`,
      title: expect.stringMatching(/^[A-Z][a-z ]+$/),
      status: errorKinds[code].number,
      detail: body.message,
      instance: '/orders/SO%20%2F1',
      code,
      retriable: errorKinds[code].retriable,
      details: body.details,
    });
    expect(problemDetails.safeParse(answer.body)).toMatchObject({ success: true });
  });

  it.each(routes)('comes out of $method $path', async ({ method, path, fields }: EndpointRoute) => {
    next = new ApiFailure(makeErrorBody('SHUTTING_DOWN', 'It stops.', {}));
    const query = path.endsWith('outcome') ? '?branch=x' : '';
    const answer = await http.send<Problem>(method, `${path.replace(/\{\w+\}/, 'x')}${query}`, {
      ...(fields === 'json' && { body: bodies[path] ?? {} }),
    });
    expect({ status: answer.status, code: answer.body.code }).toEqual({ status: 503, code: 'SHUTTING_DOWN' });
  });

  it('that nobody has foreseen is INTERNAL, logged, and tells nothing of itself', async () => {
    next = new TypeError('secret');
    const answer = await http.send<Problem>('GET', '/counts');
    expect(answer).toMatchObject({ status: 500, body: { code: 'INTERNAL', retriable: false } });
    expect(answer.text).not.toContain('secret');
    expect(logged).toMatchObject([{ fields: { method: 'GET', path: '/counts', err: next } }]);
  });
});

/** The least that each route takes as its body. */
const placing = { customer: 'C', currency: 'GBP', fees: [{ code: 'F', amount: 1 }] };
const bodies: Readonly<Record<string, object>> = {
  '/orders': placing,
  '/orders/{id}': placing,
  '/orders/{id}/return': { lines: [{ line: 1, quantity: 1 }] },
  '/orders/{id}/refund': { amount: 1 },
  '/orders/{id}/amend': { shippingAddress: {} },
  '/orders/{id}/note': { text: 'x' },
  '/orders/{id}/whatIf': { events: [{ type: 'pay' }] },
  '/stock/{sku}/receive': { quantity: 1 },
  '/transactions/{id}/resolve': { outcome: 'aborted', by: 'ann', reason: 'x' },
};
