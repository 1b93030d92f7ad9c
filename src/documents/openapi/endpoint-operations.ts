import {
  type EndpointRoute,
  endpointOf,
  endpointRoutes,
  type HttpRequestHeader,
  type JsonObject,
  parameterOf,
} from '../../contracts/index.ts';
import { errorCodesOf } from '../error-codes.ts';
import { examples } from '../examples.ts';
import type { JsonSchemas } from '../schemas/json-schemas.ts';
import { answerName, requestName } from '../schemas/names.ts';
import { schemaAt } from '../schemas/references.ts';
import { headersAt, mayBeEmpty, pathParameter, queryParameters } from './parameters.ts';
import { type Problem, problemResponses, problemsOf } from './problems.ts';

/** `orders.confirmReceipt` → `ordersConfirmReceipt`; the second route of an endpoint is told apart by its id. */
function operationId({ endpoint, path, method }: EndpointRoute): string {
  const [room = '', word = ''] = endpoint.split('.');
  const isSecond = endpointRoutes.find((one) => one.endpoint === endpoint)?.path !== path;
  return `${room}${word.charAt(0).toUpperCase()}${word.slice(1)}${isSecond && method === 'PUT' ? 'WithId' : ''}`;
}

/** The operation of a route that stands for an endpoint. */
export function endpointOperation(route: EndpointRoute, schemas: JsonSchemas): JsonObject {
  const { endpoint, summary, fields } = route;
  const parameters = parametersOf(route, schemas);
  return {
    operationId: operationId(route),
    summary,
    description: `Over NATS: \`${endpoint}\`.`,
    tags: [endpoint.slice(0, endpoint.indexOf('.'))],
    ...(parameters.length > 0 && { parameters }),
    ...(fields === 'json' && { requestBody: requestBody(route) }),
    responses: { ...answers(route), ...problemResponses(problemsIn(route)) },
  };
}

function parametersOf({ path, method, endpoint, fields, requestHeaders }: EndpointRoute, schemas: JsonSchemas) {
  const name = parameterOf(path);
  const { key } = endpointOf(endpoint);
  return [
    ...(name !== null && key !== null ? [pathParameter(name, key)] : []),
    ...(fields === 'query' ? queryParameters(endpoint, schemas) : []),
    ...requestHeaders.map((header) => headerParameter(header, method)),
  ];
}

/** A condition means something else where an order is placed: that there is none yet. */
function headerParameter(name: HttpRequestHeader, method: EndpointRoute['method']): JsonObject {
  if (name !== 'If-None-Match' || method !== 'PUT') return { $ref: `#/components/parameters/${name}` };
  const description = 'The order must not exist yet; otherwise the answer is 412 and not 409.';
  return { name, in: 'header', required: false, description, schema: { type: 'string', const: '*' } };
}

/** What the endpoint was asked, and what it answered, as the route's example. */
function exampleOf({ endpoint, path }: EndpointRoute) {
  const isNew = endpointOf(endpoint).keyOptional === true && parameterOf(path) === null;
  return examples.requests[isNew ? `${endpoint}.new` : endpoint];
}

function requestBody(route: EndpointRoute): JsonObject {
  const { endpoint } = route;
  const body = exampleOf(route)?.body;
  return {
    required: !mayBeEmpty(endpoint),
    content: {
      'application/json': {
        schema: { $ref: schemaAt(requestName(endpoint)) },
        ...(body !== undefined && { example: body }),
      },
    },
  };
}

function answers(route: EndpointRoute): Readonly<Record<string, JsonObject>> {
  const { endpoint, status, summary, requestHeaders, responseHeaders, method } = route;
  const answer = exampleOf(route)?.answer;
  const name = answerName(endpoint);
  const isConditional = method === 'GET' && requestHeaders.includes('If-None-Match');
  return {
    [String(status)]: {
      description: status === 201 ? 'The order has been placed.' : summary,
      ...(responseHeaders.length > 0 && { headers: headersAt(responseHeaders) }),
      content: {
        'application/json': { schema: { $ref: schemaAt(name) }, ...(answer !== undefined && { example: answer }) },
      },
    },
    ...(isConditional && {
      '304': { description: 'The client has the newest version.', headers: headersAt(['ETag']) },
    }),
  };
}

function problemsIn({ endpoint, method, requestHeaders }: EndpointRoute): readonly Problem[] {
  const own = problemsOf(errorCodesOf(endpoint), { isWrite: method !== 'GET' });
  return [
    ...own,
    ...(requestHeaders.includes('If-Match') ? [{ code: 'VERSION_CONFLICT', status: 412 } as const] : []),
    ...(method === 'PUT' && requestHeaders.includes('If-None-Match')
      ? [{ code: 'ORDER_EXISTS', status: 412 } as const]
      : []),
  ];
}
