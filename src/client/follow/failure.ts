import { NatsError } from 'nats';
import { clientError, OrdoError } from '../errors.ts';

/** What the server says where the stream or the consumer is not there, or was deleted meanwhile. */
const goneCodes: readonly string[] = ['404', '409'];

/** The error that a refusal of JetStream stands for; `asked` says in the error's sentence what it was asked to do. */
export function streamError(cause: unknown, asked: string): OrdoError {
  if (cause instanceof OrdoError) return cause;
  const { message } = cause as Error;
  if (!(cause instanceof NatsError)) return refused(asked, message, cause);
  if (cause.code === '503' || cause.code === 'TIMEOUT') {
    return clientError(
      'JETSTREAM_UNAVAILABLE',
      `JetStream did not answer when asked to ${asked}: start the nats-server with JetStream (-js), or try again later.`,
      { cause },
    );
  }
  if (goneCodes.includes(cause.code)) {
    return clientError(
      'STREAM_NOT_FOUND',
      `JetStream could not ${asked}: ${message}. Make the stream with ensureEventStream, and check both names.`,
      { cause },
    );
  }
  if (cause.code === 'CONNECTION_CLOSED' || cause.code === 'CONNECTION_DRAINING') return connectionLost(cause);
  return refused(asked, message, cause);
}

/** The error of a loop whose connection is gone for good. */
export function connectionLost(cause: unknown): OrdoError {
  const message = 'The connection was closed while announcements were followed; connect again.';
  return clientError('CONNECTION_CLOSED', message, { cause });
}

/** The error of a loop that the server does not let subscribe. */
export function refused(asked: string, why: string, cause: unknown): OrdoError {
  return clientError('FOLLOW_REFUSED', `The NATS server refused to ${asked}: ${why}.`, { cause });
}
