import { z } from 'zod';
import type { JsonObject } from '../../contracts/index.ts';
import { answerParts, answers, type Named } from './named-answers.ts';
import {
  announcements,
  errors,
  participantAnswers,
  participantQuestions,
  requestParts,
  requests,
} from './named-messages.ts';
import { httpAnswers, problems, tutorialRequests } from './named-problems.ts';
import { tidy } from './tidy.ts';

/** JSON Schemas by name. */
export type JsonSchemas = Readonly<Record<string, JsonObject>>;

/** What is sent to Ordo: what has a default may be left out. */
export const incoming = { ...requests, ...participantAnswers, ...requestParts, ...tutorialRequests };
/** What Ordo sends: it is open, since fields may be added. */
export const outgoing = {
  ...answers,
  ...announcements,
  ...participantQuestions,
  ...errors,
  ...answerParts,
  ...problems,
  ...httpAnswers,
};

/** The names of what stands for itself: each has a file of its own. The rest is what they are made of. */
export const publicNames: readonly string[] = [
  requests,
  answers,
  announcements,
  participantQuestions,
  participantAnswers,
  errors,
].flatMap((table) => Object.keys(table));

/** AsyncAPI 3 has the words of draft 7, everything else those of 2020-12. */
export type Draft = 'draft-2020-12' | 'draft-07';

/**
 * Every named schema of the interface.
 *
 * @param at where a reference finds the schema of a name: `#/$defs/OrderView`.
 */
export function jsonSchemas(draft: Draft, at: (name: string) => string): JsonSchemas {
  return { ...translated('input', incoming), ...translated('output', outgoing) };

  function translated(io: 'input' | 'output', table: Readonly<Record<string, Named>>): JsonSchemas {
    const registry = z.registry<{ id: string }>();
    for (const [name, { schema }] of Object.entries(table)) registry.add(schema, { id: name });
    const { schemas } = z.toJSONSchema(registry, { io, target: draft, uri: at });
    return Object.fromEntries(
      Object.entries(table).map(([name, { about }]) => {
        const { $schema: _schema, $id: _id, ...schema } = schemas[name] as JsonObject;
        return [name, tidy({ ...schema, title: name, description: about })];
      }),
    );
  }
}
