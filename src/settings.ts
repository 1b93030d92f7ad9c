import ms, { type StringValue } from 'ms';
import { readNatsAddress, withoutSecrets } from './contracts/index.ts';
import type { NatsFiles } from './nats-files.ts';

/** Everything that can be set, by flag or environment. Durations in ms. */
export interface Settings {
  /** The LevelDB directory. */
  readonly data: string;
  /** A NATS server to use; without one, a child is started. */
  readonly nats: string | undefined;
  /** What that server wants of whoever connects. */
  readonly natsFiles: NatsFiles;
  /** The port of that child; 0 takes any that is free. */
  readonly natsPort: number;
  /** Where HTTP is served; `null`: nowhere. */
  readonly http: HttpAddress | null;
  /** Outside services in the place of built-in participants. */
  readonly participants: Readonly<Partial<Record<Role, string>>>;
  readonly paymentWindowMs: number;
  readonly receiptWindowMs: number;
  /** `null`: completed orders never close. */
  readonly returnWindowMs: number | null;
  readonly prepareTimeoutMs: number;
  readonly retentionMs: number;
  /** How many actors (orders, articles, transactions, …) stay in memory when they are idle. */
  readonly activeActors: number;
  readonly log: LogLevel;
}

/** Where to listen. */
export interface HttpAddress {
  /** A name or an address; one of IPv6 without brackets. */
  readonly host: string;
  /** 0 takes any that is free. */
  readonly port: number;
}

type Role = 'payment' | 'stock' | 'shipment';

export const LOG_LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'silent'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

/** A setting as people give it. */
export interface SettingText {
  readonly name: keyof typeof SETTINGS;
  readonly text: string | undefined;
}

/** A setting with a text that cannot be what was meant. */
export class SettingError extends Error {
  readonly code = 'INVALID_SETTING';

  constructor(flag: string, variable: string, text: string, why: string) {
    super(`${flag} (or ${variable}): ${JSON.stringify(text)} ${why}`);
    this.name = 'SettingError';
  }
}

/** Each setting with its flag, its variable, its default as text (`undefined`: unset) and what it is for. */
export const SETTINGS = {
  data: { flag: '--data', variable: 'ORDO_DATA', standard: './data', value: '<dir>', help: 'the LevelDB directory' },
  nats: {
    flag: '--nats',
    variable: 'NATS_URL',
    standard: undefined,
    value: '<url>',
    help: 'a NATS server to use; without one, a nats-server is started on loopback',
  },
  natsCreds: {
    flag: '--creds',
    variable: 'NATS_CREDS',
    standard: undefined,
    value: '<file>',
    help: 'the credentials file for that server',
  },
  natsCa: {
    flag: '--nats-ca',
    variable: 'NATS_CA',
    standard: undefined,
    value: '<file>',
    help: 'the certificate of whoever has signed that of that server',
  },
  natsCert: {
    flag: '--nats-cert',
    variable: 'NATS_CERT',
    standard: undefined,
    value: '<file>',
    help: 'a certificate to show to that server',
  },
  natsKey: {
    flag: '--nats-key',
    variable: 'NATS_KEY',
    standard: undefined,
    value: '<file>',
    help: "that certificate's key",
  },
  natsPort: {
    flag: '--nats-port',
    variable: 'ORDO_NATS_PORT',
    standard: '4222',
    value: '<port>',
    help: 'the port of that nats-server; 0 takes any that is free',
  },
  http: {
    flag: '--http',
    variable: 'ORDO_HTTP',
    standard: '127.0.0.1:8080',
    value: '<host:port>',
    help: 'where HTTP is served; port 0 takes any that is free, off does without',
  },
  participants: {
    flag: '--participant',
    variable: 'ORDO_PARTICIPANTS',
    standard: undefined,
    value: '<role=service:name>',
    help: 'an outside service in the place of payment, stock or shipment; several with commas',
  },
  paymentWindowMs: {
    flag: '--payment-window',
    variable: 'ORDO_PAYMENT_WINDOW',
    standard: '30m',
    value: '<duration>',
    help: 'how long a prepaid order waits for its payment before it is canceled',
  },
  receiptWindowMs: {
    flag: '--receipt-window',
    variable: 'ORDO_RECEIPT_WINDOW',
    standard: '15d',
    value: '<duration>',
    help: 'when a delivered order counts as confirmed',
  },
  returnWindowMs: {
    flag: '--return-window',
    variable: 'ORDO_RETURN_WINDOW',
    standard: undefined,
    value: '<duration>',
    help: 'when a completed order closes for good; unset: never',
  },
  prepareTimeoutMs: {
    flag: '--prepare-timeout',
    variable: 'ORDO_PREPARE_TIMEOUT',
    standard: '10s',
    value: '<duration>',
    help: 'how long a participant may take to vote',
  },
  retentionMs: {
    flag: '--retention',
    variable: 'ORDO_RETENTION',
    standard: '24h',
    value: '<duration>',
    help: 'how long ended transactions are remembered',
  },
  activeActors: {
    flag: '--active-actors',
    variable: 'ORDO_ACTIVE_ACTORS',
    standard: '50000',
    value: '<n>',
    help: 'how many orders, articles and transactions stay in memory when they are idle, about 2 KB each',
  },
  log: {
    flag: '--log',
    variable: 'ORDO_LOG',
    standard: 'info',
    value: '<level>',
    help: `what is logged to standard error: ${LOG_LEVELS.join(', ')}`,
  },
} as const;

type Name = keyof typeof SETTINGS;

/**
 * Reads the settings: flags first, then the environment, then the defaults.
 *
 * @param flags by name, as commander hands them over.
 * @throws SettingError that names the setting, its text and what it must look like.
 */
export function readSettings(
  flags: Readonly<Partial<Record<Name, string>>>,
  env: Readonly<Record<string, string | undefined>>,
): Settings {
  const textOf = (name: Name): string | undefined => {
    const { variable, standard } = SETTINGS[name];
    return flags[name] ?? (env[variable] || undefined) ?? standard;
  };
  const required = (name: Name): string => textOf(name) ?? '';
  const prepareTimeoutMs = durationOf('prepareTimeoutMs', required('prepareTimeoutMs'));
  return {
    data: required('data'),
    nats: wantsOwnServer(flags) ? undefined : natsOf(textOf('nats')),
    natsFiles: {
      creds: textOf('natsCreds'),
      ca: textOf('natsCa'),
      cert: textOf('natsCert'),
      key: textOf('natsKey'),
    },
    natsPort: portOf('natsPort', required('natsPort')),
    http: httpOf(required('http')),
    participants: participantsOf(textOf('participants')),
    paymentWindowMs: durationOf('paymentWindowMs', required('paymentWindowMs')),
    receiptWindowMs: durationOf('receiptWindowMs', required('receiptWindowMs')),
    returnWindowMs: optional('returnWindowMs', textOf('returnWindowMs')),
    prepareTimeoutMs,
    retentionMs: retentionOf(required('retentionMs'), prepareTimeoutMs),
    activeActors: countOf('activeActors', required('activeActors')),
    log: levelOf(required('log')),
  };
}

/** Whoever asks for a port wants a server of their own, whatever the environment names for those who ask it. */
function wantsOwnServer(flags: Readonly<Partial<Record<Name, string>>>): boolean {
  return flags.natsPort !== undefined && flags.nats === undefined;
}

function wrong(name: Name, text: string, why: string): SettingError {
  return new SettingError(SETTINGS[name].flag, SETTINGS[name].variable, text, why);
}

/** The text as it is: whoever connects reads it again. */
function natsOf(text: string | undefined): string | undefined {
  const reading = text === undefined ? undefined : readNatsAddress(text);
  if (text === undefined || reading?.ok !== false) return text;
  throw wrong('nats', withoutSecrets(text), reading.why);
}

function optional(name: Name, text: string | undefined): number | null {
  return text === undefined ? null : durationOf(name, text);
}

/** 1,000 years: no window is meant to be longer, and sums with it stay exact. */
const LONGEST_MS = 365_250 * 86_400_000;

function durationOf(name: Name, text: string): number {
  const value = /^\d/.test(text) ? ms(text as StringValue) : undefined;
  if (value === undefined || !Number.isFinite(value) || value < 1 || value > LONGEST_MS) {
    throw wrong(name, text, 'is no duration; write it as 500ms, 90s, 30m, 24h or 15d');
  }
  return Math.round(value);
}

/** A transaction that is forgotten before its deadline could begin anew. */
function retentionOf(text: string, prepareTimeoutMs: number): number {
  const retentionMs = durationOf('retentionMs', text);
  if (retentionMs > prepareTimeoutMs) return retentionMs;
  throw wrong('retentionMs', text, `must be longer than ${SETTINGS.prepareTimeoutMs.flag}, ${ms(prepareTimeoutMs)}`);
}

function portOf(name: Name, text: string): number {
  const port = /^\d+$/.test(text) ? Number(text) : Number.NaN;
  if (!(port >= 0 && port <= 65_535)) throw wrong(name, text, 'is no port; it must be a number from 0 to 65535');
  return port;
}

function httpOf(text: string): HttpAddress | null {
  if (text === 'off') return null;
  const [, ipv6, name, port] = /^(?:\[([0-9A-Fa-f:.]+)\]|([^\s:/?#@[\]]+)):(\d+)$/.exec(text) ?? [];
  const host = ipv6 ?? name;
  if (host === undefined || port === undefined || Number(port) > 65_535) {
    throw wrong('http', text, 'is no address; write it as 127.0.0.1:8080, localhost:8080 or [::1]:8080, or off');
  }
  return { host, port: Number(port) };
}

/** Below what one large transaction needs at once, everything would go in and out of memory all the time. */
const LEAST_ACTIVE = 100;
/** Beyond that memory runs out, and not this limit. */
const MOST_ACTIVE = 10_000_000;

function countOf(name: Name, text: string): number {
  const count = /^\d+$/.test(text) ? Number(text) : Number.NaN;
  if (count >= LEAST_ACTIVE && count <= MOST_ACTIVE) return count;
  throw wrong(name, text, `must be a whole number from ${LEAST_ACTIVE} to ${MOST_ACTIVE}`);
}

function levelOf(text: string): LogLevel {
  const level = LOG_LEVELS.find((one) => one === text);
  if (level === undefined) throw wrong('log', text, `is no level; it must be one of ${LOG_LEVELS.join(', ')}`);
  return level;
}

function participantsOf(text: string | undefined): Settings['participants'] {
  if (text === undefined) return {};
  const participants: Partial<Record<Role, string>> = {};
  for (const part of text.split(',')) {
    const match = /^\s*(payment|stock|shipment)=(service:[A-Za-z0-9_-]+)\s*$/.exec(part);
    if (match?.[1] === undefined || match[2] === undefined) {
      throw wrong('participants', part, 'must read payment, stock or shipment, then =service: and a name');
    }
    const role = match[1] as Role;
    if (participants[role] !== undefined) throw wrong('participants', text, `names ${role} twice`);
    participants[role] = match[2];
  }
  return participants;
}
