import type { IncomingHttpHeaders } from 'node:http';
import { ApiFailure, failure } from '../api/failure.ts';
import type { ApiRequest } from '../api/request.ts';
import type { EndpointName, EndpointRoute, OrderView } from '../contracts/index.ts';
import type { Answering } from './endpoint-request.ts';
import { type EntityTags, parseEntityTags, versionsOf } from './entity-tags.ts';
import { HttpFailure, invalidField } from './failure.ts';

/** More versions than anybody can mean; each is one try. */
const MOST_VERSIONS = 16;

/** The headers that hold conditions. */
export const conditionHeaders = ['If-Match', 'If-None-Match'] as const;

/**
 * The condition that a request names in one of these headers; undefined where it names none.
 *
 * @throws ApiFailure INVALID_REQUEST where it cannot be read, or where a route that changes something does not know it:
 *   to overlook a condition would do what it was to prevent.
 */
export function readCondition(
  name: (typeof conditionHeaders)[number],
  headers: IncomingHttpHeaders,
  { method, requestHeaders }: Pick<EndpointRoute, 'method' | 'requestHeaders'>,
): EntityTags | undefined {
  const text = headers[name.toLowerCase()]?.toString();
  if (text === undefined) return undefined;
  if (!requestHeaders.includes(name)) {
    if (method === 'GET') return undefined;
    throw invalidField(name, 'is not taken here');
  }
  const tags = parseEntityTags(text);
  if (tags === undefined) throw invalidField(name, 'must be * or a version in double quotes, such as "7"');
  if (method === 'PUT' && tags !== '*') throw invalidField(name, 'must be * here: the order must not exist yet');
  return tags;
}

/**
 * Sends a command on an order under its `If-Match`. Each version that it names is tried: the order itself compares, so
 * nothing can come between, and a repeated request finds its answer whichever version it was done at.
 *
 * @throws HttpFailure 412 VERSION_CONFLICT where the order is at none of these versions.
 */
export async function answerIfMatch(
  endpoints: Answering,
  name: EndpointName,
  request: ApiRequest<object>,
  tags: EntityTags,
): Promise<Uint8Array> {
  // Any version will do, and an order that does not exist is not found: a condition does not change that (13.2.1).
  if (tags === '*') return endpoints.answer(name, request);
  if ('expectedVersion' in request.body) throw invalidField('expectedVersion', 'is said by If-Match too; send one');
  const versions = versionsOf(tags);
  if (versions.length > MOST_VERSIONS) throw invalidField('If-Match', `must name at most ${MOST_VERSIONS} versions`);
  let conflict = versions.length === 0 ? await conflictOf(endpoints, request) : undefined;
  let reused: ApiFailure | undefined;
  for (const expectedVersion of versions) {
    try {
      return await endpoints.answer(name, { ...request, body: { ...request.body, expectedVersion } });
    } catch (error) {
      if (codeOf(error) === 'VERSION_CONFLICT') conflict = error as ApiFailure;
      // It may have been done at another of the versions, which makes it another body.
      else if (codeOf(error) === 'REQUEST_ID_REUSED') reused = error as ApiFailure;
      else throw error;
    }
  }
  if (conflict !== undefined) throw new HttpFailure(conflict.body, 412);
  throw reused;
}

/** Places an order under `If-None-Match: *`: one that exists is a failed condition. */
export async function answerIfNoneExists(
  endpoints: Answering,
  name: EndpointName,
  request: ApiRequest<object>,
): Promise<Uint8Array> {
  try {
    return await endpoints.answer(name, request);
  } catch (error) {
    if (error instanceof ApiFailure && codeOf(error) === 'ORDER_EXISTS') throw new HttpFailure(error.body, 412);
    throw error;
  }
}

/** The conflict of an order with tags that none of its versions ever had. Throws ORDER_NOT_FOUND. */
async function conflictOf(endpoints: Answering, { key, headers }: ApiRequest<object>): Promise<ApiFailure> {
  const bytes = await endpoints.answer('orders.get', { key, headers, body: {}, replyTo: undefined });
  const { version } = JSON.parse(Buffer.from(bytes).toString('utf8')) as OrderView;
  const message = `order ${key} is at version ${version}, and If-Match names no version; read it again and decide anew.`;
  return failure('VERSION_CONFLICT', message, { version });
}

function codeOf(error: unknown): string | undefined {
  return error instanceof ApiFailure ? error.body.code : undefined;
}
