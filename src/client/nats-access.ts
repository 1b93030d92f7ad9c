import { type ConnectionOptions, credsAuthenticator, ErrorCode, NatsError } from 'nats';
import { readNatsAddress, withoutSecrets } from '../contracts/index.ts';
import { clientError, type OrdoError } from './errors.ts';

/** How to get to NATS and in. */
export interface NatsAccess {
  /**
   * Where NATS is: `nats://host:4222`, also with `user:password@` or `token@`, as `tls://`, and several with commas.
   */
  readonly url: string;
  /** What a credentials file (`.creds`) holds: a user's JWT and its key. */
  readonly credentials?: Uint8Array;
  /** For servers whose certificate Node does not trust by itself, and for those that want one of the client; PEM. */
  readonly tls?: { readonly ca?: string; readonly cert?: string; readonly key?: string };
}

/** How the NATS client connects, and the address as it may be shown to people. */
export interface NatsConnecting {
  readonly options: Pick<ConnectionOptions, 'servers' | 'user' | 'pass' | 'token' | 'tls' | 'authenticator'>;
  readonly shown: string;
}

/**
 * Puts an access into the NATS client's own words.
 *
 * @throws {OrdoError} INVALID_NATS_URL where the address cannot be read.
 */
export function natsConnecting({ url, credentials, tls }: NatsAccess): NatsConnecting {
  const reading = readNatsAddress(url);
  if (!reading.ok) {
    throw clientError('INVALID_NATS_URL', `The address of NATS, ${withoutSecrets(url)}, ${reading.why}.`);
  }
  const { servers, isTls, user, password, token, shown } = reading.address;
  const options = {
    servers: [...servers],
    ...(user !== undefined && { user }),
    ...(password !== undefined && { pass: password }),
    ...(token !== undefined && { token }),
    ...(credentials !== undefined && { authenticator: credsAuthenticator(credentials) }),
    // An object, be it empty, makes the client insist on TLS.
    ...((isTls || tls !== undefined) && { tls: { ...tls } }),
  };
  return { options, shown };
}

const refusals: ReadonlySet<string> = new Set([
  ErrorCode.AuthorizationViolation,
  ErrorCode.AuthenticationExpired,
  ErrorCode.AuthenticationTimeout,
  ErrorCode.BadAuthentication,
  ErrorCode.BadCreds,
]);

/** Why no connection came about: nobody there, or not let in. `shown` is the address without its secrets. */
export function notConnected(shown: string, cause: unknown): OrdoError {
  if (cause instanceof NatsError && refusals.has(cause.code)) {
    const message = `The NATS server at ${shown} lets nobody in with this user, password, token or credentials file.`;
    return clientError('NOT_AUTHORIZED', message, { cause });
  }
  const why = cause instanceof Error ? cause.message : String(cause);
  const message = `No NATS server answers at ${shown}: ${why}. Start Ordo, or name another server.`;
  return clientError('CONNECTION_FAILED', message, { cause });
}
