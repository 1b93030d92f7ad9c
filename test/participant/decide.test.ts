import { describe, expect, it } from 'vitest';
import { type BranchMessage, carriedOut, type Decision, decide, voted } from '../../src/participant/decide.ts';
import type { LogEntry } from '../../src/participant/log/entry.ts';
import { DEADLINE, decided, entryIn, openEntryIn, prepare } from './fixtures/branches.ts';

/** A decision in a few words: the answer, what is called, what is written. */
function inWords(decision: Decision, before: LogEntry | undefined): string {
  switch (decision.kind) {
    case 'answer': {
      const { answer, entry, forgotten } = decision;
      const said = 'done' in answer ? 'done' : answer.vote === 'no' ? `no ${answer.code}` : answer.vote;
      return said + (entry === undefined ? '' : `, writes ${entry.state}`) + (forgotten === true ? ', counted' : '');
    }
    case 'run':
      return `${decision.phase}${decision.entry === before ? ' again' : `, writes ${decision.entry.state}`}`;
    case 'refuse':
      return `refuses ${decision.code}`;
  }
}

const CONTRADICTED = 'refuses OUTCOME_CONTRADICTED';

/** What is known of the branch, what comes, what it leads to before the deadline, and after it where that differs. */
const TABLE: readonly [LogEntry['state'] | 'unknown', BranchMessage['phase'], string, string?][] = [
  ['unknown', 'prepare', 'prepare, writes preparing', 'no PREPARE_TIMEOUT'],
  ['preparing', 'prepare', 'prepare again', 'abort, writes aborting'],
  ['prepared', 'prepare', 'yes'],
  ['committing', 'prepare', 'yes'],
  ['committed', 'prepare', 'yes'],
  ['aborting', 'prepare', 'abort again'],
  ['aborted', 'prepare', 'no ABORTED'],
  ['no', 'prepare', 'no PAYMENT_DECLINED'],
  ['readOnly', 'prepare', 'readOnly'],

  ['unknown', 'commit', 'refuses BRANCH_UNKNOWN', 'done, counted'],
  ['preparing', 'commit', CONTRADICTED],
  ['prepared', 'commit', 'commit, writes committing'],
  ['committing', 'commit', 'commit again'],
  ['committed', 'commit', 'done'],
  ['aborting', 'commit', CONTRADICTED],
  ['aborted', 'commit', CONTRADICTED],
  ['no', 'commit', CONTRADICTED],
  ['readOnly', 'commit', CONTRADICTED],

  ['unknown', 'abort', 'done, writes aborted', 'done'],
  ['preparing', 'abort', 'abort, writes aborting'],
  ['prepared', 'abort', 'abort, writes aborting'],
  ['committing', 'abort', CONTRADICTED],
  ['committed', 'abort', CONTRADICTED],
  ['aborting', 'abort', 'abort again'],
  ['aborted', 'abort', 'done'],
  ['no', 'abort', 'done'],
  ['readOnly', 'abort', 'done'],
];

describe('What a message leads to', () => {
  const cases = TABLE.flatMap(([state, phase, inTime, late = inTime]) => [
    { state, phase, when: 'in time', now: DEADLINE, expected: inTime },
    { state, phase, when: 'past the deadline', now: DEADLINE + 1, expected: late },
  ]);

  it.each(cases)('$phase of a branch that is $state, $when: $expected', ({ state, phase, now, expected }) => {
    const entry = state === 'unknown' ? undefined : entryIn(state);
    const message = phase === 'prepare' ? prepare() : decided(phase);
    expect(inWords(decide(entry, message, now), entry)).toBe(expected);
  });

  it('is to ask about an older branch of the same order first, and not to vote meanwhile', () => {
    const decision = decide(undefined, prepare(), DEADLINE, 'SO-1~0');
    expect(decision).toMatchObject({ kind: 'refuse', code: 'OLDER_BRANCH_UNDECIDED' });
    expect(inWords(decide(entryIn('prepared'), prepare(), DEADLINE, 'SO-1~0'), undefined)).toBe('yes');
  });

  it('is a no, for good, where the participant does not know the operation', () => {
    const decision = decide(undefined, prepare({ operation: 'lend', kind: undefined }), DEADLINE);
    expect(inWords(decision, undefined)).toBe('no UNKNOWN_OPERATION, writes no');
  });

  it('writes how the customer pays nowhere', () => {
    const decision = decide(undefined, prepare(), DEADLINE);
    expect(JSON.stringify(decision)).not.toContain('tok_4711');
    expect(decision).toMatchObject({ entry: { args: { amount: 700 } } });
  });

  it('counts the entries of a branch up by one', () => {
    const entry = entryIn('prepared');
    expect(decide(entry, decided('commit'), DEADLINE)).toMatchObject({ entry: { revision: entry.revision + 1 } });
  });
});

describe('What a vote makes of a branch', () => {
  const entry = openEntryIn('preparing');
  const no = { vote: 'no', code: 'PAYMENT_DECLINED', reason: 'no cover' } as const;

  it('holds it after a yes, with what goes with it', () => {
    const after = voted(entry, { vote: 'yes' }, { authorization: 'A-1' }, DEADLINE, false);
    expect(after).toEqual({ ...entry, revision: 2, state: 'prepared', keep: { authorization: 'A-1' } });
  });

  it('undoes it after a yes that comes past the deadline, and hands back what went with it', () => {
    const after = voted(entry, { vote: 'yes' }, 'A-1', DEADLINE + 1, false);
    expect(after).toMatchObject({ state: 'aborting', keep: 'A-1', no: { code: 'PREPARE_TIMEOUT' } });
  });

  it('ends it after a no, and keeps no more of it than the reason', () => {
    const { args: _args, ...facts } = entry;
    const reasons = { code: no.code, reason: no.reason };
    expect(voted(entry, no, undefined, DEADLINE, false)).toEqual({ ...facts, revision: 2, state: 'no', no: reasons });
  });

  it('undoes it after a no where an earlier call may have set something aside', () => {
    const after = voted(entry, no, undefined, DEADLINE, true);
    expect(after).toMatchObject({ state: 'aborting', no: { code: 'PAYMENT_DECLINED' } });
    // The reason outlives the undoing: a repeat is told it.
    const end = carriedOut(openEntryIn('aborting'));
    expect(decide({ ...end, no: { code: no.code, reason: no.reason } }, prepare(), DEADLINE)).toMatchObject({
      answer: no,
    });
  });

  it('ends it when there is nothing to change', () => {
    expect(voted(entry, { vote: 'readOnly' }, undefined, DEADLINE, false)).toMatchObject({ state: 'readOnly' });
  });
});

describe('What is left of a branch that was carried out', () => {
  it.each([
    ['committing', 'committed'],
    ['aborting', 'aborted'],
  ] as const)('%s: %s, without what the handlers needed', (before, after) => {
    const end = carriedOut(openEntryIn(before));
    expect(end).toMatchObject({ state: after, revision: 3, deadline: DEADLINE });
    expect(end).not.toHaveProperty('args');
    expect(end).not.toHaveProperty('keep');
  });
});
