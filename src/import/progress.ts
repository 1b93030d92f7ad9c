import type { Writable } from 'node:stream';
import cliProgress from 'cli-progress';

/** Shows how far a run has come. One part at a time: `begin`, then `advance` for each piece of work, then `end`. */
export interface Progress {
  begin(part: string, total: number, unit: string): void;
  advance(count?: number): void;
  end(): void;
}

/** A progress display on a stream: a bar with rate and time left on a terminal, else a plain line now and then. */
export function progressOn(stream: Writable & { isTTY?: boolean }, now: () => number = Date.now): Progress {
  return stream.isTTY === true ? new BarProgress(stream, now) : new LineProgress(stream, now);
}

/** Shows nothing. */
export const noProgress: Progress = { begin: () => {}, advance: () => {}, end: () => {} };

class Pace {
  readonly #now: () => number;
  readonly #startedAt: number;
  readonly total: number;
  done = 0;

  constructor(total: number, now: () => number) {
    this.#now = now;
    this.#startedAt = now();
    this.total = total;
  }

  perSecond(): number {
    const elapsedMs = this.#now() - this.#startedAt;
    return elapsedMs <= 0 ? 0 : (this.done * 1000) / elapsedMs;
  }

  timeLeft(): string {
    const rate = this.perSecond();
    return rate === 0 ? '–' : formatSeconds((this.total - this.done) / rate);
  }
}

/** Seconds for a reader: `42 s`, `3 min 5 s`, `2 h 10 min`. */
export function formatSeconds(seconds: number): string {
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole} s`;
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${whole % 60} s`;
  return `${Math.floor(whole / 3600)} h ${Math.floor((whole % 3600) / 60)} min`;
}

class BarProgress implements Progress {
  readonly #now: () => number;
  readonly #bar: cliProgress.SingleBar;
  #pace: Pace;

  constructor(stream: Writable, now: () => number) {
    this.#now = now;
    this.#pace = new Pace(0, now);
    this.#bar = new cliProgress.SingleBar({
      stream: stream as NodeJS.WritableStream,
      format: '{part} [{bar}] {percentage} % {value}/{total} {unit}, {rate}/s, {left} left',
      barCompleteChar: '█',
      barIncompleteChar: '░',
      barsize: 30,
      hideCursor: true,
      // The run ends in its own way on a signal, and the bar with it.
      gracefulExit: false,
    });
  }

  begin(part: string, total: number, unit: string): void {
    this.#pace = new Pace(total, this.#now);
    this.#bar.start(total, 0, { part: part.padEnd(10), unit, rate: 0, left: '–' });
  }

  advance(count = 1): void {
    this.#pace.done += count;
    this.#bar.update(this.#pace.done, {
      rate: Math.round(this.#pace.perSecond()),
      left: this.#pace.timeLeft(),
    });
  }

  end(): void {
    this.#bar.stop();
  }
}

const LINE_EVERY_MS = 5_000;

class LineProgress implements Progress {
  readonly #stream: Writable;
  readonly #now: () => number;
  #part = '';
  #unit = '';
  #pace: Pace;
  #saidAt: number;

  constructor(stream: Writable, now: () => number) {
    this.#stream = stream;
    this.#now = now;
    this.#pace = new Pace(0, now);
    this.#saidAt = now();
  }

  begin(part: string, total: number, unit: string): void {
    this.#part = part;
    this.#unit = unit;
    this.#pace = new Pace(total, this.#now);
    this.#saidAt = this.#now();
  }

  advance(count = 1): void {
    this.#pace.done += count;
    if (this.#now() - this.#saidAt < LINE_EVERY_MS) return;
    this.#saidAt = this.#now();
    this.#say(`${this.#pace.timeLeft()} left`);
  }

  end(): void {
    this.#say('done');
  }

  #say(state: string): void {
    const { done, total } = this.#pace;
    const rate = Math.round(this.#pace.perSecond());
    this.#stream.write(`${this.#part}: ${done}/${total} ${this.#unit}, ${rate}/s, ${state}\n`);
  }
}
