import { type Msg, NatsError } from 'nats';
import { headers } from '../contracts/index.ts';
import { answeredError, clientError, OrdoError } from './errors.ts';

const decoder = new TextDecoder();

/** Settles a call with the message that came as its answer. */
export function settleWith(message: Msg, resolve: (answer: unknown) => void, reject: (error: Error) => void): void {
  // The server's own "no responders" is a status line, which an answer of the service never has.
  if (message.data.length === 0 && message.headers?.code === 503) {
    reject(
      clientError('NO_RESPONDERS', 'Nobody answers: the Ordo service is not running, or not on this NATS server.'),
    );
    return;
  }
  const errorNumber = message.headers?.get(headers.serviceErrorCode);
  try {
    const answer: unknown = message.data.length === 0 ? {} : JSON.parse(decoder.decode(message.data));
    if (errorNumber)
      reject(answeredError(answer, message.headers?.get(headers.serviceError) ?? '', Number(errorNumber)));
    else resolve(answer);
  } catch (cause) {
    reject(
      clientError('UNREADABLE_ANSWER', 'The answer is not JSON: is another service listening on this subject?', {
        cause,
      }),
    );
  }
}

/** The error of an attempt that was not answered in time. */
export function timedOut(subject: string, timeoutMs: number): OrdoError {
  const message = `No answer on ${subject} within ${timeoutMs} ms: whether it was done is unknown.`;
  return clientError('TIMEOUT', message, { outcomeUnknown: true });
}

/** The error of an attempt that could not even be sent. */
export function notSent(cause: unknown): OrdoError {
  if (cause instanceof NatsError && cause.code === 'MAX_PAYLOAD_EXCEEDED') {
    const message = 'The message is larger than the NATS server takes; make it smaller.';
    return new OrdoError('TOO_LARGE', message, { number: 413, retriable: false, cause });
  }
  return clientError('CONNECTION_CLOSED', `The connection is closed: ${(cause as Error).message}.`, { cause });
}
