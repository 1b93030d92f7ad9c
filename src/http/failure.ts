import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify';
import { ApiFailure, failure } from '../api/failure.ts';
import {
  type ErrorBody,
  type HttpProblemCode,
  httpErrorBody,
  type InvalidField,
  problemMediaType,
  problemOf,
  refusalBody,
  tooLarge,
} from '../contracts/index.ts';

/** An error answer that is not, or not only, an endpoint's. */
export class HttpFailure extends Error {
  readonly body: ErrorBody;
  /** Where it is not the code's own. */
  readonly status: number | undefined;

  constructor(body: ErrorBody, status?: number) {
    super(body.message);
    this.name = 'HttpFailure';
    this.body = body;
    this.status = status;
  }
}

/** An error that only HTTP has; without a message, the code's meaning is told. */
export function httpFailure(code: HttpProblemCode, message?: string, details?: Record<string, unknown>): HttpFailure {
  return new HttpFailure(httpErrorBody(code, message, details));
}

/** INVALID_REQUEST that names a header or a field of the query. */
export function invalidField(path: string, why: string): ApiFailure {
  const fields: readonly InvalidField[] = [{ path, why }];
  return new ApiFailure(refusalBody({ ok: false, code: 'INVALID_REQUEST', fields }));
}

/** The path that was asked for, still encoded and without its query. */
export function pathOf(url: string): string {
  // A proxy may ask for a whole URL.
  return url.replace(/^https?:\/\/[^/?#]*/i, '').replace(/[?#].*$/s, '') || '/';
}

/** Answers with problem details. */
export function sendProblem(request: FastifyRequest, reply: FastifyReply, body: ErrorBody, status?: number) {
  const problem = problemOf(body, pathOf(request.raw.url ?? '/'), status);
  const seconds = retryAfterSeconds(body, problem.status);
  if (seconds !== undefined) reply.header('Retry-After', String(seconds));
  return reply
    .code(problem.status)
    .header('Content-Type', problemMediaType)
    .send(Buffer.from(JSON.stringify(problem)));
}

/** HTTP counts whole seconds. */
function retryAfterSeconds({ details }: ErrorBody, status: number): number | undefined {
  const { retryAfterMs } = details as { retryAfterMs?: unknown };
  if (typeof retryAfterMs === 'number') return Math.max(1, Math.ceil(retryAfterMs / 1_000));
  return status === 503 ? 1 : undefined;
}

/** What the server library, or a handler, has thrown, as an answer; undefined for what nobody has foreseen. */
export function failureOfThrown(error: unknown, { headers }: FastifyRequest): HttpFailure | ApiFailure | undefined {
  if (error instanceof HttpFailure || error instanceof ApiFailure) return error;
  switch ((error as Partial<FastifyError>).code) {
    case 'FST_ERR_CTP_BODY_TOO_LARGE':
      return new ApiFailure(refusalBody(tooLarge(Number(headers['content-length']) || undefined)));
    case 'FST_ERR_CTP_INVALID_MEDIA_TYPE':
      return httpFailure('UNSUPPORTED_MEDIA_TYPE');
    case 'FST_ERR_CTP_INVALID_CONTENT_LENGTH':
    case 'ECONNRESET':
      return httpFailure('MALFORMED_REQUEST', 'The body has another length than its header says.');
    case 'FST_ERR_BAD_URL': {
      const why = 'must be percent-encoded UTF-8';
      return failure('INVALID_ID', `Invalid id: the path ${why}.`, { fields: [{ path: 'path', why }] });
    }
    default:
      return undefined;
  }
}
