import { describe, expect, it } from 'vitest';
import type { RuntimeErrorCode } from '../../runtime/errors.ts';
import { RuntimeError } from '../../runtime/errors.ts';
import { exitCodeOf, exitCodes, exitMeanings, Interrupted, UsageError } from '../../src/cli/failure.ts';
import { type ClientErrorCode, clientErrorKinds, OrdoError } from '../../src/client/index.ts';
import { type ErrorCode, errorKinds } from '../../src/contracts/index.ts';
import { ImportError, type ImportErrorCode } from '../../src/import/errors.ts';
import { NatsFileError } from '../../src/nats-files.ts';
import { NatsServerError, type NatsServerErrorCode } from '../../src/nats-server.ts';
import { SettingError } from '../../src/settings.ts';

type Name = keyof typeof exitCodes;

/** What each code of the interface and of the client ends with: a new code does not compile until it is here. */
const answered: Record<ErrorCode | ClientErrorCode, Name> = {
  INVALID_REQUEST: 'usage',
  INVALID_ID: 'usage',
  TOO_LARGE: 'usage',
  INVALID_NATS_URL: 'usage',
  NOT_AUTHORIZED: 'usage',
  ORDER_NOT_FOUND: 'notFound',
  TRANSACTION_NOT_FOUND: 'notFound',
  SESSION_NOT_FOUND: 'notFound',
  STORE_CORRUPT: 'unexpected',
  STREAM_NOT_FOUND: 'notFound',
  NOT_ACCEPTED: 'refused',
  FOLLOW_REFUSED: 'refused',
  VERSION_CONFLICT: 'refused',
  ORDER_EXISTS: 'refused',
  REQUEST_EXPIRED: 'refused',
  REQUEST_ID_REUSED: 'refused',
  TRANSACTION_ABORTED: 'refused',
  LOCKED: 'unavailable',
  DEADLINE_EXCEEDED: 'unavailable',
  WAIT_TIMEOUT: 'unavailable',
  BUSY: 'unavailable',
  JETSTREAM_UNAVAILABLE: 'unavailable',
  STORE_UNAVAILABLE: 'unavailable',
  SHUTTING_DOWN: 'unavailable',
  NO_RESPONDERS: 'unavailable',
  TIMEOUT: 'unavailable',
  CONNECTION_CLOSED: 'unavailable',
  CONNECTION_FAILED: 'unavailable',
  INTERNAL: 'unexpected',
  UNREADABLE_ANSWER: 'unexpected',
};

const started: Record<RuntimeErrorCode, Name> = {
  LEVEL_LOCKED: 'unavailable',
  TRANSPORT_FAILED: 'unavailable',
  STORE_CORRUPT: 'unexpected',
  STORE_FAILED: 'unexpected',
  VERSION_UNKNOWN: 'unexpected',
  MACHINE_REFUSED: 'unexpected',
};

const imported: Record<ImportErrorCode, Name> = {
  FILE_UNREADABLE: 'usage',
  HEADER_UNKNOWN: 'usage',
  ROW_INVALID: 'usage',
  LOG_INVALID: 'usage',
  EXPECTATION_UNKNOWN: 'usage',
  SERVICE_GONE: 'unavailable',
  INTERRUPTED: 'interrupted',
  IMPORT_DIFFERS: 'differs',
};

const served: Record<NatsServerErrorCode, Name> = { NATS_PORT_TAKEN: 'unavailable', NATS_SERVER_FAILED: 'unavailable' };

const kinds = { ...errorKinds, ...clientErrorKinds };
const thrown: [name: string, error: Error, expected: Name][] = [
  ...Object.entries(answered).map(([code, expected]): [string, Error, Name] => [
    code,
    new OrdoError(code as ErrorCode, 'x', { number: kinds[code as ErrorCode].number, retriable: false }),
    expected,
  ]),
  ...Object.entries(started).map(([code, expected]): [string, Error, Name] => [
    code,
    new RuntimeError(code as RuntimeErrorCode, 'x'),
    expected,
  ]),
  ...Object.entries(imported).map(([code, expected]): [string, Error, Name] => [
    code,
    new ImportError(code as ImportErrorCode, 'x'),
    expected,
  ]),
  ...Object.entries(served).map(([code, expected]): [string, Error, Name] => [
    code,
    new NatsServerError(code as NatsServerErrorCode, 'x'),
    expected,
  ]),
  ['INVALID_SETTING', new SettingError('--log', 'ORDO_LOG', 'loud', 'is no level'), 'usage'],
  ['NATS_FILE_UNREADABLE', new NatsFileError('x'), 'usage'],
  ['NATS_SERVER_MISSING', Object.assign(new Error('x'), { code: 'NATS_SERVER_MISSING' }), 'unavailable'],
  ['INSTALL_FAILED', Object.assign(new Error('x'), { code: 'INSTALL_FAILED' }), 'unavailable'],
  ['wrong usage', new UsageError('x'), 'usage'],
  ['Ctrl-C', new Interrupted('x'), 'interrupted'],
  ['a code of a newer service', new OrdoError('NEWER', 'x', { number: 409, retriable: false }), 'refused'],
  ['a number of a newer service', new OrdoError('NEWER', 'x', { number: 599, retriable: false }), 'unexpected'],
  ['anything else', new TypeError('x'), 'unexpected'],
];

describe('The exit code', () => {
  it.each(thrown)('for %s says what came of it', (_name, error, expected) => {
    expect(exitCodeOf(error)).toBe(exitCodes[expected]);
  });

  it('differs from every other one, and each has a meaning', () => {
    const all = Object.values(exitCodes);
    expect(new Set(all).size).toBe(all.length);
    expect(Object.keys(exitMeanings)).toEqual(Object.keys(exitCodes));
  });
});
