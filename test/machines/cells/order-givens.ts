import type { Given } from '../fixtures/table.ts';
import { paidCells } from './order-paid.ts';
import { receivedCells } from './order-received.ts';
import { shippedCells } from './order-shipped.ts';
import { specialCells } from './order-special.ts';
import { unpaidCells } from './order-unpaid.ts';

/** Every state of an order that the tables lead to. */
export const orderGivens: readonly Given[] = [
  ...unpaidCells,
  ...paidCells,
  ...shippedCells,
  ...receivedCells,
  ...specialCells,
];
