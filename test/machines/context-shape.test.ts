import { describe, expect, it } from 'vitest';
import {
  amount,
  anyObject,
  contextShape,
  count,
  flag,
  listOf,
  nullable,
  object,
  oneOf,
  optional,
  type Shape,
  text,
  variants,
} from '../../machines/context-shape.ts';
import { definitions } from '../../machines/index.ts';
import { commit, deliver, giveBack, pay, place, ship } from './fixtures/order.ts';
import { emptyScene, sceneAfter } from './fixtures/scene.ts';

interface Line {
  readonly sku: string;
  readonly gift?: boolean;
}

type Work =
  | { readonly operation: 'pay'; readonly amount: number }
  | { readonly operation: 'note'; readonly text: string };

const work = variants<Work>('operation', {
  pay: object<Extract<Work, { operation: 'pay' }>>({ operation: oneOf('pay'), amount: count }),
  note: object<Extract<Work, { operation: 'note' }>>({ operation: oneOf('note'), text }),
});
const line = object<Line>({ sku: text, gift: optional(flag) });

describe('A shape', () => {
  it.each<[string, Shape<unknown>, unknown]>([
    ['text', text, 'a'],
    ['true or false', flag, false],
    ['a count', count, 0],
    ['an amount', amount, -5],
    ['an object', anyObject, { a: 1 }],
    ['one of some words', oneOf('a', 'b'), 'b'],
    ['null', nullable(text), null],
    ['text that may be null', nullable(text), 'a'],
    ['a list', listOf(count), [1, 2]],
    ['an empty list', listOf(count), []],
    ['an object without what may be missing', line, { sku: 'A' }],
    ['an object with what may be missing', line, { sku: 'A', gift: true }],
    ['an object with more than it names', line, { sku: 'A', color: 'red' }],
    ['a variant', work, { operation: 'pay', amount: 1 }],
    ['another variant', work, { operation: 'note', text: 'a' }],
  ])('lets %s through', (_what, shape, value) => {
    expect(shape.wrongIn(value, 'it')).toBeUndefined();
  });

  it.each<[string, Shape<unknown>, unknown]>([
    ['it must be text', text, 1],
    ['it must be true or false', flag, 0],
    ['it must be a whole number from 0', count, -1],
    ['it must be a whole number from 0', count, 1.5],
    ['it must be a whole number', amount, '1'],
    ['it must be an object', anyObject, []],
    ['it must be an object', anyObject, null],
    ['it must be one of a, b', oneOf('a', 'b'), 'c'],
    ['it must be text', nullable(text), undefined],
    ['it must be a list', listOf(count), { length: 0 }],
    ['it[] must be a whole number from 0', listOf(count), [1, 'b']],
    ['it.sku must be text', line, {}],
    ['it.gift must be true or false', line, { sku: 'A', gift: null }],
    ['it must be an object', line, 'A'],
    ['it.operation must be one of pay, note', work, { operation: 'toString' }],
    ['it.operation must be one of pay, note', work, null],
    ['it.amount must be a whole number from 0', work, { operation: 'pay', text: 'a' }],
    ['it[].sku must be text', listOf(line), [{ sku: 'A' }, { sku: 1 }]],
  ])('says that %s', (wrong, shape, value) => {
    expect(shape.wrongIn(value, 'it')).toBe(wrong);
  });

  it('of a context names its fields without a path before them', () => {
    const { wrongIn } = contextShape(object<{ line: Line }>({ line }));
    expect(wrongIn({ line: {} })).toBe('line.sku must be text');
    expect(wrongIn({})).toBe('line must be an object');
  });

  it('in words changes with whatever it lets through', () => {
    const shapes = [
      text,
      flag,
      count,
      amount,
      nullable(text),
      optional(text),
      listOf(text),
      oneOf('a'),
      oneOf('b'),
      line,
    ];
    expect(new Set(shapes.map((shape) => shape.text)).size).toBe(shapes.length);
    expect(object<Pick<Line, 'sku'>>({ sku: text }).text).not.toBe(line.text);
  });
});

describe.each(definitions.map((definition) => [definition.type, definition] as const))(
  'The context of %s',
  (type, { machine, contextShape: shape }) => {
    const empty = machine.config.context as unknown as Record<string, unknown>;

    it('has a shape that its beginning fits', () => {
      expect(shape?.wrongIn(empty)).toBeUndefined();
    });

    it.each(Object.keys(empty))('does not fit without %s', (field) => {
      const { [field]: _gone, ...rest } = empty;
      expect(shape?.wrongIn(rest)).toMatch(new RegExp(`^${field} must be `));
    });

    it('is stored under its type', () => {
      expect(machine.id).toBe(type);
    });
  },
);

describe('An order that has been through a lot', () => {
  const { actor } = sceneAfter(emptyScene('order', 'SO-1'), [
    place(),
    pay(),
    commit,
    ship({ lines: [{ line: 1, quantity: 1 }] }),
    commit,
    ship(),
    commit,
    deliver(),
    giveBack({ lines: [{ line: 1, quantity: 1 }] }),
  ]);
  const shape = definitions.find(({ type }) => type === 'order')?.contextShape;
  const context = actor.snapshot.context as Record<string, unknown>;

  it('fits', () => {
    expect(shape?.wrongIn(context)).toBeUndefined();
  });

  it.each([
    ['lines[].sku must be text', { lines: [{ line: 1 }] }],
    ['parcels[].status must be one of underWay, delivered, lost', { parcels: [{ id: 'P1', status: 'gone' }] }],
    [
      'transaction.work.operation must be one of pay, ship, cancel, return, refund',
      { transaction: { id: 'SO-1~9', deadline: 1, begun: true, work: {} } },
    ],
    [
      'settings.prepareTimeoutMs must be a whole number from 0',
      { settings: { paymentWindowMs: null, receiptWindowMs: null, returnWindowMs: null } },
    ],
  ])('does not fit where %s', (wrong, changes) => {
    expect(shape?.wrongIn({ ...context, ...changes })).toBe(wrong);
  });
});
