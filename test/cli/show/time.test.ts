import { describe, expect, it } from 'vitest';
import { terminalOf } from '../../../src/cli/context.ts';
import { money } from '../../../src/cli/show/money.ts';
import { age, moment, span } from '../../../src/cli/show/time.ts';

const now = Date.parse('2026-11-24T12:00:00.000Z');

describe('A time', () => {
  it.each([
    ['2026-11-24T11:59:59.500Z', 'now'],
    ['2026-11-24T12:00:00.900Z', 'now'],
    ['2026-11-24T11:59:58.000Z', '2s ago'],
    ['2026-11-24T11:00:00.001Z', '59m ago'],
    ['2026-11-23T12:00:00.000Z', '1d ago'],
    ['2010-12-01T08:26:00.000Z', '15y ago'],
    ['2026-11-24T13:30:00.000Z', 'in 1h'],
    ['tomorrow', 'tomorrow'],
    [null, ''],
  ])('%s is %s', (time, text) => {
    expect(age(time, { now })).toBe(text);
  });

  it.each([
    ['utc', 'seconds', '2026-07-01 22:30:00Z'],
    ['Europe/Berlin', 'seconds', '2026-07-02 00:30:00'],
    ['America/New_York', 'milliseconds', '2026-07-01 18:30:00.250'],
  ] as const)('is shown in %s to %s', (zone, precision, text) => {
    expect(moment('2026-07-01T22:30:00.250Z', { zone }, precision)).toBe(text);
  });

  it('stays as it is where it is none', () => {
    expect(moment('soon', { zone: 'utc' })).toBe('soon');
    expect(moment(null, { zone: 'utc' })).toBe('');
  });

  it('has spans of one unit', () => {
    expect([20, 1_000, 59_999, 3_600_000, -5].map(span)).toEqual(['20ms', '1s', '59s', '1h', '0ms']);
  });
});

describe('An amount', () => {
  it.each([
    [3330, 2, 'GBP', '33.30 GBP'],
    [5, 2, '', '0.05'],
    [-5, 3, 'GBP', '-0.005 GBP'],
    [1234, 0, 'JPY', '1234 JPY'],
    [0, 2, '', '0.00'],
  ])('of %i with %i digits %s is %s', (amount, digits, currency, text) => {
    expect(money(amount, digits, currency)).toBe(text);
  });
});

describe('The terminal', () => {
  const screen = { isTTY: true, columns: 100 };
  it.each([
    ['a terminal', screen, {}, { width: 100, hasColors: true }],
    ['a terminal that says nothing of its width', { isTTY: true }, {}, { width: 80, hasColors: true }],
    ['a pipe', {}, {}, { width: undefined, hasColors: false }],
    ['a terminal with NO_COLOR', screen, { NO_COLOR: '1' }, { width: 100, hasColors: false }],
    ['an empty NO_COLOR', screen, { NO_COLOR: '' }, { width: 100, hasColors: true }],
    ['a dumb terminal', screen, { TERM: 'dumb' }, { width: 100, hasColors: false }],
    ['a pipe with FORCE_COLOR', {}, { FORCE_COLOR: '1' }, { width: undefined, hasColors: true }],
    ['a terminal with FORCE_COLOR=0', screen, { FORCE_COLOR: '0' }, { width: 100, hasColors: false }],
    ['both', {}, { NO_COLOR: '1', FORCE_COLOR: '1' }, { width: undefined, hasColors: false }],
  ])('%s', (_what, stream, env, terminal) => {
    expect(terminalOf(stream, env)).toEqual(terminal);
  });
});
