import type { Readable } from 'node:stream';
import type { Figures } from '../differences.ts';
import type { OrderService } from '../service.ts';
import { type ExecutionOptions, execute } from './execution.ts';
import { readHoldings } from './holdings.ts';
import { makePlan, type Plan } from './plan.ts';
import { makeReport, type Report } from './report.ts';
import { type Row, readRows } from './rows.ts';

/**
 * Reads a file to its end and makes the plan. The whole plan is needed before the first order can be placed: a row
 * far down may belong to the first invoice, and the stock of an article is the sum over all.
 *
 * @throws ImportError when the file cannot be understood.
 */
export async function planFile(source: Readable): Promise<Plan> {
  const rows: Row[] = [];
  for await (const row of readRows(source)) rows.push(row);
  return makePlan(rows);
}

/**
 * Executes a plan and reads back what the service then holds. A run that was stopped reads nothing back: what is half
 * done adds up to nothing.
 *
 * @throws ServiceGone when the service no longer answers.
 */
export async function importPlan(
  plan: Plan,
  service: OrderService,
  options: ExecutionOptions,
  expectation: Figures | undefined,
): Promise<Report> {
  const execution = await execute(plan, service, options);
  const holdings = execution.complete ? await readHoldings(plan, service, options) : undefined;
  // A stop while reading back leaves the figures short of what is there.
  if (options.stop.aborted) return makeReport(plan, { ...execution, complete: false }, undefined, undefined);
  return makeReport(plan, execution, holdings, expectation);
}
