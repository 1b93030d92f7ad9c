import { z } from 'zod';
import { type ErrorBody, errorBody, errorKinds, isErrorCode } from './errors.ts';

interface ProblemKind {
  readonly status: number;
  readonly retriable: boolean;
  /** What it means and what to do. */
  readonly meaning: string;
}

/** What can be wrong with a request over HTTP before an endpoint is asked. */
export const httpProblemKinds = {
  MALFORMED_REQUEST: {
    status: 400,
    retriable: false,
    meaning: 'What was sent is no HTTP request; look at the client or at what stands between.',
  },
  FOREIGN_ORIGIN: {
    status: 403,
    retriable: false,
    meaning: 'A page of another origin has sent this; only programs and pages of this server may change something.',
  },
  ROUTE_NOT_FOUND: {
    status: 404,
    retriable: false,
    meaning: 'Nothing is served under this path; the paths are in docs/http.md.',
  },
  METHOD_NOT_ALLOWED: {
    status: 405,
    retriable: false,
    meaning: 'This path does not take this method; the header Allow names those that it takes.',
  },
  NOT_ACCEPTABLE: {
    status: 406,
    retriable: false,
    meaning: 'Answers are JSON, which the header Accept excludes; leave it out or let it include application/json.',
  },
  REQUEST_TIMEOUT: {
    status: 408,
    retriable: true,
    meaning: 'The request did not arrive in time and was not started; send it again.',
  },
  UNSUPPORTED_MEDIA_TYPE: {
    status: 415,
    retriable: false,
    meaning: 'The body must be plain JSON in UTF-8 with Content-Type: application/json.',
  },
  MISDIRECTED: {
    status: 421,
    retriable: false,
    meaning: 'A service on loopback answers to loopback names only; use localhost or an address in the header Host.',
  },
  HEADERS_TOO_LARGE: {
    status: 431,
    retriable: false,
    meaning: 'The headers are beyond the limit; make them smaller.',
  },
  NOT_READY: {
    status: 503,
    retriable: true,
    meaning: 'The service cannot do its work now; what is missing is in the details.',
  },
} as const satisfies Record<string, ProblemKind>;

/** A code that only HTTP has. */
export type HttpProblemCode = keyof typeof httpProblemKinds;

/** The JSON of every error answer over HTTP: problem details by RFC 9457, with what NATS answers as extensions. */
export const problemDetails = errorBody.omit({ message: true }).extend({
  type: z.string().describe('A URN for the code, such as urn:ordo:error:ORDER_NOT_FOUND.'),
  title: z.string().describe('The code in words.'),
  status: z.int(),
  detail: z.string().describe('What is wrong and what to do.'),
  instance: z.string().exactOptional().describe("The request's path, where it could be read."),
});
export type ProblemDetails = z.output<typeof problemDetails>;

/** The media type of problem details. */
export const problemMediaType = 'application/problem+json';

/**
 * An error as problem details.
 *
 * @param instance the path of the request.
 * @param status where it is not the code's own: a failed `If-Match` is 412.
 */
export function problemOf(
  { code, message, retriable, details }: ErrorBody,
  instance: string | undefined,
  status = statusOfCode(code),
): ProblemDetails {
  const words = code.toLowerCase().replaceAll('_', ' ');
  const title = `${words.slice(0, 1).toUpperCase()}${words.slice(1)}`;
  return {
    type: `urn:ordo:error:${code}`,
    title,
    status,
    detail: message,
    ...(instance !== undefined && { instance }),
    code,
    retriable,
    details,
  };
}

/** Makes the error's body for a code that only HTTP has; without a message, the code's meaning is told. */
export function httpErrorBody(
  code: HttpProblemCode,
  message?: string,
  details: Record<string, unknown> = {},
): ErrorBody {
  const { retriable, meaning } = httpProblemKinds[code];
  return { code, message: message ?? meaning, retriable, details };
}

/** The HTTP status of a code; 500 for one that this version does not know. */
function statusOfCode(code: string): number {
  if (isErrorCode(code)) return errorKinds[code].number;
  return Object.hasOwn(httpProblemKinds, code) ? httpProblemKinds[code as HttpProblemCode].status : 500;
}
