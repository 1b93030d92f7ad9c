import { balanceText, failureText, mismatchText } from '../report-text.ts';
import { grouped, table } from '../table.ts';
import type { Report } from './report.ts';

/** The report for a reader. */
export function reportText(report: Report): string {
  const { file, service, execution, priceDifferences } = report;
  const { return_matching, ...figures } = file;
  const { matched_one_line = 0, matched_several_lines = 0, ...refused } = return_matching;
  const parts = [
    table('The file', figures),
    table('Returned lines', { matched_one_line, matched_several_lines, ...prefixed('refused: ', refused) }),
    priceDifferences.lines === 0
      ? ''
      : `${grouped(priceDifferences.lines)} lines came back at another price than they were sold at ` +
        `(${grouped(priceDifferences.net)} net); the sale price was paid back.`,
    report.unknownInvoices.length === 0
      ? ''
      : `Invoices of no known kind, not executed: ${report.unknownInvoices.join(', ')}`,
    service === null
      ? table('What would be placed', report.planned)
      : [
          table('What the service holds', service.asPlaced),
          table('Orders by status', service.statuses),
          balanceText(service.money, service.goods),
          service.otherOrders === 0
            ? ''
            : `${service.otherOrders} other orders of the same time are in the service; they were left out.`,
        ]
          .filter((part) => part !== '')
          .join('\n\n'),
    execution === null ? '' : failureText(execution.failures),
    mismatchText(report.differences, service?.disagreements ?? []),
    report.ok && service !== null ? 'Everything adds up.' : '',
  ];
  return `${parts.filter((part) => part !== '').join('\n\n')}\n`;
}

function prefixed(prefix: string, figures: Readonly<Record<string, number>>): Record<string, number> {
  return Object.fromEntries(Object.entries(figures).map(([name, value]) => [prefix + name, value]));
}
