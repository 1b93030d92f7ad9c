import {
  endpointRoutes,
  isJsonObject,
  type JsonObject,
  limits,
  problemMediaType,
  serviceRoutes,
  tutorialRoutes,
} from '../../contracts/index.ts';
import { type JsonSchemas, jsonSchemas } from '../schemas/json-schemas.ts';
import { referredIn, schemaAt } from '../schemas/references.ts';
import { endpointOperation } from './endpoint-operations.ts';
import { serviceOperation, tutorialOperation } from './other-operations.ts';
import { answerHeaders, headerParameters, headersAt } from './parameters.ts';
import { problemExamples } from './problems.ts';

const description = `Orders that live, pay, ship and survive. Every order is a statechart, every answer is on disk before it leaves, and what touches several services at once changes together or not at all.

Bodies are JSON in UTF-8, at most ${limits.messageBytes / 1024} KB; one that is left out is \`{}\`. Ids in paths are any non-empty UTF-8, percent-encoded.

**Same request, same answer.** A command with the header \`Idempotency-Key\` is done once, however often it is sent.

**No surprises.** Orders have a version, which is their ETag. A command with \`If-Match\`, or with \`expectedVersion\` in its body, is done at that version or not at all.

**Errors** are problem details (RFC 9457) with the members \`code\`, \`retriable\` and \`details\`. *Retriable* means that the same request may be sent again.

**Requests are closed, answers are open.** An unknown field of a request is refused; answers and errors may get new fields and enumerations new values.`;

/** The interface over HTTP as an OpenAPI 3.1 document. */
export function openApi(version: string): JsonObject {
  const schemas = withDiscriminators(jsonSchemas('draft-2020-12', schemaAt));
  const paths = pathsOf(schemas);
  const responses = {
    Problem: {
      description: 'Whatever else may be wrong with a request.',
      headers: headersAt(['Allow']),
      content: { [problemMediaType]: { schema: { $ref: schemaAt('Problem') } } },
    },
  };
  return {
    openapi: '3.1.1',
    info: {
      title: 'Ordo over HTTP',
      version,
      description,
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    servers: [
      {
        url: 'http://{host}:{port}',
        description: 'Where the setting ORDO_HTTP has it.',
        variables: { host: { default: '127.0.0.1' }, port: { default: '8080' } },
      },
    ],
    security: [],
    tags: [
      { name: 'orders', description: 'Commands on orders, and questions about them.' },
      { name: 'stock', description: 'Articles.' },
      { name: 'payments', description: "Orders' money." },
      { name: 'transactions', description: 'What changes several services at once, for operators.' },
      { name: 'tutorial', description: 'The two routes of the tutorial that the project grew from.' },
      { name: 'service', description: 'The service itself: health, metrics, documents.' },
    ],
    paths,
    components: {
      parameters: headerParameters(),
      headers: answerHeaders(),
      responses,
      examples: problemExamples,
      schemas: referredIn({ paths, responses }, schemas),
    },
  };
}

function pathsOf(schemas: JsonSchemas): Readonly<Record<string, JsonObject>> {
  const operations = [
    ...endpointRoutes.map((route) => ({ route, operation: endpointOperation(route, schemas) })),
    ...tutorialRoutes.map((route) => ({ route, operation: tutorialOperation(route) })),
    ...serviceRoutes.map((route) => ({ route, operation: serviceOperation(route) })),
  ];
  const paths: Record<string, Record<string, JsonObject>> = {};
  for (const { route, operation } of operations) {
    paths[route.path] = { ...paths[route.path], [route.method.toLowerCase()]: operation };
  }
  return paths;
}

/** OpenAPI's word for a choice that a field decides: generators make better code of it. */
function withDiscriminators(schemas: JsonSchemas): JsonSchemas {
  const { OrderEvent: event } = schemas;
  if (event === undefined || !Array.isArray(event.oneOf)) return schemas;
  const mapping = Object.fromEntries(
    (event.oneOf as readonly { readonly $ref: string }[]).map(({ $ref }) => {
      const { properties } = schemas[$ref.slice(schemaAt('').length)] ?? {};
      const type = isJsonObject(properties) && isJsonObject(properties.type) ? properties.type.const : undefined;
      return [String(type), $ref];
    }),
  );
  return { ...schemas, OrderEvent: { ...event, discriminator: { propertyName: 'type', mapping } } };
}
