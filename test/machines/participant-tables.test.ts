import { describe } from 'vitest';
import { paymentCells, paymentColumns } from './cells/payment.ts';
import { shipmentCells, shipmentColumns } from './cells/shipment.ts';
import { stockCells, stockColumns } from './cells/stock.ts';
import { testTable } from './fixtures/table-tests.ts';

// The three share one chart; what their resources lack can never be taken.
const neverSilent = 'prepare [isSilenced]';
const noLedger = 'commit [ledgerShowsIt]';
const neverForgotten = 'commit [isLongForgotten]';

describe('A payment', () => {
  testTable({
    type: 'payment',
    key: 'SO-1',
    columns: paymentColumns,
    givens: paymentCells,
    never: [`payment: ${neverForgotten}`],
  });
});

describe('A stock', () => {
  testTable({
    type: 'stock',
    key: 'A',
    columns: stockColumns,
    givens: stockCells,
    never: [`stock: ${neverSilent}`, `stock: ${noLedger}`],
  });
});

describe('A shipment', () => {
  testTable({
    type: 'shipment',
    key: 'SO-1',
    columns: shipmentColumns,
    givens: shipmentCells,
    never: [`shipment: ${neverSilent}`, `shipment: ${neverForgotten}`],
  });
});
