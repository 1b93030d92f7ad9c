import type { ServerResponse } from 'node:http';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Endpoints } from '../api/endpoints.ts';
import { ApiFailure, failure } from '../api/failure.ts';
import type { ApiRequest } from '../api/request.ts';
import {
  checkKey,
  type EndpointName,
  type EndpointRoute,
  endpointOf,
  integersOf,
  type Parsed,
  parameterOf,
  parseBody,
  parseValue,
  refusalBody,
} from '../contracts/index.ts';
import { invalidField } from './failure.ts';
import { bodyOfQuery, parseQuery } from './query.ts';
import { preferredWaitMs, readRequestHeaders } from './request-headers.ts';

/** Whoever answers requests that have been read, and is told of those that could not be. */
export type Answering = Pick<Endpoints, 'answer' | 'unreadable'>;

const nothing = new Uint8Array();

/**
 * Reads the requests of a route as its endpoint takes them.
 *
 * @returns a function that throws ApiFailure INVALID_ID, INVALID_REQUEST or TOO_LARGE.
 */
export function endpointRequestReader(
  route: EndpointRoute,
): (request: FastifyRequest, reply: FastifyReply) => ApiRequest<object> {
  const { endpoint, fields, path } = route;
  const integers = fields === 'query' ? integersOf(endpoint) : new Set<string>();
  const mayWait = route.requestHeaders.includes('Prefer');
  return (request, reply) => {
    const key = keyOf(endpointOf(endpoint).key, parameterOf(path), request);
    const headers = readRequestHeaders(request.raw.headers);
    const query = parseQuery(request.raw.url ?? '');
    if (fields === 'json') {
      refuseQuery(query);
      return { key, headers, body: valid(parseBody(endpoint, payloadOf(request))), replyTo: undefined };
    }
    const waitMs = mayWait && !query.has('timeoutMs') ? preferredWaitMs(request.raw.headers) : undefined;
    if (waitMs !== undefined) reply.header('Preference-Applied', `wait=${waitMs / 1_000}`);
    const value = { ...bodyOfQuery(query, integers), ...(waitMs !== undefined && { timeoutMs: waitMs }) };
    const gone = mayWait ? { gone: goneOf(reply.raw) } : {};
    return { key, headers, body: valid(parseValue(endpoint, value)), replyTo: undefined, ...gone };
  };
}

/** The body as it came; empty where there is none. */
export function payloadOf({ body }: FastifyRequest): Uint8Array {
  return body instanceof Uint8Array ? body : nothing;
}

/** Reads a request; tells of it where it cannot be taken. Throws whatever `read` throws. */
export function readFor<Request>(endpoints: Answering, name: EndpointName, read: () => Request): Request {
  try {
    return read();
  } catch (error) {
    if (error instanceof ApiFailure) endpoints.unreadable(name, error.body.code);
    throw error;
  }
}

/** What was parsed. Throws ApiFailure where it is refused. */
export function valid<Body>(parsed: Parsed<Body>): Body {
  if (!parsed.ok) throw new ApiFailure(refusalBody(parsed));
  return parsed.body;
}

/** A field in the query of a route whose fields stand in its body would be overlooked: a misspelt place, so to say. */
export function refuseQuery(query: ReadonlyMap<string, string>): void {
  for (const name of query.keys()) throw invalidField(name, 'is not taken in the query here; send it in the body');
}

/** The key in a route's path; null where it has none. Throws ApiFailure INVALID_ID. */
export function keyOf(
  kind: Parameters<typeof checkKey>[0] | null,
  parameter: string | null,
  { params }: FastifyRequest,
): string | null {
  if (kind === null || parameter === null) return null;
  const read = checkKey(kind, (params as Readonly<Record<string, string>>)[parameter] ?? '');
  if (read.ok) return read.key;
  const why = read.fields.map(({ path, why: reason }) => `${path} ${reason}`).join('; ');
  throw failure('INVALID_ID', `Invalid id: ${why}.`, { fields: [...read.fields] });
}

/** Aborted when the connection is closed before the answer has left. */
function goneOf(response: ServerResponse): AbortSignal {
  const gone = new AbortController();
  response.once('close', () => {
    if (!response.writableFinished) gone.abort();
  });
  return gone.signal;
}
