// Prints what orders in memory, and orders at rest, cost: `node --expose-gc memory-child.ts <folder> <orders>`.
import { setTimeout as pause } from 'node:timers/promises';
import { addressOf } from '../../runtime/address.ts';
import { systemClock } from '../../runtime/clock.ts';
import { Host } from '../../runtime/host.ts';
import { LevelStore } from '../../runtime/level/store.ts';
import { actorDefinitions } from '../../src/actors.ts';
import { parseValue } from '../../src/contracts/index.ts';
import { orderBody } from './requests.ts';

const [, , folder = '', count = '10000'] = process.argv;
const orders = Number(count);
const settings = {
  paymentWindowMs: 1_800_000,
  receiptWindowMs: 1_296_000_000,
  returnWindowMs: null,
  prepareTimeoutMs: 10_000,
  retentionMs: 86_400_000,
  participants: {},
};

async function heap(): Promise<number> {
  for (let turn = 0; turn < 3; turn += 1) {
    global.gc?.();
    await pause(20);
  }
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

/** What each order adds to memory when so many may stay in it. */
async function bytesForEach(data: string, mostActive: number): Promise<number> {
  const store = await LevelStore.open(data, { knownActors: mostActive });
  const host = new Host({
    store,
    transport: { open: async () => {}, ask() {}, close: async () => {} },
    definitions: actorDefinitions(),
    clock: systemClock,
    random: Math.random,
    log: { debug() {}, warn() {}, error: console.error },
    onFatal: (error) => {
      throw error;
    },
    onAnnounced() {},
    onOrphanAnswer() {},
    activeActors: mostActive,
  });
  await host.start();
  const place = async (name: string) => {
    const parsed = parseValue('orders.place', orderBody('ART-1'));
    if (!parsed.ok) throw new TypeError('the order is not valid');
    const event = { type: 'place', id: name, ...parsed.body, settings };
    const request = { id: `p-${name}`, hash: 'a hash of twenty-two c' };
    const outcome = await host.command(addressOf('order', name), { event, cause: 'request:bench', request });
    if (outcome.kind !== 'answered') throw new Error(`${name} was not placed: ${outcome.kind}`);
  };
  const placeAll = async (prefix: string, many: number) => {
    for (let first = 0; first < many; first += 100) {
      await Promise.all(
        Array.from({ length: Math.min(100, many - first) }, (_none, index) => place(`${prefix}${first + index}`)),
      );
    }
  };
  // What the code itself needs is there after the first thousand.
  await placeAll('W-', 1_000);
  const before = await heap();
  await placeAll('O-', orders);
  const after = await heap();
  await host.stop(1_000);
  await store.close();
  return (after - before) / orders;
}

const active = await bytesForEach(`${folder}/active`, 10 * orders);
const atRest = await bytesForEach(`${folder}/at-rest`, 500);
process.stdout.write(`${JSON.stringify({ active, atRest })}\n`);
