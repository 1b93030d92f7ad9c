import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { type EndpointRoute, endpointRoutes, type OrderView } from '../contracts/index.ts';
import { type Answering, endpointRequestReader, readFor } from './endpoint-request.ts';
import { entityTagOf, isKnown } from './entity-tags.ts';
import { answerIfMatch, answerIfNoneExists, readCondition } from './preconditions.ts';

/** The media type of every answer that is no error. */
export const JSON_TYPE = 'application/json';

/** A route's path as the server library writes it: `/orders/:id`. */
export function pathPattern(path: string): string {
  return path.replace(/\{(\w+)\}/g, ':$1');
}

/** Where an order is found. */
export function locationOf(id: string): string {
  return `/orders/${encodeURIComponent(id)}`;
}

/** Serves every route that stands for an endpoint. */
export function addEndpointRoutes(app: FastifyInstance, endpoints: Answering): void {
  for (const route of endpointRoutes) {
    app.route({
      method: route.method,
      url: pathPattern(route.path),
      config: { mediaType: JSON_TYPE },
      handler: endpointHandler(route, endpoints),
    });
  }
}

function endpointHandler(route: EndpointRoute, endpoints: Answering) {
  const read = endpointRequestReader(route);
  const { endpoint, method, status } = route;
  return async (request: FastifyRequest, reply: FastifyReply) => {
    const apiRequest = readFor(endpoints, endpoint, () => read(request, reply));
    const ifMatch = readCondition('If-Match', request.raw.headers, route);
    const ifNoneMatch = readCondition('If-None-Match', request.raw.headers, route);
    const bytes =
      ifMatch !== undefined
        ? await answerIfMatch(endpoints, endpoint, apiRequest, ifMatch)
        : method === 'PUT' && ifNoneMatch !== undefined
          ? await answerIfNoneExists(endpoints, endpoint, apiRequest)
          : await endpoints.answer(endpoint, apiRequest);
    const answer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    if (route.responseHeaders.length > 0) {
      const { id, version } = JSON.parse(answer.toString('utf8')) as OrderView;
      reply.header('ETag', entityTagOf(version));
      if (route.responseHeaders.includes('Location')) reply.header('Location', locationOf(id));
      if (method === 'GET' && ifNoneMatch !== undefined && isKnown(ifNoneMatch, version)) return reply.code(304).send();
    }
    return reply.code(status).header('Content-Type', JSON_TYPE).send(answer);
  };
}
