import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { addressOf } from '../../runtime/address.ts';
import { childTrace, formatTrace, parseTrace, stepTrace } from '../../runtime/trace-context.ts';

const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736';
const SAMPLED = `00-${TRACE}-00f067aa0ba902b7-01`;

describe('A trace context', () => {
  it.each([
    [SAMPLED, { traceId: TRACE, spanId: '00f067aa0ba902b7', isSampled: true }],
    [`00-${TRACE}-00f067aa0ba902b7-00`, { traceId: TRACE, spanId: '00f067aa0ba902b7', isSampled: false }],
    [`00-${TRACE}-00f067aa0ba902b7-03`, { traceId: TRACE, spanId: '00f067aa0ba902b7', isSampled: true }],
    [
      `cc-${TRACE}-00f067aa0ba902b7-01-what-comes-later`,
      { traceId: TRACE, spanId: '00f067aa0ba902b7', isSampled: true },
    ],
  ])('is read from %s', (text, context) => {
    expect(parseTrace(text)).toEqual(context);
  });

  it.each([
    '',
    'no trace',
    `ff-${TRACE}-00f067aa0ba902b7-01`,
    `00-${'0'.repeat(32)}-00f067aa0ba902b7-01`,
    `00-${TRACE}-${'0'.repeat(16)}-01`,
    `00-${TRACE.toUpperCase()}-00f067aa0ba902b7-01`,
    `00-${TRACE}-00f067aa0ba902b7-0`,
    `00-${TRACE}-00f067aa0ba902b7-01x`,
  ])('is not read from %j', (text) => {
    expect(parseTrace(text)).toBeUndefined();
  });

  it('is read as it was written', () => {
    const hex = (length: number) =>
      fc.stringMatching(new RegExp(`^[0-9a-f]{${length}}$`)).filter((text) => !/^0+$/.test(text));
    fc.assert(
      fc.property(hex(32), hex(16), fc.boolean(), (traceId, spanId, isSampled) => {
        const context = { traceId, spanId, isSampled };
        expect(parseTrace(formatTrace(context))).toEqual(context);
      }),
    );
  });
});

describe('The trace context of a step', () => {
  const order = addressOf('order', 'SO-1');

  it('is of the same trace, and the same however often the step is taken', () => {
    const own = stepTrace(SAMPLED, order, 3);
    expect(parseTrace(own)).toMatchObject({ traceId: TRACE, isSampled: true });
    expect(stepTrace(SAMPLED, order, 3)).toBe(own);
  });

  it('differs from its parent, and from that of any other step', () => {
    const steps = [1, 2].flatMap((seq) =>
      ['SO-1', 'SO-2'].map((key) => stepTrace(SAMPLED, addressOf('order', key), seq)),
    );
    expect(new Set([SAMPLED, ...steps]).size).toBe(5);
  });

  it('is that of its parent where nobody records the trace, or there is none', () => {
    const unsampled = `00-${TRACE}-00f067aa0ba902b7-00`;
    expect(stepTrace(unsampled, order, 3)).toBe(unsampled);
    expect(childTrace('no trace', 'anything')).toBe('no trace');
  });
});
