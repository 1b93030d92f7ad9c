import { type Msg, type MsgHdrs, headers as makeHeaders, type NatsConnection, type Subscription } from 'nats';
import { type BranchKind, headers, readHeaders } from '../contracts/index.ts';
import type { Branches } from './branches.ts';
import type { ParticipantCounters } from './counters.ts';
import type { Answer } from './decide.ts';
import { messageOf, ParticipantError, Refusal, refusalKinds } from './errors.ts';
import type { ParticipantLogger } from './logger.ts';
import { readMessage } from './reading.ts';

export interface DoorOptions {
  readonly connection: NatsConnection;
  readonly name: string;
  readonly served: readonly BranchKind[];
  readonly branches: Branches;
  readonly counters: ParticipantCounters;
  readonly logger: ParticipantLogger;
}

/** Where messages come in and answers go out: `participants.<name>.*`, as one of a queue group of that name. */
export class Door {
  readonly #options: DoorOptions;
  #subscription: Subscription | undefined;

  constructor(options: DoorOptions) {
    this.#options = options;
  }

  /** Begins to take messages. Resolves once the server knows. */
  async open(): Promise<void> {
    const { connection, name, branches, logger } = this.#options;
    this.#subscription = connection.subscribe(`participants.${name}.*`, {
      queue: name,
      callback: (error, message) => {
        // It comes without a message, and after it nothing comes any more.
        if (error !== null) branches.fail(deaf(name, error));
        else this.#take(message).catch((thrown: unknown) => logger.error({ err: thrown }, 'No answer was sent'));
      },
    });
    await connection.flush();
  }

  /** Leaves the queue. Resolves once everything that was on its way has come in. */
  async close(): Promise<void> {
    const subscription = this.#subscription;
    if (subscription !== undefined && !subscription.isClosed()) await subscription.drain();
  }

  async #take(message: Msg): Promise<void> {
    const { branches, served } = this.#options;
    let answer: Answer;
    try {
      const trace = traceOf(message);
      answer = await branches.take(readMessage(message.subject, message.data, served), trace);
    } catch (error) {
      this.#refuse(message, error);
      return;
    }
    message.respond(JSON.stringify(answer));
  }

  #refuse(message: Msg, error: unknown): void {
    const { counters, logger } = this.#options;
    if (!(error instanceof Refusal)) {
      logger.error(
        { subject: message.subject, err: error },
        'A message could not be handled: a bug in the participant',
      );
      return; // no answer: it is asked again
    }
    const { code, details } = error;
    const { number, retriable } = refusalKinds[code];
    if (code === 'INVALID_REQUEST' || code === 'TOO_LARGE') {
      counters.malformed += 1;
      logger.warn({ subject: message.subject, code, details }, error.message);
    } else counters.refused += 1;
    const body = { code, message: error.message, retriable, details };
    message.respond(JSON.stringify(body), { headers: errorHeaders(error.message, number) });
  }
}

function deaf(name: string, cause: Error): ParticipantError {
  const message = `Messages for ${name} cannot be received: ${cause.message}. May its user subscribe to participants.${name}.*?`;
  return new ParticipantError('CONNECTION_FAILED', message, { cause });
}

/** Throws a Refusal where the headers are broken: the client library reads them late, and throws then. */
function traceOf(message: Msg): string | undefined {
  let sent: MsgHdrs | undefined;
  try {
    sent = message.headers;
  } catch (cause) {
    throw new Refusal('INVALID_REQUEST', `The headers cannot be read: ${messageOf(cause)}`, {}, { cause });
  }
  const read = readHeaders((name) => (name === headers.traceparent ? sent?.get(name) : undefined));
  return read.ok ? read.headers.traceparent : undefined;
}

function errorHeaders(text: string, number: number): MsgHdrs {
  const answerHeaders = makeHeaders();
  // A header is one line.
  answerHeaders.set(headers.serviceError, text.replace(/[\r\n]+/g, ' '));
  answerHeaders.set(headers.serviceErrorCode, String(number));
  return answerHeaders;
}
