import { type EndpointName, type ErrorCode, endpointNames, errorCodes } from '../../contracts/index.ts';
import { examples } from '../examples.ts';
import { announcementEntries, prepareNames } from './named-messages.ts';
import { answerName, errorName, requestName } from './names.ts';

/** How many examples a schema shows at most. */
const MOST = 2;

/** What services have really sent and got, by the name of its schema. */
export const schemaExamples: Readonly<Record<string, readonly unknown[]>> = collected();

function collected(): Record<string, readonly unknown[]> {
  const all: Record<string, unknown[]> = {};
  const add = (name: string, value: unknown) => {
    all[name] ??= [];
    const known = all[name];
    if (known.length < MOST && !known.some((one) => JSON.stringify(one) === JSON.stringify(value))) known.push(value);
  };
  for (const name of endpointNames) {
    const example = exampleOf(name);
    add(requestName(name), example?.body);
    add(answerName(name), example?.answer);
  }
  for (const { source, kind, name } of announcementEntries)
    add(name, examples.announcements[`${source}.${kind}`]?.data);
  for (const [question, { body, answer }] of Object.entries(examples.participants)) {
    const [phase, kind] = question.split('.');
    add(phase === 'prepare' ? prepareNames[kind as keyof typeof prepareNames] : 'Decision', body);
    add(phase === 'prepare' ? 'Vote' : 'Done', answer);
  }
  add('Error', errorExampleOf('ORDER_NOT_FOUND')?.body);
  for (const code of errorCodes) add(errorName(code), errorExampleOf(code)?.body);
  return all;
}

/** A request to an endpoint and its answer. */
export function exampleOf(name: EndpointName) {
  return examples.requests[name];
}

/** An error answer with a code. */
export function errorExampleOf(code: ErrorCode) {
  return examples.errors[code];
}
