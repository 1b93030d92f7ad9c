import { OrdoError } from '../client/index.ts';
import { isJsonObject, type JsonObject } from '../contracts/index.ts';

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
} as const;

const exitCodeByNumber: Readonly<Record<number, number>> = {
  400: exitCodes.usage,
  404: exitCodes.notFound,
  408: exitCodes.unavailable,
  409: exitCodes.refused,
  413: exitCodes.usage,
  422: exitCodes.refused,
  429: exitCodes.unavailable,
  503: exitCodes.unavailable,
};

/** Errors that are none of the service's, where they are more than unexpected. */
const exitCodeByCode: Readonly<Record<string, number>> = {
  ENOENT: exitCodes.usage,
  BACKUP_UNREADABLE: exitCodes.usage,
  DUMP_UNREADABLE: exitCodes.usage,
  NOT_EMPTY: exitCodes.refused,
  FILE_EXISTS: exitCodes.refused,
  NO_STORE: exitCodes.notFound,
  LEVEL_LOCKED: exitCodes.unavailable,
};

/** The command line asks for something that cannot be; the message says what and what to do. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** The exit code for what a command threw. */
export function exitCodeOf(error: unknown): number {
  if (error instanceof UsageError) return exitCodes.usage;
  if (!(error instanceof OrdoError)) return exitCodeByCode[codeOf(error) ?? ''] ?? exitCodes.unexpected;
  return exitCodeByNumber[error.number] ?? exitCodes.unexpected;
}

/** What a command threw, as a program reads it. */
export function failureJson(error: unknown): JsonObject {
  if (!(error instanceof OrdoError)) return { code: codeOf(error) ?? 'UNEXPECTED', message: messageOf(error) };
  const { code, message, retriable, details, outcomeUnknown } = error;
  return { code, message, retriable, details, ...(outcomeUnknown && { outcomeUnknown }) };
}

/** What a command threw, as a person reads it: the code, the sentence, and below it what helps to go on. */
export function failureText(error: unknown): string {
  const code = codeOf(error);
  if (!(error instanceof OrdoError)) {
    const message = messageOf(error);
    return code === undefined || message.startsWith(code) ? `${message}\n` : `${code}: ${message}\n`;
  }
  const lines = [`${code} (${error.number}): ${error.message}`, ...explanation(error.details)];
  if (error.outcomeUnknown) {
    lines.push('whether it was done is unknown: send it again with the same --request-id, or look at the order');
  }
  return `${lines.join('\n  ')}\n`;
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
