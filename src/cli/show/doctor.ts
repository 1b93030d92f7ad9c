import type { AnswerOf, DoctorAnswer, DoctorFinding } from '../../contracts/index.ts';
import { grouped } from '../../import/table.ts';
import type { Screen } from './screen.ts';
import { table } from './table.ts';
import { shown } from './text.ts';
import { moment } from './time.ts';

/** How many findings a person is shown; a program gets all of them. */
const MOST_SHOWN = 200;

/** What an examination has found, and what it came to. */
export function showExamination({
  findings,
  report,
}: {
  readonly findings: readonly DoctorFinding[];
  readonly report: DoctorAnswer;
}): string {
  return [listed(findings, report), sums(report), verdict(report)].filter((part) => part !== '').join('\n');
}

function listed(findings: readonly DoctorFinding[], { findings: counts }: DoctorAnswer): string {
  const all = Object.values(counts).reduce((sum, count) => sum + count, 0);
  const lines = findings
    .slice(0, MOST_SHOWN)
    .flatMap(({ code, message, advice }) => [`${shown(code)}: ${shown(message)}`, `  ${shown(advice)}`]);
  if (lines.length === 0) return '';
  const rest = all - Math.min(findings.length, MOST_SHOWN);
  if (rest > 0) lines.push(`and ${grouped(rest)} more: ask with --json for up to 1,000, mend these and ask again`);
  return `${lines.join('\n')}\n\n${table(['finding', { figures: 'count' }], Object.entries(counts))}`;
}

function sums({ actors, entries, rows, money, goods }: DoctorAnswer): string {
  const examined = [
    ...Object.entries(actors),
    ['journal entries', entries] as const,
    ['rows in all', rows] as const,
  ].map(([what, count]) => [what, grouped(count)]);
  const goodsRows = [
    ['received', 'onHand', 'dispatched', 'restocked', 'reserved'].map((name) => grouped(String(goods[name]))),
  ];
  const moneyRows = money.map(({ currency, digits, orders, payments }) => [
    currency,
    decimal(orders, digits),
    decimal(payments, digits),
  ]);
  return [
    table(['examined', { figures: 'count' }], examined),
    table(['captured less refunded', { figures: 'by orders' }, { figures: 'by payments' }], moneyRows),
    table(
      ['received', 'on hand', 'dispatched', 'restocked', 'reserved'].map((figures) => ({ figures })),
      goodsRows,
    ),
  ]
    .filter((part) => part !== '')
    .join('\n');
}

function verdict({ isSound, findings }: DoctorAnswer): string {
  if (!isSound) return 'not sound\n';
  return Object.keys(findings).length === 0 ? 'sound\n' : 'sound, with notes\n';
}

/** An amount in units of 10^-digits that may be beyond what numbers hold exactly. */
function decimal(amount: string, digits: number): string {
  const figures = amount.replace('-', '').padStart(digits + 1, '0');
  const whole = figures.slice(0, figures.length - digits);
  const fraction = digits === 0 ? '' : `.${figures.slice(-digits)}`;
  return grouped(`${amount.startsWith('-') ? '-' : ''}${whole}${fraction}`);
}

/** What a rebuilding has mended. */
export function showMended(
  mended: readonly { readonly code: string; readonly message: string }[],
  copy: string | null,
): string {
  if (mended.length === 0) return 'There was nothing to mend.\n\n';
  const lines = mended.slice(0, MOST_SHOWN).map(({ code, message }) => `mended ${shown(code)}: ${shown(message)}`);
  if (mended.length > MOST_SHOWN) lines.push(`and ${grouped(mended.length - MOST_SHOWN)} more`);
  if (copy !== null) lines.push(`a copy of what was replaced or taken out is in ${shown(copy)}`);
  return `${lines.join('\n')}\n\n`;
}

export function showTimers({ actors, cursor }: AnswerOf<'admin.timers'>, screen: Screen): string {
  const rows = actors.flatMap(({ address, timers }) =>
    timers.map(({ id, due, delay, state }) => [moment(due, screen), address, delay ?? id, state]),
  );
  const more = cursor === null ? '' : `\nmore with --cursor ${shown(cursor)}\n`;
  return (table(['due', 'actor', 'timer', 'leaves'], rows, screen) || 'none\n') + more;
}
