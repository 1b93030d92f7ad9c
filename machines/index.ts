import type { MachineDefinition } from './definition.ts';
import { orderDefinition } from './order/index.ts';
import { paymentDefinition } from './payment.ts';
import { shipmentDefinition } from './shipment.ts';
import { stockDefinition } from './stock.ts';
import { transactionDefinition } from './transaction/index.ts';

/** Every machine that Ordo runs. A new one is added here, and in docs/machines.md. */
export const definitions: readonly MachineDefinition[] = [
  orderDefinition,
  transactionDefinition,
  paymentDefinition,
  stockDefinition,
  shipmentDefinition,
];
