import type { Command } from 'commander';
import { type CallOptions, type Client, OrdoError } from '../client/index.ts';
import {
  type AnswerOf,
  checkKey,
  type EndpointName,
  endpointOf,
  type InputOf,
  type JsonObject,
} from '../contracts/index.ts';
import { type ConnectionFlags, withClient, withConnectionFlags } from './connection.ts';
import type { CliContext } from './context.ts';
import { Interrupted, UsageError } from './failure.ts';
import { type Screen, screenFor } from './show/screen.ts';
import { duration, instant, jsonObject, wholeNumber } from './values.ts';

/** The flags of every command that asks the service. */
export interface AskingFlags extends ConnectionFlags {
  readonly json?: true;
  readonly utc?: true;
  readonly timeout?: number;
}

/** The flags of every command that changes something. */
export interface ChangingFlags extends AskingFlags {
  readonly by?: string;
  readonly requestId?: string;
  readonly deadline?: string;
  readonly jsonBody?: JsonObject;
}

/** Adds the flags of `AskingFlags`. */
export function withAskingFlags(command: Command, context: CliContext): Command {
  command.optionsGroup('Asking the service:');
  return withConnectionFlags(command, context.env)
    .option('--timeout <duration>', 'how long to wait for the answer, such as 5s', duration)
    .option('--utc', 'show times in UTC instead of local time')
    .option('--json', 'print the answer as the JSON that it is');
}

/** Adds the flags of `ChangingFlags`. */
export function withChangingFlags(command: Command, context: CliContext): Command {
  command
    .optionsGroup('Any command:')
    .option('--by <who>', 'who gives the command; goes into the history')
    .option('--request-id <id>', 'the same id again gets the same answer, and nothing is done twice')
    .option('--deadline <time>', 'do not start the command later than this', instant)
    .option('--json-body <json>', 'the whole body, or what the other flags leave out, as JSON', jsonObject);
  return withAskingFlags(command, context);
}

/** Adds `--expected-version`. */
export function withExpectedVersion(command: Command): Command {
  return command.optionsGroup('Any command:').option('--expected-version <n>', 'only if it is at this', wholeNumber);
}

/** How the call of a command that changes something is made. */
export function callOptionsOf(flags: ChangingFlags): CallOptions {
  return {
    ...(flags.requestId !== undefined && { requestId: flags.requestId }),
    ...(flags.deadline !== undefined && { deadline: new Date(flags.deadline) }),
  };
}

/** What is asked: an endpoint, its key and body, and how the call is made. */
export interface Question<Name extends EndpointName> {
  readonly name: Name;
  readonly key: string | null;
  readonly body: JsonObject;
  readonly call?: CallOptions;
}

/** Asks the service and prints its answer: the JSON as it is for programs, as `show` says for people. */
export async function ask<Name extends EndpointName>(
  context: CliContext,
  flags: AskingFlags,
  question: Question<Name>,
  show: (answer: AnswerOf<Name>, screen: Screen) => string,
): Promise<void> {
  checkQuestionKey(question.name, question.key);
  const answer = await withClient(context, flags, (client, stop) => callOf(client, flags, question, stop));
  context.write(flags.json ? `${JSON.stringify(answer)}\n` : show(answer, screenFor(context, flags)));
}

/** Makes one call of those that a command makes, with the patience that the flags give. */
export async function callOf<Name extends EndpointName>(
  client: Client,
  flags: Pick<AskingFlags, 'timeout'>,
  { name, key, body, call }: Question<Name>,
  stop: AbortSignal,
): Promise<AnswerOf<Name>> {
  const isCommand = endpointOf(name).kind === 'command';
  // Made up here and not by the client, so that it can be told to whoever has to send the command again.
  const requestId = isCommand ? (call?.requestId ?? crypto.randomUUID()) : undefined;
  const options = {
    ...call,
    signal: stop,
    ...(requestId !== undefined && { requestId }),
    ...(flags.timeout !== undefined && { timeoutMs: flags.timeout }),
  };
  try {
    // What the flags make up is checked by the service, which says better what is wrong.
    return await client.call(name, key, body as InputOf<Name>, options);
  } catch (error) {
    if (stop.aborted && requestId !== undefined) throw new Interrupted('Stopped by a signal.', requestId);
    if (!(error instanceof OrdoError) || !error.outcomeUnknown || requestId === undefined) throw error;
    const { code, message, details, ...rest } = error;
    throw new OrdoError(code, message, { ...rest, details: { ...details, requestId }, cause: error });
  }
}

/** @throws {UsageError} for a key that cannot be one, before anything is asked. */
export function checkQuestionKey(name: EndpointName, key: string | null): void {
  const { key: kind } = endpointOf(name);
  if (kind === null || key === null) return;
  const checked = checkKey(kind, key);
  if (!checked.ok) throw new UsageError(checked.fields.map(({ path, why }) => `${path} ${why}`).join('; '));
}
