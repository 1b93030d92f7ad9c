/** Where NATS is and who asks, as one text tells it: `nats://user:password@host:4222`. */
export interface NatsAddress {
  /** `host:port`, one or more of one cluster. */
  readonly servers: readonly string[];
  /** Whether one of them was written with `tls://`: then no connection is made without. */
  readonly isTls: boolean;
  readonly user?: string;
  readonly password?: string;
  readonly token?: string;
  /** The address for people and logs: everything but user, password and token. */
  readonly shown: string;
}

/** An address that was read, or why it cannot be; `why` never holds what may be a secret. */
export type NatsAddressReading =
  | { readonly ok: true; readonly address: NatsAddress }
  | { readonly ok: false; readonly why: string };

type Secrets = Pick<NatsAddress, 'user' | 'password' | 'token'>;
type Server = { readonly host: string; readonly isTls: boolean; readonly secrets: Secrets | undefined };

/** What NATS listens on where an address names no port. */
const usualPort = '4222';
const schemes = ['nats:', 'tls:'];

/**
 * Reads an address: `nats://` or `tls://` (or nothing, which means `nats://`), a user and a password or a token with
 * an `@` behind them, host and port. Several with commas are the servers of one cluster, which share what is secret: it
 * stands with the first.
 */
export function readNatsAddress(text: string): NatsAddressReading {
  const servers: Server[] = [];
  for (const part of text.split(',')) {
    const server = readServer(part.trim());
    if (typeof server === 'string') return { ok: false, why: server };
    servers.push(server);
  }
  // Otherwise a password with a comma in it would pass for the names of servers.
  if (servers[0]?.secrets === undefined && servers.some(({ secrets }) => secrets !== undefined)) {
    return {
      ok: false,
      why: 'names a user behind a comma only; name it first, and write a comma in a password as %2C',
    };
  }
  const all = servers.flatMap(({ secrets }) => (secrets === undefined ? [] : [secrets]));
  const [secrets = {}] = all;
  if (all.some((other) => JSON.stringify(other) !== JSON.stringify(secrets))) {
    return { ok: false, why: 'names several users; all servers of one cluster must take the same' };
  }
  const isTls = servers.some((server) => server.isTls);
  const scheme = isTls ? 'tls' : 'nats';
  const hosts = servers.map(({ host }) => host);
  const shown = hosts.map((host) => `${scheme}://${host}`).join(',');
  return { ok: true, address: { servers: hosts, isTls, ...secrets, shown } };
}

/** An address that cannot be read, as it may be shown: whatever stands before an `@` is left out. */
export function withoutSecrets(text: string): string {
  return text.replace(/^([a-z+]+:\/\/)?.*@/is, '$1***@');
}

const shape = 'must look like nats://host:4222, nats://user:password@host:4222 or tls://host:4222';

/** Gives the server, or what is wrong. */
function readServer(text: string): Server | string {
  let url: URL;
  try {
    url = new URL(text.includes('://') ? text : `nats://${text}`);
  } catch {
    return `${shape}; signs like @ : / and , in a password are written as %40 %3A %2F and %2C`;
  }
  const { protocol, hostname, port, username, password, pathname, search, hash } = url;
  if (!schemes.includes(protocol)) return `${shape}; ${protocol}// is not spoken here`;
  if (text.includes('@') && username === '') return `${shape}, with a user before the @`;
  if (hostname === '' || !['', '/'].includes(pathname) || search !== '' || hash !== '') return shape;
  try {
    const secrets = username === '' ? undefined : secretsOf(decodeURIComponent(username), decodeURIComponent(password));
    return { host: `${hostname}:${port || usualPort}`, isTls: protocol === 'tls:', secrets };
  } catch {
    return `${shape}; a % in a password is written as %25`;
  }
}

/** A name without a password is a token. */
function secretsOf(user: string, password: string): Secrets {
  return password === '' ? { token: user } : { user, password };
}
