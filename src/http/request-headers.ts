import type { IncomingHttpHeaders } from 'node:http';
import { ApiFailure } from '../api/failure.ts';
import { headers, limits, type RequestHeaders, readHeaders, refusalBody } from '../contracts/index.ts';
import { invalidField } from './failure.ts';

const IDEMPOTENCY_KEY = 'Idempotency-Key';

/**
 * What a request says about itself, read as over NATS; its id stands in `Idempotency-Key`, or in `Ordo-Request-Id` for
 * those who know that one.
 *
 * @throws ApiFailure INVALID_REQUEST
 */
export function readRequestHeaders(sent: IncomingHttpHeaders): RequestHeaders {
  const requestId = requestIdOf(sent);
  const read = readHeaders((name) => (name === headers.requestId ? requestId?.id : textOf(sent, name)));
  if (read.ok) return read.headers;
  const fields = read.fields.map(({ path, why }) => ({
    path: path === headers.requestId ? (requestId?.header ?? path) : path,
    why,
  }));
  throw new ApiFailure(refusalBody({ ...read, fields }));
}

/** A header's text. Node joins repeated ones by commas. */
function textOf(sent: IncomingHttpHeaders, name: string): string | undefined {
  const text = sent[name.toLowerCase()];
  return Array.isArray(text) ? text.join(', ') : text;
}

function requestIdOf(sent: IncomingHttpHeaders): { readonly id: string; readonly header: string } | undefined {
  const given = [IDEMPOTENCY_KEY, headers.requestId].flatMap((header) => {
    const text = textOf(sent, header);
    return text === undefined || text === '' ? [] : [{ id: idOf(header, text), header }];
  });
  const [first, second] = given;
  if (first !== undefined && second !== undefined && first.id !== second.id) {
    throw invalidField(first.header, `names another request than ${second.header}; send one of them`);
  }
  return first;
}

/** An id is a string of structured fields (RFC 8941), or bare. Sent twice, it is neither. */
function idOf(header: string, text: string): string {
  const quoted = /^"((?:[\x20\x21\x23-\x5b\x5d-\x7e]|\\["\\])*)"$/.exec(text)?.[1]?.replace(/\\(.)/g, '$1');
  const id = quoted ?? /^[\x21\x23-\x7e]+$/.exec(text)?.[0];
  if (id !== undefined && id !== '') return id;
  throw invalidField(header, 'must be one id of visible ASCII signs, bare or in double quotes, such as "8e03978e"');
}

/** How long the client would wait at most, in ms; undefined where it does not say (RFC 7240). */
export function preferredWaitMs(sent: IncomingHttpHeaders): number | undefined {
  const seconds = /(?:^|,)\s*wait\s*=\s*"?(\d+)"?\s*(?:[,;]|$)/i.exec(textOf(sent, 'Prefer') ?? '')?.[1];
  return seconds === undefined ? undefined : Math.min(Number(seconds) * 1_000, limits.waitMs);
}
