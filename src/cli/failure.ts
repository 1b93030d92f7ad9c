import { OrdoError } from '../client/index.ts';
import { isJsonObject, type JsonObject } from '../contracts/index.ts';
import { shown } from './show/text.ts';

/** What the program's exit code says. */
export const exitCodes = {
  ok: 0,
  /** Something that should not happen. */
  unexpected: 1,
  /** The command line or the request is wrong; correct it. */
  usage: 2,
  /** The service said no. */
  refused: 3,
  /** There is no such order or transaction. */
  notFound: 4,
  /** Not reachable, busy or too slow; try again. */
  unavailable: 5,
  /** The work was done, but what came out is not what it should be. */
  differs: 6,
  /** A service that runs cannot go on; its next start recovers. */
  fatal: 70,
  /** Stopped by Ctrl-C before the end. */
  interrupted: 130,
} as const;

/** What each exit code says, in words for people. */
export const exitMeanings: Readonly<Record<keyof typeof exitCodes, string>> = {
  ok: 'done',
  unexpected: 'something that should not happen; the message says what',
  usage: 'the command line, a setting, a file or the request is wrong; correct it',
  refused: 'the service said no: not in this state, another version, aborted',
  notFound: 'there is no such order or transaction',
  unavailable: 'not reachable, busy, locked or too slow; try again',
  differs: 'all was done, but the figures do not agree; the report says where',
  fatal: 'the service cannot go on; start it again, and it recovers',
  interrupted: 'stopped before the end, by Ctrl-C or by saying no',
};

const exitCodeByNumber: Readonly<Record<number, number>> = {
  400: exitCodes.usage,
  401: exitCodes.usage,
  403: exitCodes.refused,
  404: exitCodes.notFound,
  408: exitCodes.unavailable,
  409: exitCodes.refused,
  413: exitCodes.usage,
  422: exitCodes.refused,
  429: exitCodes.unavailable,
  503: exitCodes.unavailable,
};

/** Codes whose number says less than the code: of the interface, and of what runs in this process. */
const exitCodeByCode: Readonly<Record<string, number>> = {
  // In a moment it may be free: whoever scripts has to try again, not to give up.
  LOCKED: exitCodes.unavailable,
  INVALID_SETTING: exitCodes.usage,
  NATS_FILE_UNREADABLE: exitCodes.usage,
  FILE_UNREADABLE: exitCodes.usage,
  HEADER_UNKNOWN: exitCodes.usage,
  ROW_INVALID: exitCodes.usage,
  LOG_INVALID: exitCodes.usage,
  EXPECTATION_UNKNOWN: exitCodes.usage,
  SERVICE_GONE: exitCodes.unavailable,
  LEVEL_LOCKED: exitCodes.unavailable,
  TRANSPORT_FAILED: exitCodes.unavailable,
  NATS_PORT_TAKEN: exitCodes.unavailable,
  NATS_SERVER_FAILED: exitCodes.unavailable,
  NATS_SERVER_MISSING: exitCodes.unavailable,
  INSTALL_FAILED: exitCodes.unavailable,
  IMPORT_DIFFERS: exitCodes.differs,
  INTERRUPTED: exitCodes.interrupted,
  ENOENT: exitCodes.usage,
  BACKUP_UNREADABLE: exitCodes.usage,
  DUMP_UNREADABLE: exitCodes.usage,
  NOT_EMPTY: exitCodes.refused,
  FILE_EXISTS: exitCodes.refused,
  NO_STORE: exitCodes.notFound,
};

/** The command line asks for something that cannot be; the message says what and what to do. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** Somebody has pressed Ctrl-C. */
export class Interrupted extends Error {
  override readonly name = 'Interrupted';
  readonly code = 'INTERRUPTED';
  /** The request id of the command that was waited for: whether it was done is unknown. */
  readonly requestId: string | undefined;

  constructor(message: string, requestId?: string, options?: ErrorOptions) {
    super(message, options);
    this.requestId = requestId;
  }
}

/** What a command was asked about is refused; what it has to say about it has been printed. */
export class RefusedError extends Error {
  override readonly name = 'RefusedError';
  readonly code: string;

  constructor(code: string, message: string) {
    super(message);
    this.code = code;
  }
}

/** The exit code for what a command threw. */
export function exitCodeOf(error: unknown): number {
  if (error instanceof UsageError) return exitCodes.usage;
  if (error instanceof RefusedError) return exitCodes.refused;
  const byCode = exitCodeByCode[codeOf(error) ?? ''];
  if (byCode !== undefined) return byCode;
  return error instanceof OrdoError ? (exitCodeByNumber[error.number] ?? exitCodes.unexpected) : exitCodes.unexpected;
}

/** What a command threw, as a program reads it. */
export function failureJson(error: unknown): JsonObject {
  if (error instanceof Interrupted) {
    const { code, message, requestId } = error;
    return { code, message, ...(requestId !== undefined && { outcomeUnknown: true, details: { requestId } }) };
  }
  if (!(error instanceof OrdoError)) return { code: codeOf(error) ?? 'UNEXPECTED', message: messageOf(error) };
  const { code, message, retriable, details, outcomeUnknown } = error;
  return { code, message, retriable, details, ...(outcomeUnknown && { outcomeUnknown }) };
}

/** What a command threw, as a person reads it: the code, the sentence, and below it what helps to go on. */
export function failureText(error: unknown): string {
  const code = codeOf(error);
  if (error instanceof Interrupted) {
    const { message, requestId } = error;
    return requestId === undefined ? `${message}\n` : `${message}\n  ${unknownOutcome(requestId)}\n`;
  }
  if (!(error instanceof OrdoError)) {
    const message = messageOf(error);
    return code === undefined || message.startsWith(code) ? `${message}\n` : `${code}: ${message}\n`;
  }
  const lines = [`${code} (${error.number}): ${error.message}`, ...explanation(error.details)];
  if (error.outcomeUnknown) lines.push(unknownOutcome(error.details.requestId));
  const hint = hints[error.code];
  if (hint !== undefined) lines.push(hint);
  // Ids, reasons and the words of outside services are anybody's text.
  return `${lines.map(shown).join('\n  ')}\n`;
}

/** What to try next, for errors that meet people who begin. */
const hints: Readonly<Record<string, string>> = {
  NO_RESPONDERS: 'start a service with `ordo serve`, or say where one runs with --nats or NATS_URL',
  CONNECTION_FAILED: 'start a service with `ordo serve`, or say where one runs with --nats or NATS_URL',
  NOT_AUTHORIZED: 'put user and password into --nats or NATS_URL, or name a credentials file with --creds',
  ORDER_NOT_FOUND: '`ordo list` shows which orders there are',
  TRANSACTION_NOT_FOUND: '`ordo tx list` shows which transactions there are',
};

function unknownOutcome(requestId: unknown): string {
  const again = typeof requestId === 'string' ? `--request-id ${requestId}` : 'the same --request-id';
  return `whether it was done is unknown: send it again with ${again}, or look at the order`;
}

function codeOf(error: unknown): string | undefined {
  const code = (error as { code?: unknown } | null | undefined)?.code;
  return typeof code === 'string' ? code : undefined;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function objects(value: unknown): JsonObject[] {
  return Array.isArray(value) ? value.filter(isJsonObject) : [];
}

/** The details of an error that a person can act on. */
function explanation(details: JsonObject): string[] {
  const lines = [
    ...objects(details.fields).map(({ path, why }) => (path === '' ? `${why}` : `${path} ${why}`)),
    ...objects(details.failed).map(({ guard, why }) => `${guard}: ${why}`),
    ...objects(details.votes).map(({ participant, code, reason }) => `${participant} voted no: ${code} ${reason}`),
  ];
  if (Array.isArray(details.accepts)) lines.push(`accepted now: ${details.accepts.join(', ') || 'nothing'}`);
  if (typeof details.transaction === 'string') lines.push(`transaction: ${details.transaction}`);
  if (typeof details.version === 'number') lines.push(`the order's version is ${details.version}`);
  if (typeof details.limit === 'number') lines.push(`the limit is ${details.limit} ${details.unit ?? ''}`.trimEnd());
  if (typeof details.status === 'string') lines.push(`its status is ${details.status}`);
  return lines;
}
