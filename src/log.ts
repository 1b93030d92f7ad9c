import { type Logger, pino } from 'pino';
import type { LogLevel } from './settings.ts';

/** The service's log: one JSON line an event, on standard error. */
export function createLog(level: LogLevel): Logger {
  return pino({ name: 'ordo', level }, pino.destination({ dest: 2, sync: true }));
}
