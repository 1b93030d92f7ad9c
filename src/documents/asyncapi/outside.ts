import { type BranchKind, branchOperations, headers, type JsonObject } from '../../contracts/index.ts';
import { examples } from '../examples.ts';
import { headersOf, traceHeader } from '../headers.ts';
import { prepareNames } from '../schemas/named-messages.ts';
import { schemaAt } from '../schemas/references.ts';
import { at, type Parts, parameters, replyChannel } from './parts.ts';

const kinds = Object.keys(branchOperations) as BranchKind[];
const carried = headersOf({ [headers.traceparent]: traceHeader });

function message(
  name: string,
  title: string,
  schema: string,
  asked: readonly string[],
  part: 'body' | 'answer',
): JsonObject {
  const shown = asked.flatMap((question) => {
    const example = examples.participants[question];
    return example === undefined ? [] : [{ name: example.subject, payload: example[part] }];
  });
  return { name, title, headers: carried, payload: { $ref: schemaAt(schema) }, examples: shown };
}

const phases = {
  prepare: {
    summary: 'Asks for a vote. A yes is a promise: whatever happens, the participant can then commit and can abort.',
    questions: kinds.map((kind) => `prepare.${kind}`),
    reply: 'vote',
  },
  commit: {
    summary: 'The transaction is committed: the participant does what it has promised. Repeated until it is done.',
    questions: ['decision.commit'],
    reply: 'done',
  },
  abort: {
    summary: 'The transaction is aborted: the participant undoes what it has set aside. May come before prepare.',
    questions: ['decision.abort'],
    reply: 'done',
  },
} as const;

const entries = Object.entries(phases);

/** What outside participants are asked in two-phase commit, and what they respond. */
export function participantParts(): Parts {
  const pick = (questions: readonly string[]) =>
    Object.fromEntries(
      questions.map((question) => [question, at('components', 'messages', `participants.${question}`)]),
    );
  return {
    channels: Object.fromEntries(
      entries.flatMap(([phase, { summary, questions, reply }]) => [
        [
          `participants.${phase}`,
          {
            address: `participants.{participant}.${phase}`,
            description: summary,
            messages: pick(questions),
            parameters: parameters('participant'),
          },
        ],
        [`participants.${phase}.reply`, replyChannel(pick([reply]))],
      ]),
    ),
    operations: Object.fromEntries(
      entries.map(([phase, { summary }]) => [
        `participants.${phase}`,
        {
          action: 'send',
          title: `Asks a participant to ${phase}`,
          summary,
          description:
            'Instances of a participant share one log and listen in one queue group. The first answer counts; an error, a ' +
            'malformed answer or none is asked again. A participant that has voted yes and hears no decision asks on ' +
            '`transactions.outcome`.',
          channel: at('channels', `participants.${phase}`),
          reply: { channel: at('channels', `participants.${phase}.reply`) },
          tags: [{ name: 'participants' }],
        },
      ]),
    ),
    messages: Object.fromEntries(
      [
        ...kinds.map((kind) =>
          message(`prepare.${kind}`, `Prepare a ${kind}`, prepareNames[kind], [`prepare.${kind}`], 'body'),
        ),
        message('decision.commit', 'Commit', 'Decision', ['commit'], 'body'),
        message('decision.abort', 'Abort', 'Decision', ['abort'], 'body'),
        message('vote', 'Vote', 'Vote', ['prepare.payment', 'prepare.stock.no'], 'answer'),
        message('done', 'Done', 'Done', ['commit'], 'answer'),
      ].map((one) => [`participants.${String(one.name)}`, one]),
    ),
  };
}
