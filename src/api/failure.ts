import { RuntimeError } from '../../runtime/errors.ts';
import type { CommandOutcome } from '../../runtime/mail.ts';
import { type ErrorBody, type ErrorCode, type ErrorDetails, makeErrorBody } from '../contracts/index.ts';

/** An error answer on its way to the client. */
export class ApiFailure extends Error {
  readonly body: ErrorBody;

  constructor(body: ErrorBody, options?: ErrorOptions) {
    super(body.message, options);
    this.name = 'ApiFailure';
    this.body = body;
  }
}

/** How long a client may wait before it tries again what is locked or busy, in ms. */
export const RETRY_AFTER_MS = 50;

export function failure<Code extends ErrorCode>(
  code: Code,
  message: string,
  details: ErrorDetails<Code>,
  options?: ErrorOptions,
): ApiFailure {
  return new ApiFailure(makeErrorBody(code, message, details), options);
}

/** What an actor is called to people, and the code for one that does not exist. */
export interface Subject {
  /** `order SO-1001` */
  readonly name: string;
  readonly absent: 'ORDER_NOT_FOUND' | 'TRANSACTION_NOT_FOUND';
}

/** The error for a command that was not done. */
export function failureOf(
  outcome: Exclude<CommandOutcome, { kind: 'answered' }>,
  { name, absent }: Subject,
  command: string,
): ApiFailure {
  switch (outcome.kind) {
    case 'absent':
      return failure(absent, `There is no ${name}; check its id.`, {});
    case 'exists':
      return failure('ORDER_EXISTS', `${name} was placed by another request; choose another id or read that order.`, {
        version: outcome.version,
      });
    case 'conflict':
      return failure('VERSION_CONFLICT', `${name} is at version ${outcome.version}; read it again and decide anew.`, {
        version: outcome.version,
      });
    case 'expired':
      return failure('REQUEST_EXPIRED', `This request was done long ago and its answer is not kept; read ${name}.`, {
        version: outcome.version,
      });
    case 'reused':
      return failure(
        'REQUEST_ID_REUSED',
        `This request id was used on ${name} with another command or body; take a new one for a new command.`,
        {},
      );
    case 'late':
      return failure('DEADLINE_EXCEEDED', `${command} reached ${name} after its deadline and was not started.`, {});
    case 'locked':
      return failure('LOCKED', `A transaction holds ${name}; try again in a moment.`, {
        transaction: transactionOf(outcome.state.context),
        retryAfterMs: RETRY_AFTER_MS,
      });
    case 'refused': {
      const { accepts, failed } = outcome.refusal;
      const why = failed.map((one) => one.why).join('; ');
      return failure(
        'NOT_ACCEPTED',
        `${name} does not take ${command}${why === '' ? ' now' : `: ${why}`}. It takes ${accepts.join(', ') || 'nothing'}.`,
        { state: stateRecord(outcome.state.value), accepts: [...accepts], failed: failed.map((one) => ({ ...one })) },
      );
    }
    case 'busy':
      return failure('BUSY', `Too many commands are waiting for ${name}; try again in a moment.`, {
        retryAfterMs: RETRY_AFTER_MS,
      });
    case 'stopping':
      return failure('SHUTTING_DOWN', 'The service is stopping; the command was not started.', {});
    case 'unavailable':
      return failure('STORE_UNAVAILABLE', 'The store has failed and the service is going down to recover.', {});
    case 'failed':
      return internal(`${command} of ${name} has failed; nothing has changed.`, outcome.error);
  }
}

/** A bug of ours, or a record that cannot be read: that one says what to do. */
export function internal(message: string, cause: unknown): ApiFailure {
  const advice = cause instanceof RuntimeError ? `${cause.code}: ${cause.message}` : 'The log has the details.';
  return failure('INTERNAL', `${message} ${advice}`, {}, { cause });
}

function transactionOf(context: unknown): string {
  return (context as { transaction?: { id?: string } | null }).transaction?.id ?? '';
}

/** A state as the outside sees it: by region, or under `state` where a chart has none. */
export function stateRecord(value: unknown): Record<string, string> {
  return typeof value === 'string' ? { state: value } : { ...(value as Record<string, string>) };
}
