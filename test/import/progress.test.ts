import { Writable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { formatSeconds, progressOn } from '../../src/import/progress.ts';

class Sink extends Writable {
  text = '';
  override _write(chunk: Buffer, _: string, done: () => void): void {
    this.text += chunk.toString();
    done();
  }
}

describe('progress', () => {
  it('says a plain line now and then, with rate and time left, where there is no terminal', () => {
    const sink = new Sink();
    let now = 0;
    const progress = progressOn(sink, () => now);
    progress.begin('orders', 100, 'orders');
    for (let second = 0; second < 10; second += 1) {
      now += 1000;
      progress.advance(10);
    }
    progress.end();
    expect(sink.text.split('\n')).toEqual([
      'orders: 50/100 orders, 10/s, 5 s left',
      'orders: 100/100 orders, 10/s, 0 s left',
      'orders: 100/100 orders, 10/s, done',
      '',
    ]);
  });

  it('draws a bar with rate and time left on a terminal', () => {
    const sink = Object.assign(new Sink(), { isTTY: true, cursorTo: () => true, clearLine: () => true, columns: 120 });
    let now = 0;
    const progress = progressOn(sink, () => now);
    progress.begin('orders', 100, 'orders');
    now += 2000;
    progress.advance(50);
    progress.end();
    expect(sink.text).toMatch(/50 % 50\/100 orders, 25\/s, 2 s left/);
  });

  it.each([
    [5.4, '5 s'],
    [185, '3 min 5 s'],
    [7800, '2 h 10 min'],
  ])('writes %d seconds as %s', (seconds, text) => {
    expect(formatSeconds(seconds)).toBe(text);
  });
});
