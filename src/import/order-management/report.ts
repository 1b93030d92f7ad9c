import { type Difference, differencesOf, imbalances } from '../differences.ts';
import { balanceText, failureText, mismatchText } from '../report-text.ts';
import { table } from '../table.ts';
import { euros, figuresOf, type LogFigures } from './figures.ts';
import type { Holdings } from './holdings.ts';
import { DIGITS, type OrderLog } from './log.ts';
import type { Replay } from './replay.ts';

/** What a replay says at its end. */
export type Report = {
  /** Everything was done and everything adds up. */
  readonly ok: boolean;
  /** The log's own figures. */
  readonly log: LogFigures;
  /** What the service answered; null when the run was a dry one. */
  readonly replay: Replay | null;
  /** What the service then held; null when it was not read back. */
  readonly service: (Omit<Holdings, 'money'> & { readonly money: { payments: string; orders: string } }) | null;
  readonly differences: readonly Difference[];
};

/** Puts the report together and compares the service's figures with the log's. */
export function makeReport(log: OrderLog, replay: Replay | undefined, holdings: Holdings | undefined): Report {
  const figures = figuresOf(log);
  const differences =
    replay === undefined || holdings === undefined
      ? []
      : [
          ...differencesOf(expected(figures), { ...holdings.figures, ...answered(replay) }, 'log'),
          ...imbalances(holdings, figures.orders, DIGITS),
        ];
  const done = replay === undefined || (replay.complete && replay.failures.length === 0);
  return {
    ok: done && differences.length === 0 && (holdings?.disagreements ?? []).length === 0,
    log: figures,
    replay: replay ?? null,
    service:
      holdings === undefined
        ? null
        : { ...holdings, money: { payments: euros(holdings.money.payments), orders: euros(holdings.money.orders) } },
    differences,
  };
}

function expected(log: LogFigures) {
  const { orders, items, total, fees, packages, ships, failed_deliveries, out_of_stock, delivered_before_paid } = log;
  return {
    ...{ orders, completed: orders, paid: orders, items, total, fees, packages, ships, failed_deliveries },
    ...{ captured: total, out_of_stock, delivered_before_paid },
  };
}

function answered(replay: Replay) {
  return { out_of_stock: replay.outOfStock, delivered_before_paid: replay.deliveredBeforePaid };
}

/** The report for a reader. */
export function reportText(report: Report): string {
  const { service, replay } = report;
  const parts = [
    table('The log', report.log),
    service === null || replay === null
      ? ''
      : table('What the service holds', { ...service.figures, ...answered(replay) }),
    service === null ? '' : balanceText(service.money, service.goods),
    replay === null ? '' : failureText(replay.failures),
    mismatchText(report.differences, service?.disagreements ?? []),
    report.ok && service !== null ? 'Everything adds up.' : '',
  ];
  return `${parts.filter((part) => part !== '').join('\n\n')}\n`;
}
