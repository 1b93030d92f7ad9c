import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
import { orderDefinition } from '../../machines/order/index.ts';
import type { OrderContext } from '../../machines/order/order-context.ts';
import type { ParticipantContext } from '../../machines/participant/participant-machine.ts';
import type { PaymentBook } from '../../machines/payment.ts';
import type { StockBook } from '../../machines/stock.ts';
import { addressOf, typeOf } from '../../runtime/address.ts';
import type { Definition } from '../../runtime/definition.ts';
import { CHAIN_START, hashOf, type JournalEntry, unpackEntry } from '../../runtime/journal.ts';
import { unpackRecord } from '../../runtime/record.ts';
import { admit } from '../../runtime/upgrade/admission.ts';
import { migrateBacklog } from '../../runtime/upgrade/backlog.ts';
import { surveyStore } from '../../runtime/upgrade/survey.ts';
import { showUpgrade } from '../../src/cli/show/upgrade.ts';
import { goOn, LIVES, type Life } from './fixtures/lives.ts';
import { orderDefinition2, withoutMigrate } from './fixtures/order-2.ts';
import { buildWith, order, Town } from './fixtures/town.ts';

/** How many orders do something at once; between two such groups the articles forget what is over. */
const AT_ONCE = 500;
const PAUSE_MS = 3_000;
const MINUTE_MS = 60_000;
const DAY_MS = 1_440 * MINUTE_MS;

/** The chart of version 2 by somebody who did not think of the orders that are there, nor of the version. */
const forgetful = buildWith({ ...withoutMigrate, version: 1 });
const unprepared = buildWith(withoutMigrate);
const build2 = buildWith(orderDefinition2);

const docs = readFileSync(new URL('../../docs/machines.md', import.meta.url), 'utf8');

const town = new Town();
const lives = new Map<string, Life>();

async function inGroups(ids: readonly string[], what: (group: readonly string[]) => Promise<unknown>): Promise<void> {
  for (let from = 0; from < ids.length; from += AT_ONCE) {
    await what(ids.slice(from, from + AT_ONCE));
    await town.clock.pass(PAUSE_MS);
  }
}

async function checked(build: ReadonlyMap<string, Definition>): Promise<string> {
  return showUpgrade(await surveyStore(town.store, build, { now: town.clock.now(), examples: 2 }), build);
}

const admitted = (build: ReadonlyMap<string, Definition>) =>
  admit(town.store, build, { now: town.clock.now(), log: town.log });

async function everyOrder(look: (id: string, context: OrderContext, states: Record<string, string>) => void) {
  for await (const [address, { value, context }] of town.records()) {
    if (typeOf(address) === 'order') look(address, context as OrderContext, value as Record<string, string>);
  }
}

async function historyOf(id: string): Promise<readonly (JournalEntry & { readonly previous: Uint8Array })[]> {
  return (await town.store.history(order(id), 0, Number.POSITIVE_INFINITY)).map(({ bytes }) => unpackEntry(bytes));
}

/** 10,000 orders of version 1, in every state, of which some are in the middle of a transaction. */
beforeAll(async () => {
  expect(await admitted(buildWith())).toBe(false);
  await town.start(buildWith());
  for (let article = 0; article < 40; article += 1) {
    await town.command(addressOf('stock', `A${article}`), { type: 'receive', quantity: 100_000 });
  }
  for (const life of LIVES) {
    town.mood = life.mood;
    const ids = Array.from({ length: life.orders }, (_, index) => `SO-${lives.size + index + 1}`);
    for (const id of ids) lives.set(id, life);
    await inGroups(ids, (group) => Promise.all(group.map((id) => life.lives(town, id, Number(id.slice(3))))));
  }
  await town.end();
}, 300_000);

describe('docs/machines.md', () => {
  it('has the migrate function as it is tested here', () => {
    const source = readFileSync(new URL('fixtures/order-2.ts', import.meta.url), 'utf8');
    const [migrate = ''] = /^ {2}migrate: [\s\S]*?^ {2}\},\n/m.exec(source) ?? [];
    expect(migrate).toContain('awaitingPayment');
    expect(docs).toContain(migrate);
  });
});

describe('A state that is split in two, over 10,000 live orders', () => {
  it('has all of them in every state, some of them in the middle of a transaction', async () => {
    const counts = town.store.counts('order');
    expect(lives.size).toBe(10_000);
    for (const region of ['unfulfilled', 'partiallyShipped', 'shipped', 'delivered', 'confirmed']) {
      expect(counts[`state:fulfillment.${region}`]).toBeGreaterThan(100);
    }
    expect(counts['state:transaction.prepared']).toBe(120);
    expect(town.store.counts('transaction')).toMatchObject({ 'state:preparing': 120, 'state:committing': 30 });
  });

  it('is refused where nobody has thought of them: by check-upgrade, state by state, and by serve', async () => {
    const head = town.store.feedHead;
    const text = await checked(forgetful);
    expect(text).toContain('8,350 would break');
    expect(text).toContain('order version 1: the state order.fulfillment.unfulfilled does not exist');
    await expect(admitted(forgetful)).rejects.toMatchObject({
      code: 'VERSION_UNKNOWN',
      message: expect.stringContaining('the state order.fulfillment.unfulfilled does not exist'),
    });
    expect(await checked(unprepared)).toContain('10,000 would break');
    const wordless = { ...orderDefinition2, view: orderDefinition.view };
    expect(await checked(buildWith(wordless))).toContain('its view cannot be made: fulfillment.status is undefined');
    await expect(admitted(unprepared)).rejects.toMatchObject({ code: 'VERSION_UNKNOWN' });
    expect(town.store.feedHead).toBe(head);
    expect(docs).toContain(text);
  });

  it('is let in by what migrate says', async () => {
    const text = await checked(build2);
    expect(text).toContain('10,000 would be migrated, 0 would break');
    expect(docs).toContain(text);
    expect(await admitted(build2)).toBe(true);
  });

  it('carries over every order in the background: counts and lists are true when it is done', async () => {
    await town.start(build2);
    migrateBacklog({ host: town.host, store: town.store, definitions: build2, log: town.log });
    for (let turns = 0; turns < 1_000 && !isDone(); turns += 1) await town.clock.pass(0);
    expect(isDone()).toBe(true);
    const counted: Record<string, number> = {};
    await everyOrder((_id, { terms, paidAt }, { fulfillment = '' }) => {
      counted[fulfillment] = (counted[fulfillment] ?? 0) + 1;
      if (fulfillment === 'awaitingPayment') expect([terms, paidAt]).toEqual(['prepaid', null]);
    });
    expect(counted).not.toHaveProperty('unfulfilled');
    for (const [state, count] of Object.entries(counted)) {
      expect(town.store.counts('order')[`state:fulfillment.${state}`]).toBe(count);
    }
    expect(town.store.counts('order')['state:fulfillment.unfulfilled']).toBeUndefined();
    expect(await admitted(build2)).toBe(false);
  });

  it('lets transactions that were under way end, and answers who was waiting', async () => {
    town.mood = 'answers';
    await town.clock.pass(40_000);
    const waiting = [...lives].filter(([, life]) => life.mood === 'silent').map(([id]) => id);
    expect([...town.orphans.keys()].sort()).toEqual(waiting.map(order).sort());
    for (const answer of town.orphans.values()) expect(answer).toMatchObject({ status: 'paid', transaction: null });
    expect(town.store.counts('transaction')).not.toHaveProperty('state:preparing');
    expect(town.store.counts('transaction')).not.toHaveProperty('state:committing');
  });

  it('lets each order go on to its end: by commands, and by the windows that began under version 1', async () => {
    const active = [...lives].filter(([, life]) => !life.isLeftAlone).map(([id]) => id);
    await inGroups(active, (group) => goOn(town, group));
    await town.clock.pass(30 * MINUTE_MS);
    await town.clock.pass(15 * DAY_MS);
    await town.clock.pass(31 * DAY_MS);
    const ends: Record<string, string> = {};
    await everyOrder((address, _context, { life = '' }) => {
      ends[address] = life;
    });
    expect(ends).toEqual(Object.fromEntries([...lives].map(([id, { ends: end }]) => [order(id), end])));
    expect(town.errors).toEqual([]);
  }, 300_000);

  it('leaves their histories whole: one chain each, with the migration in it once', async () => {
    for (const id of lives.keys()) {
      let head = CHAIN_START;
      const migrations: number[] = [];
      for (const { bytes, seq } of await town.store.history(order(id), 0, Number.POSITIVE_INFINITY)) {
        const { previous, event, record } = unpackEntry(bytes);
        expect(Buffer.from(previous).equals(head)).toBe(true);
        head = hashOf(bytes);
        if (event.type !== 'migrate') continue;
        migrations.push(seq);
        expect(unpackRecord(record ?? new Uint8Array())).toMatchObject({ version: 2, seq });
      }
      expect(migrations).toHaveLength(1);
      expect(Buffer.from(town.store.read(order(id))?.head ?? []).equals(head)).toBe(true);
    }
    const [placed, migrated, paid] = await historyOf('SO-1');
    expect([placed?.event.type, migrated?.event.type, paid?.event.type]).toEqual(['place', 'migrate', 'pay']);
    expect(migrated).toMatchObject({ event: { from: 1, to: 2 }, from: { fulfillment: 'unfulfilled' } });
    expect(migrated?.to).toMatchObject({ fulfillment: 'awaitingPayment' });
  });

  it('loses neither money nor goods', async () => {
    const held = { money: 0, ordersMoney: 0, dispatched: 0, shipped: 0 };
    for await (const [address, { context }] of town.records()) {
      if (typeOf(address) === 'payment') {
        const { captured, refunded } = (context as ParticipantContext<PaymentBook>).book;
        held.money += captured - refunded;
      }
      if (typeOf(address) === 'stock') {
        const { reserved, dispatched } = (context as ParticipantContext<StockBook>).book;
        expect(reserved).toBe(0);
        held.dispatched += dispatched;
      }
      if (typeOf(address) !== 'order') continue;
      const { captured, refunded, sums, parcels, settings } = context as OrderContext;
      if (settings.participants.payment === undefined) held.ordersMoney += captured - refunded;
      held.shipped += sums.shipped + parcels.filter(({ status }) => status === 'lost').length * 3;
    }
    expect(held.money).toBe(held.ordersMoney);
    expect(held.dispatched).toBe(held.shipped);
    expect(held.money).toBeGreaterThan(0);
  });
});

function isDone(): boolean {
  return town.infos.some(({ message }) => message === 'No record of an older version is left');
}
