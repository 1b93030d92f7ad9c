import {
  anyObject,
  type ContextShape,
  contextShape,
  count,
  listOf,
  object,
  oneOf,
  type Shape,
  text,
} from '../context-shape.ts';
import type { FinishedBranch, HeldBranch } from './branch-log.ts';
import type { ParticipantContext } from './participant-machine.ts';

const ending = oneOf('committed', 'aborted', 'no');

const finished: Shape<FinishedBranch> = {
  text: `[hash, deadline, ${ending.text}, code, reason]`,
  wrongIn: (value, path) => {
    const [hash, deadline, how, ...why] = Array.isArray(value) ? (value as readonly unknown[]) : [];
    return (
      count.wrongIn(hash, `${path}[0]`) ??
      count.wrongIn(deadline, `${path}[1]`) ??
      ending.wrongIn(how, `${path}[2]`) ??
      (why.every((word) => typeof word === 'string') ? undefined : `${path}[3] must be text`)
    );
  },
};

/** A participant's context around its own book. */
export function participantShape(book: Shape<object>): ContextShape {
  return contextShape(
    object<ParticipantContext<object>>({
      held: listOf(
        object<HeldBranch>({
          transaction: text,
          branch: text,
          order: text,
          operation: text,
          args: anyObject,
          deadline: count,
        }),
      ),
      finished: listOf(finished),
      forgottenCommits: count,
      book,
    }),
  );
}
