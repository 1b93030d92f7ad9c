import {
  type ErrorBody,
  type ErrorCode,
  errorBody,
  errorKinds,
  type Growing,
  isErrorCode,
} from '../contracts/index.ts';

/** What can go wrong on the way, beside the codes that the service answers. */
export const clientErrorKinds = {
  /** Nobody listens on the subject: nothing was received. */
  NO_RESPONDERS: { number: 503, retriable: true },
  /** No answer in time: whether the command was done is unknown. */
  TIMEOUT: { number: 408, retriable: true },
  /** The connection was closed while waiting: whether the command was done is unknown. */
  CONNECTION_CLOSED: { number: 503, retriable: false },
  /** No NATS server could be reached. */
  CONNECTION_FAILED: { number: 503, retriable: true },
  /** The NATS server does not let this user, token or credentials file in. */
  NOT_AUTHORIZED: { number: 401, retriable: false },
  /** The address of NATS cannot be read. */
  INVALID_NATS_URL: { number: 400, retriable: false },
  /** The answer is not what the interface describes. */
  UNREADABLE_ANSWER: { number: 502, retriable: false },
  /** The NATS server has no JetStream, or it does not answer. */
  JETSTREAM_UNAVAILABLE: { number: 503, retriable: true },
  /** The stream does not exist, or it or the durable consumer was deleted while it was followed. */
  STREAM_NOT_FOUND: { number: 404, retriable: false },
  /** The NATS server does not let this connection follow, or make the stream or the consumer as asked. */
  FOLLOW_REFUSED: { number: 403, retriable: false },
} as const;

export type ClientErrorCode = keyof typeof clientErrorKinds;

interface Parts {
  readonly number: number;
  readonly retriable: boolean;
  readonly details?: ErrorBody['details'];
  /** Whether the command may have been done all the same. */
  readonly outcomeUnknown?: boolean;
  readonly cause?: unknown;
}

/** A call that was not answered with what was asked for. */
export class OrdoError extends Error {
  override readonly name = 'OrdoError';
  /** A code of the interface, or one of the client's own. A newer service may send others. */
  readonly code: Growing<ErrorCode | ClientErrorCode>;
  /** The code's number, as in HTTP. */
  readonly number: number;
  /** Whether the same call with the same request id may be made again. */
  readonly retriable: boolean;
  /** What the service adds to the code, such as the guards that failed. */
  readonly details: ErrorBody['details'];
  /**
   * Whether the command may have been done all the same. Make the same call with the same request id to find out; an
   * unknown outcome must not be taken for a refusal.
   */
  readonly outcomeUnknown: boolean;

  constructor(code: Growing<ErrorCode | ClientErrorCode>, message: string, parts: Parts) {
    super(message, parts.cause === undefined ? {} : { cause: parts.cause });
    this.code = code;
    this.number = parts.number;
    this.retriable = parts.retriable;
    this.details = parts.details ?? {};
    this.outcomeUnknown = parts.outcomeUnknown ?? false;
  }
}

/** One of the client's own errors. */
export function clientError(
  code: ClientErrorCode,
  message: string,
  more: Pick<Parts, 'outcomeUnknown' | 'cause'> = {},
): OrdoError {
  return new OrdoError(code, message, { ...clientErrorKinds[code], ...more });
}

/** The error that an error answer stands for; `body` is its JSON, `text` and `number` stand in its headers. */
export function answeredError(body: unknown, text: string, number: number): OrdoError {
  const parsed = errorBody.safeParse(body);
  if (!parsed.success) {
    return clientError('UNREADABLE_ANSWER', `The service answered error ${number} (${text}) without a readable body.`);
  }
  const { code, message, retriable, details } = parsed.data;
  const known = isErrorCode(code) ? errorKinds[code].number : 500;
  return new OrdoError(code, message, { number: Number.isNaN(number) ? known : number, retriable, details });
}

/** The same error, with the outcome marked as unknown: an earlier attempt may have been done. */
export function withUnknownOutcome(error: OrdoError): OrdoError {
  return new OrdoError(error.code, `${error.message} An earlier attempt may have been done.`, {
    number: error.number,
    retriable: error.retriable,
    details: error.details,
    outcomeUnknown: true,
    cause: error,
  });
}
