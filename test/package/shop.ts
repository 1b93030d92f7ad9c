/** A program of another project, type-checked and run against the package as it is installed. */
export const shop = `
import { connectClient, isAbortedBy, isOrdoError, type OrderView } from 'ordo';
import { Client } from 'ordo/client';
import { orderView } from 'ordo/contracts';
import { startParticipant } from 'ordo/participant';

const [, , url = ''] = process.argv;
const client: Client = await connectClient({ url });
const captured: number[] = [];
const participant = await startParticipant({
  name: 'psp',
  serves: 'payment',
  url,
  data: './psp',
  prepare({ args: { amount, method } }) {
    if (method?.token === 'declined') return { vote: 'no', code: 'CARD_EXPIRED', reason: 'last year' };
    return { vote: 'yes', keep: { amount } };
  },
  commit: ({ keep }) => void captured.push(keep.amount),
  abort: () => {},
});

const placed = client.follow({ types: ['placed'] });
await placed.ready;

await client.stock.receive('85123A', { quantity: 6 });
const order: OrderView = await client.orders.place('SO-1', {
  customer: 'C-17',
  currency: 'GBP',
  lines: [{ sku: '85123A', quantity: 6, unitPrice: 255 }],
});
// @ts-expect-error a line needs its price
const incomplete = () => client.orders.place({ customer: 'C', currency: 'GBP', lines: [{ sku: 'A', quantity: 1 }] });

const pay = (token: string) => client.orders.pay('SO-1', { method: { provider: 'psp', token } });
const failures: string[] = [];
for (const act of [() => pay('declined'), () => client.orders.ship('SO-1'), incomplete]) {
  try {
    await act();
  } catch (error) {
    if (isAbortedBy(error, 'CARD_EXPIRED')) failures.push(error.details.votes[0]?.reason ?? '');
    else if (isOrdoError(error, 'NOT_ACCEPTED')) failures.push(error.details.failed[0]?.guard ?? '');
    else if (isOrdoError(error, 'INVALID_REQUEST')) failures.push(error.details.fields[0]?.path ?? '');
    else throw error;
  }
}
const { status, lastTransaction } = await pay('ok');
await client.transactions.wait(lastTransaction?.id ?? '');

let heard = '';
for await (const { type, data } of placed) {
  heard = \`\${type} \${data.order} at version \${data.version}\`;
  break;
}
await participant.stop();
await client.close();
const { total } = orderView.parse(order);
console.log(JSON.stringify({ total, failures, status, captured, heard }));
`;
