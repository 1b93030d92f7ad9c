import { createHash, hash, randomBytes } from 'node:crypto';
import { base32 } from '@scure/base';
import type { RequestHeaders } from '../contracts/index.ts';

/** One request as the handlers see it: everything about it is valid. */
export interface ApiRequest<Body> {
  /** The order's, article's or transaction's id; `null` where the endpoint takes none, or none was given. */
  readonly key: string | null;
  readonly body: Body;
  readonly headers: RequestHeaders;
  /** Where the answer goes, for whoever still waits for it after a restart; undefined where it goes back at once or never. */
  readonly replyTo: string | undefined;
  /** Aborted when nobody waits for the answer any more, where that can be known. It ends a wait, never a command. */
  readonly gone?: AbortSignal;
}

/** A hash of a command and its body, for which the order of fields does not matter. */
export function requestHash(command: string, body: unknown): string {
  return hash('sha256', `${command}\n${canonical(body)}`, 'base64').slice(0, 22);
}

/** JSON with sorted keys: RFC 8785 for what JSON.parse can give. */
function canonical(value: unknown): string {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map(canonical).join()}]`;
  const fields = value as Readonly<Record<string, unknown>>;
  let text = '';
  for (const key of Object.keys(fields).sort()) {
    const field = fields[key];
    if (field !== undefined) text += `${text === '' ? '' : ','}${JSON.stringify(key)}:${canonical(field)}`;
  }
  return `{${text}}`;
}

const ID_LENGTH = 26;

/** The id of an order that was placed without one: the same for the same request id, so that a retry finds it. */
export function derivedOrderId(requestId: string | undefined): string {
  const bytes = requestId === undefined ? randomBytes(20) : createHash('sha256').update(requestId).digest();
  return base32.encode(bytes).slice(0, ID_LENGTH);
}
