import { isDeepStrictEqual } from 'node:util';
import type { BranchLog } from '../../../machines/participant/branch-log.ts';
import type { Input, StepResult } from '../../../runtime/step.ts';
import type { BranchFixture } from '../fixtures/branch.ts';
import type { Scene } from '../fixtures/scene.ts';
import { failed } from './order-ledger.ts';

/** What has become of a branch. */
type Fate = 'held' | 'committed' | 'aborted' | 'no';

/** What a participant did with one message, or with none when a timer fired. */
export interface Handled {
  readonly input: Input;
  readonly branch: BranchFixture | undefined;
  readonly before: Scene;
  readonly result: StepResult;
  readonly after: Scene;
}

/**
 * A participant's log, kept a second time and in the simplest way: every branch and its fate, for ever. What the
 * machine answers and remembers is held against it.
 */
export class ParticipantModel {
  readonly #fates = new Map<string, { readonly branch: BranchFixture; fate: Fate }>();

  of(...fates: readonly Fate[]): readonly BranchFixture[] {
    return [...this.#fates.values()].filter(({ fate }) => fates.includes(fate)).map(({ branch }) => branch);
  }

  /** Takes in what has happened, and says what should have been otherwise. */
  breaches(handled: Handled): readonly string[] {
    const { input, branch } = handled;
    const type = input.kind === 'answer' ? 'inquire.answered' : input.kind === 'timer' ? 'timer' : input.event.type;
    const said = saidIn(handled.result);
    const known = branch === undefined ? undefined : this.#fates.get(keyOf(branch));
    const problems = branch === undefined ? [] : this.#breaches(type, branch, known?.fate, handled, said);
    if (branch !== undefined) this.#note(type, branch, known?.fate, handled, said);
    return [...problems, ...this.#logBreaches(handled)];
  }

  #breaches(
    type: string,
    branch: BranchFixture,
    fate: Fate | undefined,
    { result, after }: Handled,
    said: string,
  ): readonly string[] {
    const isLate = after.now > branch.deadline;
    const older = this.of('held').find(
      ({ order, transaction }) => order === branch.order && transaction !== branch.transaction,
    );
    const name = `${type} of ${keyOf(branch)} (${fate ?? 'unknown'})`;
    switch (type) {
      case 'prepare':
        if (fate === 'held') return failed(name, { 'a repeat gets the same yes': said === 'yes' });
        if (fate === 'committed') return failed(name, { 'a repeat gets its yes': said === 'yes' || isLate });
        if (fate !== undefined) return failed(name, { 'what is ended is voted down': said === 'no' });
        if (isLate) return failed(name, { 'late: it votes no': said === 'no' && result.kind === 'replied' });
        if (older === undefined) return [];
        return failed(name, {
          'it does not vote while an older branch of the order is undecided': said === '',
          'it asks what has become of the older one':
            result.kind === 'stepped' && result.asks.some(({ to }) => to === `transaction/${older.transaction}`),
        });
      case 'commit':
        return failed(name, {
          'what is held or committed is done':
            said === 'done' || !(fate === 'held' || (fate === 'committed' && !isLate)),
          'what was undone is never done': said === '' || !(fate === 'aborted' || fate === 'no') || isLate,
          'what is unknown is an error in time': said === '' || fate !== undefined || isLate,
        });
      case 'abort':
        return failed(name, {
          'what is not committed is done': said === 'done' || fate === 'committed',
          'what is committed is never undone': said === '' || fate !== 'committed' || isLate,
        });
      default:
        return failed(name, { 'an inquiry is not answered back': said === '' });
    }
  }

  #note(type: string, branch: BranchFixture, fate: Fate | undefined, { input, result }: Handled, said: string): void {
    const set = (next: Fate) => this.#fates.set(keyOf(branch), { branch, fate: next });
    if (type === 'prepare' && fate === undefined && said === 'yes') set('held');
    if (type === 'prepare' && fate === undefined && said === 'no' && result.kind === 'stepped') set('no');
    if (type === 'commit' && fate === 'held') set('committed');
    if (type === 'abort' && (fate === 'held' || (fate === undefined && result.kind === 'stepped'))) set('aborted');
    if (input.kind === 'answer' && fate === 'held' && input.answer.outcome === 'committed') set('committed');
    if (input.kind === 'answer' && fate === 'held' && input.answer.outcome === 'aborted') set('aborted');
  }

  #logBreaches({ before, after }: Handled): readonly string[] {
    const log = after.actor.snapshot.context as unknown as BranchLog;
    const held = log.held.map(keyOf).sort();
    const ended = this.of('committed', 'aborted', 'no').filter(({ deadline }) => deadline >= after.now);
    const hasEndedOne = log.finished !== (before.actor.snapshot.context as unknown as BranchLog).finished;
    return failed('log', {
      'holds what is undecided, and nothing else': isDeepStrictEqual(held, this.of('held').map(keyOf).sort()),
      'remembers what has ended until its deadline': log.finished.length >= ended.length,
      'has forgotten the oldest after its deadline': !hasEndedOne || (log.finished[0]?.[1] ?? after.now) >= after.now,
      'is prepared, and only then, it holds something':
        (after.actor.snapshot.value === 'prepared') === log.held.length > 0,
      'asks about nothing that it does not hold': (after.actor.record?.asks ?? []).every(({ id }) =>
        held.some((key) => id === `inquire:${key}`),
      ),
    });
  }
}

export function keyOf({ transaction, branch }: { readonly transaction: string; readonly branch: string }): string {
  return `${transaction}/${branch}`;
}

/** The answer in one word: the vote, `done`, or nothing. */
function saidIn(result: StepResult): string {
  const payload = result.kind === 'replied' ? result.payload : result.kind === 'stepped' ? result.reply?.payload : {};
  const { vote, done } = (payload ?? {}) as { readonly vote?: string; readonly done?: boolean };
  return vote ?? (done === true ? 'done' : '');
}
