import type { Writable } from 'node:stream';
import cliProgress from 'cli-progress';
import { grouped } from './import/table.ts';

/** Shows how far a run has come. One part at a time: `begin`, then `advance` for each piece of work, then `end`. */
export interface Progress {
  begin(part: string, total: number, unit: string): void;
  advance(count?: number): void;
  /** Says something on a line of its own, in the middle of a part or between two. */
  say(line: string): void;
  end(): void;
}

/** A progress display on a stream: a bar with rate and time left on a terminal, else a plain line now and then. */
export function progressOn(stream: Writable & { isTTY?: boolean }, now: () => number = Date.now): Progress {
  return stream.isTTY === true ? new BarProgress(stream, now) : new LineProgress(stream, now);
}

/** Shows nothing. */
export const noProgress: Progress = { begin: () => {}, advance: () => {}, say: () => {}, end: () => {} };

/** What lies so far back says little about how long the rest takes: a repeated run hurries through what it finds done. */
const RECENT_MS = 15_000;
/** Earlier, a rate is little more than chance. */
const EARLY_MS = 1_000;

/** How far one part has come, and how fast. */
class Pace {
  readonly #part: string;
  readonly #unit: string;
  readonly #total: number;
  readonly #now: () => number;
  readonly #startedAt: number;
  /** Where it stood, about once a second; the first is about `RECENT_MS` old. */
  #marks: { readonly at: number; readonly done: number }[];
  #done = 0;

  constructor(part: string, total: number, unit: string, now: () => number) {
    this.#part = part;
    this.#unit = unit;
    this.#total = total;
    this.#now = now;
    this.#startedAt = now();
    this.#marks = [{ at: this.#startedAt, done: 0 }];
  }

  get part(): string {
    return this.#part;
  }

  get done(): number {
    return this.#done;
  }

  get total(): number {
    return this.#total;
  }

  advance(count: number): void {
    this.#done += count;
    const at = this.#now();
    if (at - (this.#marks.at(-1)?.at ?? 0) < 1_000) return;
    this.#marks.push({ at, done: this.#done });
    if (at - (this.#marks[1]?.at ?? at) >= RECENT_MS) this.#marks.shift();
  }

  /** `50/100 orders, 10/s, 5 s left`; at its end with the rate over all. */
  text(isOver: boolean): string {
    const elapsedMs = this.#now() - this.#startedAt;
    const head = `${grouped(this.#done)}/${grouped(this.#total)} ${this.#unit}`;
    if (isOver) {
      const state = this.#done === this.#total ? 'done in' : 'stopped after';
      return `${head}, ${shownRate(rate(this.#done, elapsedMs))}, ${state} ${formatSeconds(elapsedMs / 1000)}`;
    }
    const perSecond = this.#recentRate();
    if (perSecond === 0 || elapsedMs < EARLY_MS) return head;
    return `${head}, ${shownRate(perSecond)}, ${formatSeconds((this.#total - this.#done) / perSecond)} left`;
  }

  #recentRate(): number {
    const [since = { at: this.#startedAt, done: 0 }] = this.#marks;
    return rate(this.#done - since.done, this.#now() - since.at);
  }
}

function rate(count: number, elapsedMs: number): number {
  return elapsedMs <= 0 ? 0 : (count * 1000) / elapsedMs;
}

function shownRate(perSecond: number): string {
  return `${perSecond < 10 ? Number(perSecond.toFixed(1)) : grouped(Math.round(perSecond))}/s`;
}

/** Seconds for a reader: `42 s`, `3 min 5 s`, `2 h 10 min`. */
export function formatSeconds(seconds: number): string {
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole} s`;
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${whole % 60} s`;
  return `${Math.floor(whole / 3600)} h ${Math.floor((whole % 3600) / 60)} min`;
}

class BarProgress implements Progress {
  readonly #stream: Writable;
  readonly #now: () => number;
  readonly #bar: cliProgress.SingleBar;
  #pace: Pace | undefined;
  #isOver = false;
  /** The bar as it was drawn last. */
  #drawn = '';

  constructor(stream: Writable, now: () => number) {
    this.#stream = stream;
    this.#now = now;
    this.#bar = new cliProgress.SingleBar({
      stream: stream as NodeJS.WritableStream,
      // Asked anew for each drawing, so that rate and time left go on when nothing else does.
      format: (options, { progress }) => {
        const { BarFormat } = cliProgress.Format;
        const percent = String(Math.floor(progress * 100)).padStart(3);
        const part = this.#pace?.part.padEnd(7);
        this.#drawn = `${part} [${BarFormat(progress, options)}] ${percent} % ${this.#pace?.text(this.#isOver)}`;
        return this.#drawn;
      },
      // What is said takes its place, and it goes on below; only at its end it stays.
      clearOnComplete: true,
      barCompleteChar: '█',
      barIncompleteChar: '░',
      // All of it fits on a terminal of 80 columns.
      barsize: 16,
      hideCursor: true,
      // The run ends in its own way on a signal, and the bar with it.
      gracefulExit: false,
    });
  }

  begin(part: string, total: number, unit: string): void {
    this.#pace = new Pace(part, total, unit, this.#now);
    this.#isOver = false;
    this.#bar.start(total, 0);
  }

  advance(count = 1): void {
    this.#pace?.advance(count);
    this.#bar.update(this.#pace?.done ?? 0);
  }

  say(line: string): void {
    const pace = this.#pace;
    if (pace === undefined) {
      this.#stream.write(`${line}\n`);
      return;
    }
    this.#bar.stop();
    this.#stream.write(`${line}\n`);
    this.#bar.start(pace.total, pace.done);
  }

  end(): void {
    if (this.#pace === undefined) return;
    this.#isOver = true;
    this.#bar.stop();
    this.#stream.write(`${this.#drawn}\n`);
    this.#pace = undefined;
  }
}

const LINE_EVERY_MS = 5_000;

class LineProgress implements Progress {
  readonly #stream: Writable;
  readonly #now: () => number;
  #pace: Pace | undefined;
  #saidAt: number;

  constructor(stream: Writable, now: () => number) {
    this.#stream = stream;
    this.#now = now;
    this.#saidAt = now();
  }

  begin(part: string, total: number, unit: string): void {
    this.#pace = new Pace(part, total, unit, this.#now);
    this.#saidAt = this.#now();
  }

  advance(count = 1): void {
    this.#pace?.advance(count);
    if (this.#now() - this.#saidAt < LINE_EVERY_MS) return;
    this.#saidAt = this.#now();
    this.#tell(false);
  }

  say(line: string): void {
    this.#stream.write(`${line}\n`);
  }

  end(): void {
    this.#tell(true);
    this.#pace = undefined;
  }

  #tell(isOver: boolean): void {
    if (this.#pace !== undefined) this.say(`${this.#pace.part}: ${this.#pace.text(isOver)}`);
  }
}
