import { type Logger, pino } from 'pino';
import type { HostLog } from '../runtime/host-options.ts';
import type { LogLevel } from './settings.ts';

/** What a node logs to. A pino logger is one; tests bring their own. */
export interface NodeLog extends HostLog {
  info(fields: object, message: string): void;
  /** A log whose lines all carry these fields too. */
  child?(fields: object): NodeLog;
  /** Without it, everything below `info` is taken to be off. */
  isLevelEnabled?(level: string): boolean;
}

/** The parts of the service that log, as their lines name them. */
export type LogPart = 'runtime' | 'api' | 'http' | 'nats' | 'announcements' | 'observation' | 'traces';

/** The service's log: one JSON line an event, on standard error. */
export function createLog(level: LogLevel): Logger {
  return pino({ name: 'ordo', level }, pino.destination({ dest: 2, sync: true }));
}

/** The log of one part of the service. */
export function partLog(log: NodeLog, part: LogPart): NodeLog {
  return log.child?.({ part }) ?? log;
}
