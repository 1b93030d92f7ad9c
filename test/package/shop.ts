/** A program of another project, type-checked and run against the package as it is installed. */
export const shop = `
import { connectClient, isAbortedBy, isOrdoError, type OrderView } from 'ordo';
import { Client } from 'ordo/client';
import { orderView } from 'ordo/contracts';

const client: Client = await connectClient({ url: process.argv[2] ?? '' });
const placed = client.follow({ types: ['placed'] });
await placed.ready;

await client.stock.receive('85123A', { quantity: 5 });
const order: OrderView = await client.orders.place('SO-1', {
  customer: 'C-17',
  currency: 'GBP',
  lines: [{ sku: '85123A', quantity: 6, unitPrice: 255 }],
});
// @ts-expect-error a line needs its price
const incomplete = () => client.orders.place({ customer: 'C', currency: 'GBP', lines: [{ sku: 'A', quantity: 1 }] });

const failures: string[] = [];
for (const act of [() => client.orders.pay('SO-1'), () => client.orders.ship('SO-1'), incomplete]) {
  try {
    await act();
  } catch (error) {
    if (isAbortedBy(error, 'INSUFFICIENT_STOCK')) failures.push(error.details.votes[0]?.code ?? '');
    else if (isOrdoError(error, 'NOT_ACCEPTED')) failures.push(error.details.failed[0]?.guard ?? '');
    else if (isOrdoError(error, 'INVALID_REQUEST')) failures.push(error.details.fields[0]?.path ?? '');
    else throw error;
  }
}

let heard = '';
for await (const { type, data } of placed) {
  heard = \`\${type} \${data.order} at version \${data.version}\`;
  break;
}
await client.close();
const view = orderView.parse(order);
console.log(JSON.stringify({ total: view.total, next: view.next, failures, heard }));
`;
