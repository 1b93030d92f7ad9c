import type { ErrorBody, ErrorCode, ErrorDetails, Growing, VoteCode } from '../contracts/index.ts';
import { type ClientErrorCode, OrdoError } from './errors.ts';

/** Every code that an OrdoError of this version may have. */
export type OrdoErrorCode = ErrorCode | ClientErrorCode;

/** What `details` holds for a code. */
type DetailsOf<Code extends OrdoErrorCode> = Code extends ErrorCode ? ErrorDetails<Code> : ErrorBody['details'];

/**
 * An error with this code, and with what `details` holds for it. A union of codes gives a union of errors. (The class's
 * own `code` may grow, and would keep the union from being told apart by it.)
 */
export type OrdoErrorOf<Code extends OrdoErrorCode> = Code extends OrdoErrorCode
  ? Omit<OrdoError, 'code' | 'details'> & { readonly code: Code; readonly details: DetailsOf<Code> }
  : never;

/**
 * Whether something that was caught is an error of a call, and has one of these codes where any are named. It narrows
 * `code` and `details`: `if (isOrdoError(error, 'LOCKED')) wait(error.details.retryAfterMs)`.
 */
export function isOrdoError(error: unknown): error is OrdoError;
export function isOrdoError<Code extends OrdoErrorCode>(
  error: unknown,
  ...codes: [Code, ...Code[]]
): error is OrdoErrorOf<Code>;
export function isOrdoError(error: unknown, ...codes: string[]): boolean {
  return error instanceof OrdoError && (codes.length === 0 || codes.includes(error.code));
}

/**
 * Whether a transaction was aborted because of a vote with this code: `isAbortedBy(error, 'PAYMENT_DECLINED')`. An
 * outside participant may vote with codes of its own. `error.details.votes` has every reason.
 */
export function isAbortedBy(error: unknown, code: Growing<VoteCode>): error is OrdoErrorOf<'TRANSACTION_ABORTED'> {
  return isOrdoError(error, 'TRANSACTION_ABORTED') && error.details.votes.some((vote) => vote.code === code);
}
