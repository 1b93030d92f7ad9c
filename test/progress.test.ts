import { Writable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { formatSeconds, progressOn } from '../src/progress.ts';

class Sink extends Writable {
  text = '';
  override _write(chunk: Buffer, _: string, done: () => void): void {
    this.text += chunk.toString();
    done();
  }
}

/** A terminal that keeps what is written to it. */
function terminal() {
  return Object.assign(new Sink(), { isTTY: true, cursorTo: () => true, clearLine: () => true, columns: 120 });
}

/** What is left on a terminal's lines: what was cleared, or drawn over, is gone. */
function seen(text: string): string[] {
  const esc = String.fromCharCode(27);
  const lines = text.split('\n').map((line) => line.split(`${esc}[2K`).at(-1)?.split(`${esc}[1G`).at(-1) ?? '');
  return lines.map((line) => line.replace(new RegExp(`${esc}(?:\\[\\?*\\d*[A-Za-z]|\\d)`, 'g'), ''));
}

describe('progress', () => {
  it('says a plain line now and then, with rate and time left, where there is no terminal', () => {
    const sink = new Sink();
    let now = 0;
    const progress = progressOn(sink, () => now);
    progress.begin('orders', 1000, 'orders');
    for (let second = 0; second < 10; second += 1) {
      now += 1000;
      progress.advance(100);
    }
    progress.end();
    expect(sink.text.split('\n')).toEqual([
      'orders: 500/1,000 orders, 100/s, 5 s left',
      'orders: 1,000/1,000 orders, 100/s, 0 s left',
      'orders: 1,000/1,000 orders, 100/s, done in 10 s',
      '',
    ]);
  });

  it('reckons the time left by how fast it has gone of late, not by what was hurried through before', () => {
    const sink = new Sink();
    let now = 0;
    const progress = progressOn(sink, () => now);
    progress.begin('orders', 10_000, 'orders');
    progress.advance(9_000);
    for (let second = 0; second < 30; second += 1) {
      now += 1000;
      progress.advance(10);
    }
    expect(sink.text).toMatch(/9,300\/10,000 orders, 10\/s, 1 min 10 s left\n$/);
  });

  it('does not say that a part is done which was stopped', () => {
    const sink = new Sink();
    let now = 0;
    const progress = progressOn(sink, () => now);
    progress.begin('orders', 100, 'orders');
    now += 2000;
    progress.advance(5);
    progress.say('stopping');
    progress.end();
    expect(sink.text).toBe('stopping\norders: 5/100 orders, 2.5/s, stopped after 2 s\n');
  });

  it('draws a bar with rate and time left on a terminal', () => {
    const sink = terminal();
    let now = 0;
    const progress = progressOn(sink, () => now);
    progress.begin('orders', 100, 'orders');
    now += 2000;
    progress.advance(50);
    progress.say('halfway');
    progress.end();
    expect(sink.text).toMatch(/█░+\] {2}50 % 50\/100 orders, 25\/s, 2 s left/);
  });

  it('says something on a line of its own, in the place of the bar, which goes on below', () => {
    const sink = terminal();
    const progress = progressOn(sink, () => 0);
    progress.say('before');
    progress.begin('orders', 100, 'orders');
    progress.say('stopping');
    progress.end();
    expect(seen(sink.text)).toEqual([
      'before',
      'stopping',
      'orders  [░░░░░░░░░░░░░░░░]   0 % 0/100 orders, 0/s, stopped after 0 s',
      '',
    ]);
  });

  it.each([
    [5.4, '5 s'],
    [185, '3 min 5 s'],
    [7800, '2 h 10 min'],
  ])('writes %d seconds as %s', (seconds, text) => {
    expect(formatSeconds(seconds)).toBe(text);
  });
});
