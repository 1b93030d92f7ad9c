import fc from 'fast-check';
import { Histogram, Registry } from 'prom-client';
import { describe, expect, it } from 'vitest';
import { Distributions } from '../../src/observation/metrics/distributions.ts';
import { LabelValues, OTHER } from '../../src/observation/metrics/label-values.ts';

const text = { name: 'test_seconds', help: 'A test.' };

describe('A distribution', () => {
  it("tells the same as prom-client's own histogram, whatever it is told", async () => {
    const value = fc.oneof(fc.double({ min: -1, max: 20, noNaN: true }), fc.constantFrom(0.1, 1, 2.5));
    const told = fc.array(fc.tuple(fc.constantFrom('a', 'b "c"\n'), fc.constantFrom('x', 'y'), value));
    await fc.assert(
      fc.asyncProperty(told, async (values) => {
        const [own, theirs] = [new Registry(), new Registry()];
        const buckets = [0.1, 1, 2.5];
        const distributions = new Distributions(own, { ...text, labels: ['one', 'two'] }, buckets);
        const histogram = new Histogram({ ...text, labelNames: ['one', 'two'], buckets, registers: [theirs] });
        for (const [one, two, seconds] of values) {
          distributions.of(one, two).observe(seconds);
          histogram.labels(one, two).observe(seconds);
        }
        expect(await own.metrics()).toBe(await theirs.metrics());
      }),
    );
  });

  it('is there before it was told anything, where it has no labels', async () => {
    const registry = new Registry();
    new Distributions(registry, text, [1, 2]).of();
    expect(await registry.metrics()).toBe(
      [
        '# HELP test_seconds A test.',
        '# TYPE test_seconds histogram',
        'test_seconds_bucket{le="1"} 0',
        'test_seconds_bucket{le="2"} 0',
        'test_seconds_bucket{le="+Inf"} 0',
        'test_seconds_sum 0',
        'test_seconds_count 0\n',
      ].join('\n'),
    );
  });
});

describe("A label's values that others choose", () => {
  it('keep their names up to a number, and all others are one', () => {
    const values = new LabelValues(2);
    expect(['A', 'B', 'C', 'A', 'B'].map((value) => values.of(value))).toEqual(['A', 'B', OTHER, 'A', 'B']);
  });

  it.each(['', 'a b', 'a"b', 'a\nb', 'x'.repeat(65), 'größe'])('are one where they are no names: %j', (value) => {
    expect(new LabelValues(10).of(value)).toBe(OTHER);
  });
});
