import { describe, expect, it } from 'vitest';
import { problemsOf } from '../../runtime/registration.ts';
import { nameOf, statesOf, transitionsOf } from './fixtures/coverage.ts';
import { all } from './fixtures/definition.ts';

/** Starts like a sentence, ends like one, and is none of the identifiers that it explains. */
function isSentence(text: string | undefined): boolean {
  return text !== undefined && /^[A-Z].*\s.*[.]$/s.test(text) && text.split(/\s+/).length >= 2;
}

describe.each(all)('The chart of $type', (definition) => {
  const { machine } = definition;

  it('says of every state in plain words what it is', () => {
    const silent = statesOf(machine.root).filter(({ description }) => !isSentence(description));
    expect(silent.map(({ id }) => id)).toEqual([]);
  });

  it('says of every transition in plain words what happens', () => {
    const silent = transitionsOf(machine).filter(({ description }) => !isSentence(description));
    expect(silent.map(nameOf)).toEqual([]);
  });

  it('may be run by the runtime', () => {
    expect(problemsOf(definition)).toEqual([]);
  });
});
