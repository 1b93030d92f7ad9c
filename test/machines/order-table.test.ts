import { describe, expect, it } from 'vitest';
import { accepted } from '../../runtime/refusal.ts';
import { stateOf } from '../../runtime/step.ts';
import { orderGivens } from './cells/order-givens.ts';
import { ORDER } from './fixtures/order.ts';
import { orderColumns } from './fixtures/order-columns.ts';
import { sceneOf, type Table } from './fixtures/table.ts';
import { testTable } from './fixtures/table-tests.ts';

const table: Table = { type: 'order', key: ORDER, columns: orderColumns, givens: orderGivens };

describe('An order', () => {
  testTable(table);

  it.each(orderGivens)('given $given, its view lists as next what its chart takes', (given) => {
    const { actor, now } = sceneOf(table, given);
    const { next } = actor.definition.view(stateOf(actor)) as { readonly next: readonly string[] };
    expect(next).toEqual(accepted(actor.definition, actor.snapshot, now));
  });
});
