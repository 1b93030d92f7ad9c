import { errorKinds } from '../contracts/index.ts';

/** What can keep a participant from starting, or end it. */
export type ParticipantErrorCode =
  | 'INVALID_OPTION'
  | 'CONNECTION_FAILED'
  | 'CONNECTION_CLOSED'
  | 'LEVEL_LOCKED'
  | 'STORE_CORRUPT'
  | 'STORE_FAILED';

/** An error with a stable code, a sentence that says what to do next, and its cause. */
export class ParticipantError extends Error {
  override readonly name = 'ParticipantError';
  readonly code: ParticipantErrorCode;

  constructor(code: ParticipantErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

const { INVALID_REQUEST, TOO_LARGE, BUSY, STORE_UNAVAILABLE, SHUTTING_DOWN } = errorKinds;

/** The errors that a participant answers with. None of them is an answer to the coordinator: it asks again. */
export const refusalKinds = {
  INVALID_REQUEST,
  TOO_LARGE,
  BUSY,
  STORE_UNAVAILABLE,
  SHUTTING_DOWN,
  /** A handler threw, or returned what is no vote. */
  HANDLER_FAILED: { number: 500, retriable: true },
  /** To commit something that the log does not know, before its deadline: rule 5. */
  BRANCH_UNKNOWN: { number: 404, retriable: false },
  /** To commit what was not promised or was undone, or to undo what was committed. */
  OUTCOME_CONTRADICTED: { number: 409, retriable: false },
  /** Another branch of the same order is undecided: rule 7. */
  OLDER_BRANCH_UNDECIDED: { number: 409, retriable: true },
  /** Another instance has written to the log about the same branch meanwhile. */
  TAKEN_ELSEWHERE: { number: 409, retriable: true },
  /** What the log holds of this branch is damaged. */
  STORE_CORRUPT: { number: 500, retriable: false },
} as const;

export type RefusalCode = keyof typeof refusalKinds;

/** A message that is answered with an error, and therefore asked again. */
export class Refusal extends Error {
  override readonly name = 'Refusal';
  readonly code: RefusalCode;
  readonly details: object;

  constructor(code: RefusalCode, message: string, details: object = {}, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
    this.details = details;
  }
}

/** Whether an error is about one damaged entry of a log, and not about the log. */
export function isDamage(error: unknown): error is Error {
  return error instanceof Error && 'code' in error && error.code === 'STORE_CORRUPT';
}

/** The text of anything that was thrown. */
export function messageOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown);
}
