import { z } from 'zod';
import { doneAnswer, voteAnswer } from './participants.ts';

/** A moment between actors: ms since 1970. Outside participants get it as ISO 8601. */
const moment = z.int().min(0);

const branchOf = { transaction: z.string(), branch: z.string(), order: z.string(), operation: z.string() };
const refusedVotes = z.array(z.looseObject({ participant: z.string(), code: z.string(), reason: z.string() }));
const outcome = z.looseObject({
  outcome: z.enum(['undecided', 'committed', 'aborted']),
  votes: refusedVotes.exactOptional(),
});

/** What one actor may send to another in two-phase commit, by the event's type. */
const messages = {
  begin: z.looseObject({
    transaction: z.string(),
    order: z.string(),
    operation: z.string(),
    deadline: moment,
    retentionMs: moment,
    branches: z.array(
      z.looseObject({
        participant: z.string(),
        branch: z.string(),
        operation: z.string(),
        args: z.looseObject({}),
        deadline: moment,
      }),
    ),
  }),
  prepare: z.looseObject({ ...branchOf, args: z.looseObject({}), deadline: moment }),
  commit: z.looseObject({ ...branchOf, deadline: moment }),
  abort: z.looseObject({ ...branchOf, deadline: moment, votes: refusedVotes.exactOptional() }),
  inquire: z.looseObject({ branch: z.string() }),
} as const;

/** What each of them may be answered with. */
const answers = {
  'begin.answered': outcome,
  'inquire.answered': outcome,
  'prepare.answered': voteAnswer,
  'commit.answered': doneAnswer,
  'abort.answered': doneAnswer,
} as const;

const schemas: Readonly<Record<string, z.ZodType>> = { ...messages, ...answers };

/** Which messages each type of actor takes. */
const taken: Readonly<Record<string, readonly (keyof typeof messages)[]>> = {
  order: ['commit', 'abort'],
  transaction: ['begin', 'inquire'],
  payment: ['prepare', 'commit', 'abort'],
  stock: ['prepare', 'commit', 'abort'],
  shipment: ['prepare', 'commit', 'abort'],
};

/**
 * Looks over a message, or an answer, before an actor sees it: commands from outside must not come in this way.
 *
 * @returns what is wrong with it; `undefined` when it is in order.
 */
export function checkProtocolEvent(
  actorType: string,
  event: { readonly type: string; readonly [field: string]: unknown },
): string | undefined {
  const { type } = event;
  if (!Object.hasOwn(answers, type) && !taken[actorType]?.includes(type as keyof typeof messages)) {
    return `${actorType} takes no ${type} from other actors`;
  }
  const result = schemas[type]?.safeParse(event);
  if (result === undefined || result.success) return undefined;
  return result.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`).join('; ');
}
