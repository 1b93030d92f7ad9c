import {
  type EndpointName,
  endpointOf,
  type HttpRequestHeader,
  type HttpResponseHeader,
  headers,
  httpErrorHeaders,
  httpRequestHeaders,
  httpResponseHeaders,
  type JsonObject,
  type KeyKind,
  limits,
} from '../../contracts/index.ts';
import { deadlineHeader, traceHeader } from '../headers.ts';
import type { JsonSchemas } from '../schemas/json-schemas.ts';
import { requestName } from '../schemas/names.ts';

const keys: Readonly<Record<KeyKind, { readonly about: string; readonly maxBytes: number; readonly example: string }>> =
  {
    order: { about: "An order's id", maxBytes: limits.orderIdBytes, example: 'SO-1001' },
    sku: { about: 'A stock keeping unit', maxBytes: limits.skuBytes, example: '85123A' },
    transaction: { about: "A transaction's id", maxBytes: limits.transactionIdBytes, example: 'SO-1001~1' },
  };

/** The parameter in a path. */
export function pathParameter(name: string, kind: KeyKind): JsonObject {
  const { about, maxBytes, example } = keys[kind];
  return {
    name,
    in: 'path',
    required: true,
    description: `${about}: any non-empty UTF-8 of at most ${maxBytes} bytes, percent-encoded.`,
    schema: { type: 'string', minLength: 1, maxLength: maxBytes },
    example,
  };
}

const headerSchemas: Readonly<Record<HttpRequestHeader, JsonObject>> = {
  'Idempotency-Key': { type: 'string', minLength: 1 },
  'If-Match': { type: 'string' },
  'If-None-Match': { type: 'string' },
  [headers.deadline]: without(deadlineHeader, 'description'),
  Prefer: { type: 'string' },
  [headers.traceparent]: without(traceHeader, 'description'),
};

function without(schema: JsonObject, keyword: string): JsonObject {
  const { [keyword]: _left, ...rest } = schema;
  return rest;
}

/** The headers of requests, under `components.parameters`. */
export function headerParameters(): Readonly<Record<string, JsonObject>> {
  return Object.fromEntries(
    (Object.keys(httpRequestHeaders) as HttpRequestHeader[]).map((name) => [
      name,
      { name, in: 'header', required: false, description: httpRequestHeaders[name], schema: headerSchemas[name] },
    ]),
  );
}

/** The headers of answers, under `components.headers`. */
export function answerHeaders(): Readonly<Record<string, JsonObject>> {
  const texts = Object.entries({ ...httpResponseHeaders, ...httpErrorHeaders });
  const schema = (name: string) => (name === 'Retry-After' ? { type: 'integer', minimum: 1 } : { type: 'string' });
  return Object.fromEntries(texts.map(([name, description]) => [name, { description, schema: schema(name) }]));
}

/** References to headers of an answer. */
export function headersAt(
  names: readonly (HttpResponseHeader | keyof typeof httpErrorHeaders)[],
): Readonly<Record<string, JsonObject>> {
  return Object.fromEntries(names.map((name) => [name, { $ref: `#/components/headers/${name}` }]));
}

/** The fields of an endpoint's request as the parameters of a query. */
export function queryParameters(endpoint: EndpointName, schemas: JsonSchemas): readonly JsonObject[] {
  const { properties = {}, required = [] } = schemas[requestName(endpoint)] ?? {};
  return Object.entries(properties as JsonSchemas).map(([name, schema]) => {
    const { description, ...rest } = present(schema);
    return {
      name,
      in: 'query',
      required: (required as readonly string[]).includes(name),
      ...(description !== undefined && { description }),
      schema: rest,
    };
  });
}

/** A query has texts and numbers; null is said by leaving a field out. */
function present(schema: JsonObject): JsonObject {
  const { type, default: preset, ...rest } = schema;
  return {
    type: Array.isArray(type) ? type.find((one) => one !== 'null') : type,
    ...rest,
    ...(preset !== null && preset !== undefined && { default: preset }),
  };
}

/** Whether an endpoint can be asked without saying anything. */
export function mayBeEmpty(endpoint: EndpointName): boolean {
  return endpointOf(endpoint).body.safeParse({}).success;
}
