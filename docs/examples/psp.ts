/**
 * A payment service that takes part in Ordo's transactions. Run it beside a service that was started with
 * `--participant payment=service:psp`:
 *
 *     NATS_URL=nats://127.0.0.1:4222 npx tsx docs/examples/psp.ts
 */
import { Level } from 'level';
import { startParticipant } from '../../src/participant/index.ts';

/** What became of one branch's money. */
interface Booking {
  readonly kind: 'charge' | 'refund';
  readonly amount: number;
  readonly state: 'held' | 'settled';
}

const { NATS_URL: url = 'nats://127.0.0.1:4222', PSP_DATA: data = './psp' } = process.env;
const MOST = 100_000;

/** The ledger, which stands for the bank: one booking a branch, those of an order side by side. */
const ledger = new Level<string, Booking>(`${data}/ledger`, { valueEncoding: 'json' });
const sync = { sync: true };

/** What can be paid back of an order; refunds that are only held count as paid. */
async function refundable(order: string): Promise<number> {
  const prefix = encodeURIComponent(order);
  let sum = 0;
  for (const { kind, amount, state } of await ledger.values({ gt: `${prefix}!`, lt: `${prefix}"` }).all()) {
    if (kind === 'refund') sum -= amount;
    else if (state === 'settled') sum += amount;
  }
  return sum;
}

function place({ order, key }: { readonly order: string; readonly key: string }): string {
  return `${encodeURIComponent(order)}!${key}`;
}

const participant = await startParticipant({
  name: 'psp',
  serves: 'payment',
  url,
  data: `${data}/branches`,
  onFatal: (error) => {
    console.error(error);
    process.exit(70);
  },

  async prepare(branch) {
    const { operation, args } = branch;
    // It may be called again after a crash: what is held already is not held a second time.
    if ((await ledger.get(place(branch))) !== undefined) return { vote: 'yes' };
    if (operation === 'charge' && (args.amount > MOST || args.method?.token === 'declined')) {
      return { vote: 'no', code: 'PAYMENT_DECLINED', reason: `the card does not cover ${args.amount}` };
    }
    if (operation === 'refund' && args.amount > (await refundable(branch.order))) {
      return { vote: 'no', code: 'REFUND_EXCEEDS_CAPTURED', reason: 'more than was taken cannot be paid back' };
    }
    await ledger.put(place(branch), { kind: operation, amount: args.amount, state: 'held' }, sync);
    return { vote: 'yes' };
  },

  async commit(branch) {
    const { operation, args } = branch;
    await ledger.put(place(branch), { kind: operation, amount: args.amount, state: 'settled' }, sync);
    console.log(`${operation} ${branch.order} ${args.amount} ${args.currency}`);
  },

  async abort(branch) {
    await ledger.del(place(branch), sync);
    console.log(`${branch.operation} ${branch.order} undone`);
  },
});

console.log(`ready ${url}`);
for (const signal of ['SIGTERM', 'SIGINT'] as const) {
  process.once(signal, async () => {
    await participant.stop();
    await ledger.close();
  });
}
