import { z } from 'zod';
import { failedGuard } from './questions.ts';
import { growing } from './schema/objects.ts';

/** A field of a request and what is wrong with it; `path` is dotted (`lines.0.quantity`), empty for the whole body. */
export const invalidField = z.looseObject({ path: z.string(), why: z.string() });

const fields = z.looseObject({ fields: z.array(invalidField) });
const none = z.looseObject({});
const currentVersion = z.looseObject({ version: z.int().min(0) });
const retryAfter = z.looseObject({ retryAfterMs: z.int().min(0) });

/** Codes that a vote may carry; participants may add their own. docs/errors.md says what each means. */
export const voteCodes = [
  'PAYMENT_DECLINED',
  'REFUND_EXCEEDS_CAPTURED',
  'INSUFFICIENT_STOCK',
  'RESERVATION_UNKNOWN',
  'PREPARE_TIMEOUT',
  'PARCEL_EXISTS',
  'TOO_MUCH_STOCK',
  'UNKNOWN_OPERATION',
  'ABORTED',
  'RESOLVED',
] as const;

/** One reason for which a transaction was aborted. */
export const vote = z.looseObject({ participant: z.string(), code: growing(voteCodes), reason: z.string() });

/** Which limit a message is beyond. */
export const exceededLimit = z.looseObject({
  path: z.string().describe('What is too large; empty for the whole message.'),
  limit: z.int(),
  unit: z.enum(['bytes', 'items']),
  actual: z.int().exactOptional(),
});

interface ErrorKind {
  /** The number in the header `Nats-Service-Error-Code`, and the HTTP status. */
  readonly number: number;
  /** Whether the same message with the same request id may be sent again. */
  readonly retriable: boolean;
  /** What `details` holds. */
  readonly details: z.ZodType;
  /** What it means and what to do. */
  readonly meaning: string;
}

/** Every error code of the interface. */
export const errorKinds = {
  INVALID_REQUEST: {
    number: 400,
    retriable: false,
    details: fields,
    meaning: 'The body or a header is not as documented; correct the fields that are named.',
  },
  INVALID_ID: {
    number: 400,
    retriable: false,
    details: fields,
    meaning: 'The id in the subject is not written as documented, empty or too long.',
  },
  ORDER_NOT_FOUND: { number: 404, retriable: false, details: none, meaning: 'No order has this id.' },
  TRANSACTION_NOT_FOUND: {
    number: 404,
    retriable: false,
    details: none,
    meaning: 'No transaction has this id, or it ended long ago and was forgotten.',
  },
  SESSION_NOT_FOUND: {
    number: 404,
    retriable: false,
    details: none,
    meaning:
      'No session has this name: it was closed, was idle too long, or the service was started anew. Begin again.',
  },
  DEADLINE_EXCEEDED: {
    number: 408,
    retriable: true,
    details: none,
    meaning: 'The command was reached after its Ordo-Deadline and was not started; send it with a later one.',
  },
  WAIT_TIMEOUT: {
    number: 408,
    retriable: true,
    details: none,
    meaning: 'What was waited for has not come about in time; the view as it is now is in the details.',
  },
  NOT_ACCEPTED: {
    number: 409,
    retriable: false,
    details: z.looseObject({
      state: z.record(z.string(), z.string()),
      accepts: z.array(z.string()),
      failed: z.array(failedGuard),
    }),
    meaning: 'The order does not take this command in its state; what it takes, and which guard failed, is named.',
  },
  VERSION_CONFLICT: {
    number: 409,
    retriable: false,
    details: currentVersion,
    meaning: 'The order is not at the expected version; read it again and decide anew.',
  },
  ORDER_EXISTS: {
    number: 409,
    retriable: false,
    details: currentVersion,
    meaning: 'An order with this id was placed by another request.',
  },
  REQUEST_EXPIRED: {
    number: 409,
    retriable: false,
    details: currentVersion,
    meaning: 'This request was done, but so long ago that its answer is not kept; read the order.',
  },
  LOCKED: {
    number: 409,
    retriable: true,
    details: retryAfter.extend({ transaction: z.string() }),
    meaning: 'A transaction holds the order; try again in a moment.',
  },
  TRANSACTION_ABORTED: {
    number: 409,
    retriable: false,
    details: z.looseObject({ transaction: z.string(), votes: z.array(vote) }),
    meaning: 'A participant voted no or did not vote in time; nothing has changed. A new attempt needs a new id.',
  },
  TOO_LARGE: {
    number: 413,
    retriable: false,
    details: exceededLimit,
    meaning: 'The message is beyond a limit, which is named; make it smaller.',
  },
  REQUEST_ID_REUSED: {
    number: 422,
    retriable: false,
    details: none,
    meaning: 'The request id was used before with another command or body; use a new one.',
  },
  BUSY: {
    number: 429,
    retriable: true,
    details: retryAfter,
    meaning: 'Too many messages are waiting; try again in a moment.',
  },
  STORE_CORRUPT: {
    number: 500,
    retriable: false,
    details: none,
    meaning: 'Something that is stored is damaged; the message names it, and ordo doctor all that is.',
  },
  INTERNAL: { number: 500, retriable: false, details: none, meaning: 'A bug in Ordo; nothing has changed.' },
  STORE_UNAVAILABLE: {
    number: 503,
    retriable: true,
    details: none,
    meaning: 'The store cannot be written; the command was not started.',
  },
  SHUTTING_DOWN: {
    number: 503,
    retriable: true,
    details: none,
    meaning: 'This instance is stopping; the command was not started.',
  },
} as const satisfies Record<string, ErrorKind>;

/** A code of api.md's table. */
export type ErrorCode = keyof typeof errorKinds;
/** What `details` holds for a code. */
export type ErrorDetails<Code extends ErrorCode> = z.output<(typeof errorKinds)[Code]['details']>;
export type InvalidField = z.output<typeof invalidField>;
export type ExceededLimit = z.output<typeof exceededLimit>;
export type Vote = z.output<typeof vote>;
export type VoteCode = (typeof voteCodes)[number];

/** The JSON body of every error answer. */
export const errorBody = z.looseObject({
  code: z.string(),
  message: z.string(),
  retriable: z.boolean(),
  details: z.looseObject({}),
});
export type ErrorBody = z.output<typeof errorBody>;

/** Every error code. */
export const errorCodes = Object.keys(errorKinds) as ErrorCode[];

/** Whether a text is a code of this version's table; a newer server may send others. */
export function isErrorCode(code: string): code is ErrorCode {
  return Object.hasOwn(errorKinds, code);
}

/** Makes an error's body; `message` says in plain words what is wrong and what to do. */
export function makeErrorBody<Code extends ErrorCode>(
  code: Code,
  message: string,
  details: ErrorDetails<Code>,
): ErrorBody & { code: Code } {
  return { code, message, retriable: errorKinds[code].retriable, details };
}
