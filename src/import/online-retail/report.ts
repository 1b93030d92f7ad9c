import { type Difference, differencesOf, type Figures, imbalances } from '../differences.ts';
import type { Failure } from '../performance.ts';
import type { AsPlaced } from './as-placed.ts';
import type { Execution } from './execution.ts';
import type { Holdings } from './holdings.ts';
import { asPlaced, type Plan } from './plan.ts';
import { DIGITS } from './rows.ts';
import { type FileStatistics, pounds } from './statistics.ts';

/** What an import says at its end. */
export type Report = {
  /** Everything was done and everything adds up. */
  readonly ok: boolean;
  /** The file's own figures. */
  readonly file: FileStatistics;
  /** What the file's orders and returns must come to in the service. */
  readonly planned: AsPlaced;
  /** Lines that came back at another price than they were sold at; pounds. The import pays back the sale price. */
  readonly priceDifferences: { readonly lines: number; readonly net: string };
  readonly unknownInvoices: readonly string[];
  /** What the service was asked to do; null when the run was a dry one. */
  readonly execution: {
    readonly complete: boolean;
    readonly found: number;
    readonly failures: readonly Failure[];
  } | null;
  /** What the service then held; null when it was not read back. */
  readonly service: (Omit<Holdings, 'money'> & { readonly money: { payments: string; orders: string } }) | null;
  readonly differences: readonly Difference[];
};

/** Puts the report together and compares whatever must be equal. */
export function makeReport(
  plan: Plan,
  execution: Execution | undefined,
  holdings: Holdings | undefined,
  expectation: Figures | undefined,
): Report {
  const planned = asPlaced(plan);
  const differences = [
    ...(holdings === undefined ? [] : serviceDifferences(planned, holdings)),
    ...(expectation === undefined
      ? []
      : differencesOf(expectation, { ...plan.statistics, as_placed: holdings?.asPlaced ?? planned }, 'expectation')),
  ];
  const executed = execution === undefined || (execution.complete && execution.failures.length === 0);
  return {
    ok: executed && differences.length === 0 && (holdings?.disagreements ?? []).length === 0,
    file: plan.statistics,
    planned,
    priceDifferences: { lines: plan.priceDifferences.lines, net: pounds(plan.priceDifferences.net) },
    unknownInvoices: plan.unknownInvoices,
    execution: execution ?? null,
    service:
      holdings === undefined
        ? null
        : {
            ...holdings,
            money: { payments: pounds(holdings.money.payments), orders: pounds(holdings.money.orders) },
          },
    differences,
  };
}

function serviceDifferences(planned: AsPlaced, holdings: Holdings): Difference[] {
  return [
    ...differencesOf(planned, holdings.asPlaced, 'file', 'as_placed.'),
    ...imbalances(holdings, planned.orders, DIGITS),
  ];
}
