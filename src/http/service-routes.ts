import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { type ServiceRoute, serviceRoutes } from '../contracts/index.ts';
import { pathPattern } from './endpoint-routes.ts';
import { httpFailure } from './failure.ts';

/** Figures for Prometheus. */
export interface MetricsSource {
  readonly contentType: string;
  text(): Promise<string>;
}

/** The documents of the interface, as JSON values. */
export interface Documents {
  readonly openapi: object;
  readonly asyncapi: object;
  /** The JSON Schema of each message, by its name. */
  readonly schemas: Readonly<Record<string, object>>;
}

/** What the routes about the service tell. */
export interface ServiceParts {
  /** What the service needs and does not have right now, by name; empty when it takes commands. */
  readonly missing: () => readonly string[];
  readonly metrics?: MetricsSource;
  /** Made when they are asked for. */
  readonly documents?: () => Promise<Documents>;
}

type Handler = (request: FastifyRequest, reply: FastifyReply) => Promise<FastifyReply>;

/** Serves health, and what else the parts provide. */
export function addServiceRoutes(app: FastifyInstance, parts: ServiceParts): void {
  for (const route of serviceRoutes) {
    const handler = handlerOf(route, parts);
    if (handler === undefined) continue;
    app.route({
      method: route.method,
      url: pathPattern(route.path),
      config: { mediaType: route.mediaType },
      handler,
    });
  }
}

/** Undefined where the part is not provided. */
function handlerOf(
  { about, mediaType }: ServiceRoute,
  { missing, metrics, documents }: ServiceParts,
): Handler | undefined {
  const json = (reply: FastifyReply, value: object) =>
    reply.header('Content-Type', mediaType).send(Buffer.from(JSON.stringify(value)));
  switch (about) {
    case 'livez':
      return async (_request, reply) => json(reply, { status: 'live' });
    case 'readyz':
      return async (_request, reply) => {
        const lacks = missing();
        if (lacks.length > 0) throw httpFailure('NOT_READY', `Missing now: ${lacks.join(', ')}.`, { missing: lacks });
        return json(reply, { status: 'ready' });
      };
    case 'metrics':
      if (metrics === undefined) return undefined;
      return async (_request, reply) => {
        const text = await metrics.text();
        return reply.header('Content-Type', metrics.contentType).send(text);
      };
    case 'openapi':
    case 'asyncapi':
      return documents && (async (_request, reply) => json(reply, (await documents())[about]));
    case 'schema':
      return (
        documents &&
        (async ({ params }, reply) => {
          const { name } = params as { readonly name: string };
          const { schemas } = await documents();
          const schema = Object.hasOwn(schemas, name) ? schemas[name] : undefined;
          if (schema === undefined) throw httpFailure('ROUTE_NOT_FOUND', 'There is no schema of this name.');
          return json(reply, schema);
        })
      );
  }
}
