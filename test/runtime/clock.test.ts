import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { systemClock } from '../../runtime/clock.ts';

const DAY_MS = 86_400_000;

describe('The real clock', () => {
  let fired: number;

  beforeEach(() => {
    vi.useFakeTimers();
    fired = 0;
  });

  afterEach(() => {
    vi.useRealTimers();
  });

  const schedule = (delayMs: number) =>
    systemClock.schedule(delayMs, () => {
      fired += 1;
    });

  it('tells the time', () => {
    vi.setSystemTime(1_234);
    expect(systemClock.now()).toBe(1_234);
  });

  it.each([
    ['at once', 0],
    ['after a second', 1_000],
    ['after the longest delay that Node knows', 2 ** 31 - 1],
    ['a moment after that', 2 ** 31],
    ['after 24.9 days', 24.9 * DAY_MS],
    ['after a year', 365 * DAY_MS],
  ])('calls back once, %s', (_what, delayMs) => {
    schedule(delayMs);
    vi.advanceTimersByTime(Math.max(0, delayMs - 1));
    expect(fired).toBe(delayMs === 0 ? 1 : 0);
    vi.advanceTimersByTime(1);
    expect(fired).toBe(1);
    vi.advanceTimersByTime(365 * DAY_MS);
    expect(fired).toBe(1);
  });

  it.each([0, 30 * DAY_MS])('does not call back when it was canceled after %d ms', (waitedMs) => {
    const cancel = schedule(60 * DAY_MS);
    vi.advanceTimersByTime(waitedMs);
    cancel();
    vi.advanceTimersByTime(365 * DAY_MS);
    expect(fired).toBe(0);
    expect(vi.getTimerCount()).toBe(0);
  });
});
