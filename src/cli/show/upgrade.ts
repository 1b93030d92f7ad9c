import type { Definition } from '../../../runtime/definition.ts';
import type { Survey, SurveyRow } from '../../../runtime/upgrade/survey.ts';
import { grouped } from '../../import/table.ts';
import { table } from './table.ts';
import { shown } from './text.ts';

/** What a build would make of a store, for a reader: a table, and below it what would break and why. */
export function showUpgrade(survey: Survey, definitions: ReadonlyMap<string, Definition>): string {
  const { records, asIs, migrates, breaks, rows, damaged } = survey;
  const checked = `${counted(records, 'record')} checked against this build; nothing was written.\n`;
  const overview = table(
    ['machine', 'version', 'state', { figures: 'records' }, 'with this build'],
    rows.map((row) => [row.machine, row.version, row.state, grouped(row.records), fate(row, definitions)]),
  );
  const sums = `${grouped(asIs)} go on as they are, ${grouped(migrates)} would be migrated, ${grouped(breaks)} would break.\n`;
  return [checked, overview, sums, broken(rows), wrecked(damaged)].filter((part) => part !== '').join('\n');
}

function fate({ outcome, machine }: SurveyRow, definitions: ReadonlyMap<string, Definition>): string {
  switch (outcome) {
    case 'asIs':
      return 'as they are';
    case 'migrates':
      return `migrated to version ${definitions.get(machine)?.version}`;
    case 'breaks':
      return 'BREAK';
  }
}

/** One paragraph for each reason, with the states in which it is found. */
function broken(rows: readonly SurveyRow[]): string {
  const reasons = new Map<string, SurveyRow[]>();
  for (const row of rows.filter(({ outcome }) => outcome === 'breaks')) {
    const reason = `${row.machine} version ${row.version}: ${row.problems.map(shown).join('; ') || 'various reasons'}`;
    reasons.set(reason, [...(reasons.get(reason) ?? []), row]);
  }
  const paragraphs = [...reasons].map(([reason, alike]) => {
    const states = alike.map(
      ({ records, state, examples }) =>
        `    ${grouped(records)} in ${shown(state)}${examples.length === 0 ? '' : `, such as ${examples.map(shown).join(', ')}`}\n`,
    );
    return `  ${reason}\n${states.join('')}`;
  });
  return paragraphs.length === 0 ? '' : `What would break:\n${paragraphs.join('')}`;
}

function wrecked({ records, examples }: Survey['damaged']): string {
  if (records === 0) return '';
  const lines = examples.map((example) => `  ${shown(example)}\n`);
  return `${counted(records, 'damaged record')} passed over; no build can read what is damaged:\n${lines.join('')}`;
}

function counted(count: number, noun: string): string {
  return `${grouped(count)} ${noun}${count === 1 ? '' : 's'}`;
}
