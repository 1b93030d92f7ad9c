import { describe, expect, it } from 'vitest';
import type { BranchState } from '../../machines/branch-state.ts';
import type { Branch, Decision } from '../../machines/transaction/transaction-context.ts';
import { disagreementOf } from '../../src/api/branches.ts';

type Known = Pick<Branch, 'vote' | 'outcome' | 'heuristic'>;
const silent: Known = { vote: null, outcome: null };
const no: Known = { vote: 'no', outcome: null };
const yes: Known = { vote: 'yes', outcome: null };
const done: Known = { vote: 'yes', outcome: 'done' };
const closed: Known = {
  vote: 'yes',
  outcome: 'heuristic',
  heuristic: { outcome: 'committed', by: 'ann', reason: 'seen', at: 0 },
};

/** What the coordinator knows, what was decided, what the participant says, and whether the two go together. */
const cases: [known: string, Known, Decision | null, BranchState, agrees: boolean][] = [
  ['silent', silent, null, 'unknown', true],
  // Its vote is on its way.
  ['silent', silent, null, 'prepared', true],
  ['silent', silent, null, 'refused', true],
  ['silent', silent, null, 'committed', false],
  ['silent', silent, 'aborted', 'aborted', true],
  ['silent', silent, 'aborted', 'forgotten', true],
  ['no', no, null, 'refused', true],
  ['no', no, 'aborted', 'refused', true],
  ['no', no, 'aborted', 'prepared', false],
  ['yes', yes, null, 'prepared', true],
  ['yes', yes, null, 'unknown', false],
  ['yes', yes, null, 'forgotten', false],
  ['yes', yes, null, 'aborted', false],
  ['yes', yes, null, 'committed', false],
  // The decision is on its way, or the answer to it.
  ['yes', yes, 'committed', 'prepared', true],
  ['yes', yes, 'committed', 'committed', true],
  ['yes', yes, 'committed', 'forgotten', true],
  ['yes', yes, 'committed', 'aborted', false],
  ['yes', yes, 'committed', 'unknown', false],
  ['yes', yes, 'aborted', 'prepared', true],
  ['yes', yes, 'aborted', 'aborted', true],
  ['yes', yes, 'aborted', 'unknown', true],
  ['yes', yes, 'aborted', 'committed', false],
  ['done', done, 'committed', 'committed', true],
  ['done', done, 'committed', 'forgotten', true],
  ['done', done, 'committed', 'prepared', false],
  ['done', done, 'aborted', 'prepared', false],
  ['done', done, 'aborted', 'committed', false],
  ['closed by hand', closed, 'committed', 'prepared', false],
  ['closed by hand', closed, 'committed', 'committed', true],
  ['read-only', { vote: 'readOnly', outcome: null }, 'committed', 'unknown', true],
];

describe('A coordinator and a participant', () => {
  it.each(cases)('with %s (%j), decided %s, that says %s: agree is %s', (_name, known, decision, says, agrees) => {
    const disagreement = disagreementOf(known, decision, says);
    if (agrees) expect(disagreement).toBeNull();
    else expect(disagreement).toMatch(/^(it|closed by hand) .{10}/);
  });
});
