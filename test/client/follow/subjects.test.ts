import { describe, expect, it } from 'vitest';
import type { Selection } from '../../../src/client/follow/options.ts';
import { isSelected, selectedSubjects } from '../../../src/client/follow/subjects.ts';

const cases: readonly (readonly [what: string, selection: Selection, each: readonly string[], covering: string])[] = [
  ['everything', {}, ['events.>'], 'events.>'],
  ['an order', { order: 'SO 1' }, ['events.order.SO=201.*'], 'events.order.SO=201.*'],
  ['an order named *', { order: '*' }, ['events.order.=2A.*'], 'events.order.=2A.*'],
  ['a transaction', { transaction: 'SO-1~1' }, ['events.transaction.SO-1=7E1.*'], 'events.transaction.SO-1=7E1.*'],
  ['an article', { stock: 'A' }, ['events.stock.A.*'], 'events.stock.A.*'],
  ['a type', { types: ['paid'] }, ['events.order.*.paid'], 'events.order.*.paid'],
  [
    'types of one source',
    { types: ['shipped', 'paid'] },
    ['events.order.*.paid', 'events.order.*.shipped'],
    'events.order.*.*',
  ],
  ['a type named twice', { types: ['paid', 'paid'] }, ['events.order.*.paid'], 'events.order.*.paid'],
  [
    'types of several sources',
    { types: ['paid', 'changed'] },
    ['events.order.*.paid', 'events.stock.*.changed'],
    'events.>',
  ],
  ['types of an order', { order: 'A', types: ['paid'] }, ['events.order.A.paid'], 'events.order.A.paid'],
  ['an order and an article', { order: 'A', stock: 'B' }, ['events.order.A.*', 'events.stock.B.*'], 'events.>'],
];

describe('The subjects that are followed', () => {
  it.each(cases)('for %s', (_, selection, each, covering) => {
    expect(selectedSubjects(selection)).toEqual({ each, covering });
  });

  it.each<[string, Selection, string]>([
    ['no types', { types: [] }, 'types must name at least one'],
    [
      'a type that does not exist',
      { types: ['payed' as 'paid'] },
      '"payed" is not announced of order, transaction, stock',
    ],
    [
      'a type of something else',
      { stock: 'A', types: ['paid'] },
      '"paid" is not announced of stock; name some of changed',
    ],
    ['an empty id', { order: '' }, 'order must not be empty'],
  ])('are refused for %s', (_, selection, why) => {
    expect(() => selectedSubjects(selection)).toThrow(RangeError);
    expect(() => selectedSubjects(selection)).toThrow(why);
  });

  it.each([
    [{}, 'events.customer.C-1.registered', true],
    [{ types: ['paid', 'changed'] }, 'events.order.A.paid', true],
    [{ types: ['paid', 'changed'] }, 'events.order.A.shipped', false],
    [{ order: 'A', stock: 'B' }, 'events.order.A.paid', true],
    [{ order: 'A', stock: 'B' }, 'events.order.B.paid', false],
    [{ order: 'A' }, 'events.order.A.paid.twice', false],
  ] satisfies [Selection, string, boolean][])('know their own: %j, %s', (selection, subject, expected) => {
    expect(isSelected(subject, selectedSubjects(selection))).toBe(expected);
  });
});
