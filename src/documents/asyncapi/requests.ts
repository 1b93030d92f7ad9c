import {
  type EndpointName,
  type ErrorCode,
  endpointNames,
  endpointOf,
  errorCodes,
  errorKinds,
  headers,
  type JsonObject,
  type KeyKind,
  serviceOf,
} from '../../contracts/index.ts';
import { errorCodesOf } from '../error-codes.ts';
import { always, headersOf, requestHeaders, traceHeader } from '../headers.ts';
import { answerName, errorName, requestName } from '../schemas/names.ts';
import { schemaAt } from '../schemas/references.ts';
import { errorExampleOf, exampleOf } from '../schemas/schema-examples.ts';
import { at, type Parts, parameters, replyChannel } from './parts.ts';

/** The queue group of all instances of a service: one of them takes each request. */
function bindingsOf(name: EndpointName): JsonObject {
  return { nats: { queue: serviceOf(name), bindingVersion: '0.1.0' } };
}

const parameterNames: Readonly<Record<KeyKind, string>> = {
  order: 'orderId',
  sku: 'sku',
  transaction: 'transactionId',
};

function requestMessage(name: EndpointName): JsonObject {
  const { summary } = endpointOf(name);
  const isOnce = errorCodesOf(name).includes('REQUEST_ID_REUSED');
  const example = exampleOf(name);
  return {
    name: `${name}.request`,
    title: `Request of ${name}`,
    summary,
    headers: requestHeaders(isOnce ? 'once' : 'any'),
    payload: { $ref: schemaAt(requestName(name)) },
    ...(example !== undefined && { examples: [shown(example.subject, example.headers, example.body)] }),
  };
}

function answerMessage(name: EndpointName): JsonObject {
  const example = exampleOf(name);
  return {
    name: `${name}.answer`,
    title: `Answer to ${name}`,
    headers: headersOf({ [headers.traceparent]: traceHeader }),
    payload: { $ref: schemaAt(answerName(name)) },
    ...(example !== undefined && { examples: [shown(example.subject, {}, example.answer)] }),
  };
}

function errorMessage(code: ErrorCode): JsonObject {
  const { number, retriable, meaning } = errorKinds[code];
  const example = errorExampleOf(code);
  return {
    name: code,
    title: `${code} (${number}${retriable ? ', retriable' : ''})`,
    summary: meaning,
    headers: headersOf(
      {
        [headers.serviceError]: { description: 'The message, on one line.', type: 'string' },
        [headers.serviceErrorCode]: always(String(number), "The code's number."),
        [headers.traceparent]: traceHeader,
      },
      [headers.serviceError, headers.serviceErrorCode],
    ),
    payload: { $ref: schemaAt(errorName(code)) },
    ...(example !== undefined && { examples: [shown(code, example.headers, example.body)] }),
  };
}

function shown(name: string, sent: Readonly<Record<string, string>>, payload: unknown): JsonObject {
  return { name, ...(Object.keys(sent).length > 0 && { headers: sent }), payload };
}

function channelsOf(name: EndpointName): Readonly<Record<string, JsonObject>> {
  const { key, keyOptional, summary } = endpointOf(name);
  const messages = { request: at('components', 'messages', `${name}.request`) };
  const plain = { address: name, description: summary, messages };
  const channels: Record<string, JsonObject> = {};
  if (key === null) channels[name] = plain;
  else {
    const parameter = parameterNames[key];
    const address = `${name}.{${parameter}}`;
    channels[name] = { address, description: summary, messages, parameters: parameters(parameter) };
    if (keyOptional === true) channels[`${name}.new`] = plain;
  }
  const replies = Object.fromEntries(errorCodesOf(name).map((code) => [code, at('components', 'messages', code)]));
  channels[`${name}.reply`] = replyChannel({ answer: at('components', 'messages', `${name}.answer`), ...replies });
  return channels;
}

function operationsOf(name: EndpointName): Readonly<Record<string, JsonObject>> {
  const { kind, keyOptional, summary } = endpointOf(name);
  const operation = (channel: string): JsonObject => ({
    action: 'receive',
    title: name,
    summary,
    channel: at('channels', channel),
    reply: { channel: at('channels', `${name}.reply`) },
    tags: [{ name: name.slice(0, name.indexOf('.')) }, { name: kind }],
    bindings: bindingsOf(name),
  });
  return {
    [name]: operation(name),
    ...(keyOptional === true && { [`${name}.new`]: operation(`${name}.new`) }),
  };
}

/** Every command and question. */
export function requestParts(): Parts {
  return {
    channels: Object.assign({}, ...endpointNames.map(channelsOf)) as Parts['channels'],
    operations: Object.assign({}, ...endpointNames.map(operationsOf)) as Parts['operations'],
    messages: {
      ...Object.fromEntries(
        endpointNames.flatMap((name) => [
          [`${name}.request`, requestMessage(name)],
          [`${name}.answer`, answerMessage(name)],
        ]),
      ),
      ...Object.fromEntries(errorCodes.map((code) => [code, errorMessage(code)])),
    },
  };
}
