import type { OrderService } from '../service.ts';
import { readHoldings } from './holdings.ts';
import type { OrderLog } from './log.ts';
import { type ReplayOptions, replay } from './replay.ts';
import { makeReport, type Report } from './report.ts';
import { scheduleOf } from './schedule.ts';

/**
 * Replays a log over the service and reads back what the service then holds; nothing, when the run was stopped.
 *
 * @throws ServiceGone when the service no longer answers.
 */
export async function importLog(log: OrderLog, service: OrderService, options: ReplayOptions): Promise<Report> {
  const schedule = scheduleOf(log);
  const replayed = await replay(schedule, service, options);
  const holdings = replayed.complete ? await readHoldings(log, schedule, service, options) : undefined;
  if (options.stop.aborted) return makeReport(log, { ...replayed, complete: false }, undefined);
  return makeReport(log, replayed, holdings);
}
