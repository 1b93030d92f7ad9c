import { DateTime } from 'luxon';
import type { Screen } from './screen.ts';

/** A time of the interface as people read it: local time, or UTC with a `Z` at its end. What is no time stays as it is. */
export function moment(
  time: string | null | undefined,
  { zone }: Pick<Screen, 'zone'>,
  precision: 'seconds' | 'milliseconds' = 'seconds',
): string {
  if (time === null || time === undefined || time === '') return '';
  const read = DateTime.fromISO(time, { zone });
  if (!read.isValid) return time;
  const format = precision === 'seconds' ? 'yyyy-MM-dd HH:mm:ss' : 'yyyy-MM-dd HH:mm:ss.SSS';
  return read.toFormat(format) + (zone === 'utc' ? 'Z' : '');
}

const units = [
  ['y', 365 * 86_400_000],
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['m', 60_000],
  ['s', 1_000],
] as const;

/** How long something lasts, to its largest unit: `14d`, `3m`, `5s`, `20ms`. */
export function span(durationMs: number): string {
  const whole = Math.max(0, Math.round(durationMs));
  for (const [unit, size] of units) if (whole >= size) return `${Math.floor(whole / size)}${unit}`;
  return `${whole}ms`;
}

/** How long ago a time is: `3m ago`; `in 3m` for one to come. What is no time stays as it is. */
export function age(time: string | null | undefined, { now }: Pick<Screen, 'now'>): string {
  if (time === null || time === undefined || time === '') return '';
  const at = Date.parse(time);
  if (Number.isNaN(at)) return time;
  // A clock that differs a little from the service's must not make things to come out of what has just happened.
  if (Math.abs(now - at) < 1_000) return 'now';
  return at <= now ? `${span(now - at)} ago` : `in ${span(at - now)}`;
}

/** A time with how long ago it is: `2010-12-01 08:26:00 (15y ago)`. */
export function momentAndAge(time: string, screen: Screen): string {
  return `${moment(time, screen)} (${age(time, screen)})`;
}
