import {
  type EndpointName,
  type JsonObject,
  parameterOf,
  type ServiceRoute,
  type TutorialRoute,
} from '../../contracts/index.ts';
import { errorCodesOf } from '../error-codes.ts';
import { examples } from '../examples.ts';
import { healthName, tutorialName } from '../schemas/names.ts';
import { schemaAt } from '../schemas/references.ts';
import { headersAt, pathParameter } from './parameters.ts';
import { problem, problemResponses, problemsOf } from './problems.ts';

/** The endpoints that the routes of the tutorial are made of. */
const madeOf: Readonly<Record<TutorialRoute['tutorial'], readonly EndpointName[]>> = {
  create: ['stock.receive', 'orders.place'],
  setStatus: ['orders.get', 'orders.pay', 'orders.ship', 'orders.deliver', 'orders.confirmReceipt'],
};

/** The operation of a route of the tutorial. */
export function tutorialOperation(route: TutorialRoute): JsonObject {
  const { tutorial, path, summary, status, requestHeaders, responseHeaders, body } = route;
  const name = parameterOf(path);
  const example = examples.http[tutorial];
  return {
    operationId: `tutorial${tutorial.charAt(0).toUpperCase()}${tutorial.slice(1)}`,
    summary,
    tags: ['tutorial'],
    parameters: [
      ...(name === null ? [] : [pathParameter(name, 'order')]),
      ...requestHeaders.map((header) => ({ $ref: `#/components/parameters/${header}` })),
    ],
    requestBody: {
      required: !body.safeParse({}).success,
      content: {
        'application/json': {
          schema: { $ref: schemaAt(tutorialName(tutorial)) },
          ...(example !== undefined && { example: example.request ?? {} }),
        },
      },
    },
    responses: {
      [String(status)]: {
        description: 'The order, as far as the tutorial knows it.',
        ...(responseHeaders.length > 0 && { headers: headersAt(responseHeaders) }),
        content: {
          'application/json': {
            schema: { $ref: schemaAt('TutorialAnswer') },
            ...(example !== undefined && { example: example.answer }),
          },
        },
      },
      ...problemResponses(problemsOf(errorCodesOf(...madeOf[tutorial]), { isWrite: true })),
    },
  };
}

const operationIds: Readonly<Record<ServiceRoute['about'], string>> = {
  livez: 'isLive',
  readyz: 'isReady',
  metrics: 'getMetrics',
  openapi: 'getOpenApi',
  asyncapi: 'getAsyncApi',
  schema: 'getSchema',
};

/** The operation of a route about the service itself. */
export function serviceOperation({ about, path, summary, mediaType, answer }: ServiceRoute): JsonObject {
  const name = parameterOf(path);
  const example = examples.http[about];
  const schema =
    answer !== null
      ? { $ref: schemaAt(healthName(about)) }
      : { type: mediaType === 'text/plain' ? 'string' : 'object' };
  return {
    operationId: operationIds[about],
    summary,
    tags: ['service'],
    ...(name !== null && {
      parameters: [
        {
          name,
          in: 'path',
          required: true,
          description: 'The name of a schema, such as OrderView.',
          schema: { type: 'string', minLength: 1 },
          example: 'OrderView',
        },
      ],
    }),
    responses: {
      '200': {
        description: summary,
        content: { [mediaType]: { schema, ...(example !== undefined && { example: example.answer }) } },
      },
      ...problemResponses([
        problem('NOT_ACCEPTABLE'),
        ...(name === null ? [] : [problem('ROUTE_NOT_FOUND')]),
        problem('SHUTTING_DOWN'),
        ...(about === 'readyz' ? [problem('NOT_READY')] : []),
      ]),
    },
  };
}
