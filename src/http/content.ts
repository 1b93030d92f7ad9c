import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import type { ApiFailure } from '../api/failure.ts';
import { type HttpFailure, httpFailure, invalidField } from './failure.ts';

/**
 * Why what a request brings, or wants to get, cannot be dealt in; undefined where it can.
 *
 * @param mediaType of the answer.
 */
export function whyNotExchanged(
  { method, headers }: IncomingMessage,
  mediaType: string,
): HttpFailure | ApiFailure | undefined {
  if (!accepts(headers.accept, mediaType)) return httpFailure('NOT_ACCEPTABLE');
  const hasBody = !['0', undefined].includes(headers['content-length']) || headers['transfer-encoding'] !== undefined;
  if (method === 'GET' || method === 'HEAD') {
    return hasBody
      ? invalidField('', `has a body, which ${method} does not take; put the fields into the query`)
      : undefined;
  }
  return whyUnsupported(headers, hasBody);
}

/** A form, or a text that a page may send anywhere, is not taken, not even an empty one. */
function whyUnsupported(headers: IncomingHttpHeaders, hasBody: boolean): HttpFailure | undefined {
  const encoding = headers['content-encoding'] ?? 'identity';
  if (encoding.toLowerCase() !== 'identity') {
    return httpFailure('UNSUPPORTED_MEDIA_TYPE', `The body must be plain, without Content-Encoding: ${encoding}.`);
  }
  const type = headers['content-type'];
  if (type === undefined) return hasBody ? httpFailure('UNSUPPORTED_MEDIA_TYPE') : undefined;
  const [essence = '', ...parameters] = type
    .toLowerCase()
    .split(';')
    .map((part) => part.trim());
  const isJson = /^application\/(?:[\w.!#$&^+-]+\+)?json$/.test(essence);
  const isUtf8 = parameters.every((one) => !one.startsWith('charset') || /^charset="?utf-?8"?$/.test(one));
  return isJson && isUtf8 ? undefined : httpFailure('UNSUPPORTED_MEDIA_TYPE');
}

/** Whether `Accept` lets a media type through: the most specific range that covers it decides (RFC 9110, 12.5.1). */
export function accepts(accept: string | undefined, mediaType: string): boolean {
  if (accept === undefined || accept.trim() === '') return true;
  const ranges = new Map<string, number>();
  for (const part of accept.toLowerCase().split(',')) {
    const [range = '', ...parameters] = part.split(';').map((one) => one.trim());
    const weight = parameters.map((one) => /^q\s*=\s*([\d.]+)$/.exec(one)?.[1]).find((q) => q !== undefined);
    ranges.set(range, Math.max(ranges.get(range) ?? 0, Number(weight ?? 1)));
  }
  const covering = [mediaType, mediaType.replace(/\/.*/, '/*'), '*/*'].find((range) => ranges.has(range));
  return covering !== undefined && (ranges.get(covering) ?? 0) > 0;
}
