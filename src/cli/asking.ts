import type { Command } from 'commander';
import type { CallOptions } from '../client/index.ts';
import {
  type AnswerOf,
  checkKey,
  type EndpointName,
  endpointOf,
  type InputOf,
  type JsonObject,
} from '../contracts/index.ts';
import type { CliContext } from './context.ts';
import { UsageError } from './failure.ts';
import { duration, instant, jsonObject, wholeNumber } from './values.ts';

/** Where NATS is expected when nobody says. */
const defaultUrl = 'nats://127.0.0.1:4222';

/** The flags of every command that asks the service. */
export interface AskingFlags {
  readonly nats: string;
  readonly json?: true;
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
  return command
    .optionsGroup('Asking the service:')
    .option('--nats <url>', 'where NATS is (or NATS_URL)', context.env.NATS_URL || defaultUrl)
    .option('--timeout <duration>', 'how long to wait for the answer, such as 5s', duration)
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

/** Asks the service and prints its answer: the JSON as it is for programs, as `show` says for people. */
export async function ask<Name extends EndpointName>(
  context: CliContext,
  flags: AskingFlags,
  question: {
    readonly name: Name;
    readonly key: string | null;
    readonly body: JsonObject;
    readonly call?: CallOptions;
  },
  show: (answer: AnswerOf<Name>) => string,
): Promise<void> {
  checkQuestionKey(question.name, question.key);
  const client = await context.connect({ url: flags.nats, name: 'ordo-cli', defaults: context.callDefaults });
  try {
    const call = { ...question.call, ...(flags.timeout !== undefined && { timeoutMs: flags.timeout }) };
    // What the flags make up is checked by the service, which says better what is wrong.
    const answer = await client.call(question.name, question.key, question.body as InputOf<Name>, call);
    context.write(flags.json ? `${JSON.stringify(answer)}\n` : show(answer));
  } finally {
    await client.close();
  }
}

function checkQuestionKey(name: EndpointName, key: string | null): void {
  const { key: kind } = endpointOf(name);
  if (kind === null || key === null) return;
  const checked = checkKey(kind, key);
  if (!checked.ok) throw new UsageError(checked.fields.map(({ path, why }) => `${path} ${why}`).join('; '));
}
