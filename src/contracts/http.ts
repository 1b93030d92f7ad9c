import { z } from 'zod';
import { type EndpointName, endpointOf } from './endpoints.ts';
import { headers } from './headers.ts';
import { placeFields } from './order-commands.ts';
import { orderStatuses } from './order-view.ts';
import { closed, growing } from './schema/objects.ts';

/** The headers of a request that mean something, and what. */
export const httpRequestHeaders = {
  'Idempotency-Key': `Makes a command idempotent: the request id, which over NATS is ${headers.requestId}. Quoted or bare.`,
  'If-Match': 'The version that the order must be at, as its ETag ("7"); otherwise the answer is 412.',
  'If-None-Match': 'The version that the client has; if it is still the newest, the answer is 304 and has no body.',
  [headers.deadline]: 'A time such as 2010-12-01T08:26:00.000Z after which the command is not started any more.',
  Prefer: 'wait=5: how many seconds to wait at most, where the query does not say.',
  [headers.traceparent]: 'W3C trace context, carried through to every message that the request causes.',
} as const;

/** The headers of an answer that mean something, and what. */
export const httpResponseHeaders = {
  ETag: 'The version of the order, quoted: "7".',
  Location: 'The path of the new order.',
} as const;

/** The headers of error answers beside those of `httpResponseHeaders`, by the statuses that have them. */
export const httpErrorHeaders = {
  'Retry-After': 'In how many seconds to try again, for BUSY, LOCKED and every 503.',
  Allow: 'The methods that the path takes, for 405.',
} as const;

export type HttpRequestHeader = keyof typeof httpRequestHeaders;
export type HttpResponseHeader = keyof typeof httpResponseHeaders;

/** What every route has. */
interface HttpRoute {
  readonly method: 'GET' | 'POST' | 'PUT';
  /** `/orders/{id}/pay`: `{id}` stands for one segment, percent-encoded. A route has one of these, or none. */
  readonly path: string;
  readonly summary: string;
  /** The status of an answer that is no error. */
  readonly status: 200 | 201;
}

/** A route that stands for an endpoint: its parameter is the endpoint's key. */
export interface EndpointRoute extends HttpRoute {
  readonly endpoint: EndpointName;
  /** Where the fields of the endpoint's body come from. Those in a query are texts and integers, each given once. */
  readonly fields: 'json' | 'query';
  readonly requestHeaders: readonly HttpRequestHeader[];
  readonly responseHeaders: readonly HttpResponseHeader[];
}

/** A route that answers with a few endpoints' help. */
export interface TutorialRoute extends HttpRoute {
  readonly tutorial: 'create' | 'setStatus';
  readonly body: z.ZodType;
  readonly answer: z.ZodType;
  readonly requestHeaders: readonly HttpRequestHeader[];
  readonly responseHeaders: readonly HttpResponseHeader[];
}

/** A route about the service itself. */
export interface ServiceRoute extends HttpRoute {
  readonly about: 'livez' | 'readyz' | 'metrics' | 'openapi' | 'asyncapi' | 'schema';
  readonly mediaType: string;
  /** The answer's JSON; null where it is none, or a document of another standard. */
  readonly answer: z.ZodType | null;
}

function route(
  method: HttpRoute['method'],
  path: string,
  endpoint: EndpointName,
  changes: Partial<EndpointRoute> = {},
): EndpointRoute {
  const { kind, key, summary } = endpointOf(endpoint);
  const isOrderCommand = kind === 'command' && key === 'order';
  return {
    method,
    path,
    endpoint,
    summary,
    status: 200,
    fields: method === 'GET' ? 'query' : 'json',
    requestHeaders: [
      ...(kind === 'command' ? (['Idempotency-Key', 'Ordo-Deadline'] as const) : []),
      ...(isOrderCommand ? (['If-Match'] as const) : []),
      'traceparent',
    ],
    responseHeaders: isOrderCommand ? ['ETag'] : [],
    ...changes,
  };
}

const placed = { status: 201, responseHeaders: ['ETag', 'Location'] } as const;
const waiting = { requestHeaders: ['Prefer'] } as const;

/** Every route that stands for an endpoint. The last segment of a path is the endpoint's own word for it. */
export const endpointRoutes: readonly EndpointRoute[] = [
  route('POST', '/orders', 'orders.place', {
    ...placed,
    requestHeaders: ['Idempotency-Key', 'Ordo-Deadline', 'traceparent'],
  }),
  route('PUT', '/orders/{id}', 'orders.place', {
    ...placed,
    summary: 'Places a new order with this id.',
    requestHeaders: ['Idempotency-Key', 'Ordo-Deadline', 'If-None-Match', 'traceparent'],
  }),
  route('GET', '/orders', 'orders.list'),
  route('GET', '/orders/{id}', 'orders.get', { requestHeaders: ['If-None-Match'], responseHeaders: ['ETag'] }),
  route('POST', '/orders/{id}/pay', 'orders.pay'),
  route('POST', '/orders/{id}/ship', 'orders.ship'),
  route('POST', '/orders/{id}/deliver', 'orders.deliver'),
  route('POST', '/orders/{id}/confirmReceipt', 'orders.confirmReceipt'),
  route('POST', '/orders/{id}/cancel', 'orders.cancel'),
  route('POST', '/orders/{id}/return', 'orders.return'),
  route('POST', '/orders/{id}/refund', 'orders.refund'),
  route('POST', '/orders/{id}/amend', 'orders.amend'),
  route('POST', '/orders/{id}/note', 'orders.note'),
  route('GET', '/orders/{id}/history', 'orders.history'),
  route('GET', '/orders/{id}/explain', 'orders.explain'),
  route('POST', '/orders/{id}/whatIf', 'orders.whatIf'),
  route('GET', '/orders/{id}/wait', 'orders.wait', { ...waiting, responseHeaders: ['ETag'] }),
  route('GET', '/orders/{id}/payments', 'payments.get'),
  route('GET', '/counts', 'orders.counts'),
  route('GET', '/stock/{sku}', 'stock.get'),
  route('POST', '/stock/{sku}/receive', 'stock.receive'),
  route('GET', '/transactions', 'transactions.list'),
  route('GET', '/transactions/{id}', 'transactions.get'),
  route('GET', '/transactions/{id}/branches', 'transactions.branches'),
  route('GET', '/transactions/{id}/wait', 'transactions.wait', waiting),
  route('GET', '/transactions/{id}/outcome', 'transactions.outcome'),
  route('POST', '/transactions/{id}/retry', 'transactions.retry'),
  route('POST', '/transactions/{id}/resolve', 'transactions.resolve'),
];

/** What an order of `POST /order` is where its body does not say. */
export const tutorialOrder = {
  customer: 'tutorial',
  currency: 'USD',
  lines: [{ sku: 'tutorial', name: 'The order of the tutorial', quantity: 1, unitPrice: 1_000 }],
} as const;

/** The fields of orders.place; every one may be left out. */
export const tutorialOrderBody = placeFields.partial();
/** Where an order is to be. */
export const tutorialStatusBody = closed({ status: z.enum(orderStatuses) });
/** An order, as far as the tutorial knows it. */
export const tutorialAnswer = z.looseObject({ id: z.string(), status: growing(orderStatuses) });

/** The two routes of the tutorial that the project grew from. */
export const tutorialRoutes: readonly TutorialRoute[] = [
  {
    tutorial: 'create',
    method: 'POST',
    path: '/order',
    summary:
      'Creates an order; without a body, of one piece of the article "tutorial", which is put on the shelf first.',
    status: 201,
    body: tutorialOrderBody,
    answer: tutorialAnswer,
    requestHeaders: ['Idempotency-Key', 'Ordo-Deadline', 'traceparent'],
    responseHeaders: ['Location'],
  },
  {
    tutorial: 'setStatus',
    method: 'PUT',
    path: '/order/{id}',
    summary: 'Sets the status: paid pays with the sandbox, shipped ships all, completed delivers and confirms.',
    status: 200,
    body: tutorialStatusBody,
    answer: tutorialAnswer,
    requestHeaders: ['Idempotency-Key', 'Ordo-Deadline', 'traceparent'],
    responseHeaders: [],
  },
];

function about(
  what: ServiceRoute['about'],
  path: string,
  summary: string,
  { mediaType = 'application/json', answer = null }: Partial<ServiceRoute> = {},
): ServiceRoute {
  return { about: what, method: 'GET', path, summary, status: 200, mediaType, answer };
}

/** The routes about the service itself: health, metrics, documents. The last four are there where they are provided. */
export const serviceRoutes: readonly ServiceRoute[] = [
  about('livez', '/livez', 'Whether the process answers.', { answer: z.looseObject({ status: z.literal('live') }) }),
  about('readyz', '/readyz', 'Whether commands are taken; what is missing otherwise (503).', {
    answer: z.looseObject({ status: z.literal('ready') }),
  }),
  about('metrics', '/metrics', 'Figures for Prometheus.', { mediaType: 'text/plain' }),
  about('openapi', '/openapi.json', 'This interface as OpenAPI.'),
  about('asyncapi', '/asyncapi.json', 'The interface over NATS as AsyncAPI.'),
  about('schema', '/schemas/{name}', 'The JSON Schema of one message.', { mediaType: 'application/schema+json' }),
];

/** The parameter in a route's path, such as `id`; null where it has none. */
export function parameterOf(path: string): string | null {
  return /\{(\w+)\}/.exec(path)?.[1] ?? null;
}

/** The fields of an endpoint's body that are integers: in a query they stand as text. */
export function integersOf(endpoint: EndpointName): ReadonlySet<string> {
  const { properties = {} } = z.toJSONSchema(endpointOf(endpoint).body, { io: 'input' });
  const isInteger = (schema: unknown) => (schema as { type?: string }).type === 'integer';
  return new Set(Object.keys(properties).filter((name) => isInteger(properties[name])));
}
