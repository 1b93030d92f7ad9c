import { type EndpointKey, type EndpointName, endpointOf } from './endpoints.ts';
import { encodeToken, type KeyReading, readToken } from './identifiers.ts';

/** The subject to ask an endpoint on: `orders.pay.SO-1`. Throws RangeError where the key is missing or superfluous. */
export function subjectOf(name: EndpointName, key?: string | null): string {
  const { key: kind, keyOptional } = endpointOf(name);
  if (key === undefined || key === null) {
    if (kind === null || keyOptional) return name;
    throw new RangeError(`${name} needs the ${kind} it is about`);
  }
  if (kind === null) throw new RangeError(`${name} takes no key, but got ${JSON.stringify(key)}`);
  if (key === '') throw new RangeError(`${name} needs a ${kind} that is not empty`);
  return `${name}.${encodeToken(key)}`;
}

/**
 * The subjects that the service listens on for an endpoint. They end in `>` and not `*`, so that an id with a bare dot
 * is answered INVALID_ID rather than by silence.
 */
export function subscriptionsOf(name: EndpointName): string[] {
  const { key, keyOptional } = endpointOf(name);
  if (key === null) return [name];
  return keyOptional ? [name, `${name}.>`] : [`${name}.>`];
}

/** Reads the key from the subject that a request to an endpoint came on; null where it has none and needs none. */
export function readKey<Name extends EndpointName>(name: Name, subject: string): KeyReading<EndpointKey<Name>> {
  const { key: kind } = endpointOf(name);
  if (kind === null || subject === name) return { ok: true, key: null as EndpointKey<Name> };
  return readToken(kind, subject.slice(name.length + 1)) as KeyReading<EndpointKey<Name>>;
}
