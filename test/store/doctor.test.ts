import { pack } from 'msgpackr';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Address } from '../../runtime/address.ts';
import { chain, unpackEntry } from '../../runtime/journal.ts';
import { packActor, unpackActor } from '../../runtime/level/actor.ts';
import { type ActorRecord, packRecord, unpackRecord } from '../../runtime/record.ts';
import { flipKey, flipValue, forge, keysOf, payloadOf, remove, swap } from './fixtures/behind.ts';
import { FilledStore, LIVES } from './fixtures/filled-store.ts';
import { examined } from './fixtures/tools.ts';

let filled: FilledStore;
let copies = 0;

beforeAll(async () => {
  filled = await FilledStore.make();
});
afterAll(() => filled.remove());

function copy(): Promise<string> {
  copies += 1;
  return filled.copy(`copy-${copies}`);
}

const ORDER = `!actors!order/${LIVES.returned}`;
const PAYMENT = `!actors!payment/${LIVES.returned}`;
const STOCK = '!actors!stock/85123A';
const entry = (address: string, seq: number) => `!journal!${address}!${String(seq).padStart(16, '0')}`;
const feedItem = (position: number) => `!feed!${String(position).padStart(16, '0')}`;

/** What the doctor finds after some damage: code and message of each. */
async function foundAfter(damage: (data: string) => Promise<unknown>): Promise<readonly (readonly [string, string])[]> {
  const data = await copy();
  await damage(data);
  const { found, report } = await examined(data);
  expect(report.isSound).toBe(found.every(({ severity }) => severity === 'note'));
  for (const { advice, message } of found) {
    expect(message).toMatch(/\.$/);
    expect(advice).toMatch(/\.$/);
  }
  return found.map(({ code, message }) => [code, message] as const);
}

/** Changes a record and puts a checksum that fits. */
async function forgeRecord(data: string, key: string, change: (record: ActorRecord) => ActorRecord): Promise<void> {
  const actor = unpackActor(await payloadOf(data, key));
  const record = packRecord(change(unpackRecord(actor.record ?? new Uint8Array())));
  await forge(data, key, packActor({ ...actor, record }));
}

/** Changes what a context holds, however deep. */
function withContext(record: ActorRecord, change: (context: Record<string, unknown>) => unknown): ActorRecord {
  const context = structuredClone(record.context) as Record<string, unknown>;
  change(context);
  return { ...record, context };
}

describe('The doctor', () => {
  it('finds nothing in a store that is sound, and adds it up', async () => {
    const { found, report } = await examined(await copy());
    expect(found).toEqual([]);
    expect(report).toMatchObject({
      isSound: true,
      findings: {},
      actors: { order: 5, payment: 3, shipment: 1, stock: 2 },
      money: [{ currency: 'GBP', digits: 2, orders: '9150', payments: '9150' }],
      goods: { received: '150', onHand: '140', dispatched: '12', restocked: '2', reserved: '16' },
    });
  });

  it('finds nothing in an empty store', async () => {
    const { found, report } = await examined(await FilledStore.empty(filled.path('empty')));
    expect(found).toEqual([]);
    expect(report).toMatchObject({ isSound: true, rows: 1, entries: 0 });
  });
});

describe('One bit that has changed is found and named,', () => {
  it('in whichever value', async () => {
    const data = await copy();
    const keys = await keysOf(data, '');
    // One of each sublevel, and some between: each needs an examination of its own.
    const chosen = keys.filter((key, at) => at % 23 === 0 || key.split('!')[1] !== keys[at - 1]?.split('!')[1]);
    expect(new Set(chosen.map((key) => key.split('!')[1]))).toEqual(
      new Set(['actors', 'counts', 'feed', 'index', 'journal', 'meta', 'open']),
    );
    for (const key of chosen) {
      await flipValue(data, key);
      const { found } = await examined(data);
      expect(found, key).toContainEqual(expect.objectContaining({ code: 'VALUE_DAMAGED', severity: 'error' }));
      await flipValue(data, key);
    }
    expect((await examined(data)).found).toEqual([]);
  });

  it.each([
    ['actors', ORDER],
    ['journal', entry('order/SO-1', 3)],
    ['feed', feedItem(7)],
    ['counts', '!counts!order!status=3Apaid'],
    ['meta', '!meta!cursor!publisher'],
    ['the mark', '!meta!format'],
  ])('in whichever byte of a key of %s', async (_part, key) => {
    for (let at = 1; at < key.length; at += 1 + (at % 7)) {
      const found = await foundAfter((data) => flipKey(data, key, at));
      const told = found.map(([, message]) => message).join('\n');
      expect(told, `byte ${at}`).toContain('one bit of its key has changed');
    }
  });

  it.each([
    ['index', '!index!'],
    ['open', '!open!'],
  ])('in a key of %s', async (_part, prefix) => {
    const [key = ''] = await keysOf(await copy(), prefix);
    const found = await foundAfter((data) => flipKey(data, key, -1));
    expect(found.map(([code]) => code)).toEqual(
      expect.arrayContaining(['VALUE_DAMAGED', `${prefix.slice(1, -1).toUpperCase()}_DIFFERS`]),
    );
  });

  it('in the key of a record, which then looks absent', async () => {
    const found = await foundAfter((data) => flipKey(data, ORDER, -1, 2));
    expect(found).toContainEqual(['RECORD_MISSING', 'order/SO-1 has a journal and no record.']);
    expect(found).toContainEqual([
      'VALUE_DAMAGED',
      'The record of order/SO-3 is damaged: its checksum does not match. It is what belongs to the record of order/SO-1: one bit of its key has changed.',
    ]);
  });
});

describe('What is missing is found and named:', () => {
  it.each([
    ['a record', ORDER, 'RECORD_MISSING', /order\/SO-1 has a journal/],
    ['an entry in the middle', entry('order/SO-1', 3), 'ENTRY_MISSING', /entry 3 of order\/SO-1 is missing/],
    ['the first entry', entry('stock/85123A', 1), 'ENTRY_MISSING', /entry 1 of stock\/85123A/],
    ['a feed item', feedItem(7), 'FEED_DIFFERS', /Feed item 7 is missing/],
    ['a count', '!counts!order!status=3Apaid', 'COUNT_DIFFERS', /order under status:paid is missing, and there are 1/],
    ['the mark of the format', '!meta!format', 'FORMAT_MISSING', /mark of the storage format/],
  ])('%s', async (_name, key, code, message) => {
    const found = await foundAfter((data) => remove(data, key));
    expect(found).toContainEqual([code, expect.stringMatching(message)]);
  });

  it('the last entry', async () => {
    const keys = await keysOf(await copy(), '!journal!order/SO-1!');
    const found = await foundAfter((data) => remove(data, keys.at(-1) ?? ''));
    expect(found).toContainEqual(['ENTRY_MISSING', `Journal entry ${keys.length} of order/SO-1 is missing.`]);
  });

  it('the newest feed item', async () => {
    const keys = await keysOf(await copy(), '!feed!');
    const found = await foundAfter((data) => remove(data, keys.at(-1) ?? ''));
    expect(found).toContainEqual([
      'FEED_DIFFERS',
      expect.stringMatching(/^Journal entry \d+ of .+ has no place in the feed\.$/),
    ]);
    expect(found).toContainEqual(['CURSOR_DIFFERS', expect.stringContaining('publisher')]);
  });

  it('a listing and a wake-up', async () => {
    const data = await copy();
    const index = (await keysOf(data, '!index!order!status=3Apaid!'))[0] ?? '';
    const open = (await keysOf(data, '!open!')).find((key) => key.endsWith('order/SO-1')) ?? '';
    const found = await foundAfter((other) => remove(other, index, open));
    expect(found.map(([code]) => code).sort()).toEqual(['INDEX_DIFFERS', 'OPEN_DIFFERS']);
  });

  it('the whole journal of an actor', async () => {
    const keys = await keysOf(await copy(), '!journal!payment/SO-1!');
    const found = await foundAfter((data) => remove(data, ...keys));
    expect(found).toContainEqual(['ENTRY_MISSING', `Journal entries 1 to ${keys.length} of payment/SO-1 are missing.`]);
  });
});

describe('What stands in the wrong place is found and named:', () => {
  it.each([
    ['two records', ORDER, `!actors!order/${LIVES.declined}`],
    ['two entries', entry('order/SO-1', 3), entry('order/SO-1', 4)],
    ['two feed items', feedItem(3), feedItem(4)],
    ['two counts', '!counts!order!status=3Apaid', '!counts!order!state=3Apayment=2Eunpaid'],
  ])('%s that were swapped', async (_name, one, other) => {
    const found = await foundAfter((data) => swap(data, one, other));
    expect(found.filter(([code]) => code === 'VALUE_DAMAGED')).toHaveLength(2);
  });

  it('a listing, a wake-up and a count that should not be there', async () => {
    const found = await foundAfter(async (data) => {
      await forge(data, `!index!order!status=3Apaid!0000000000000007!order/${LIVES.unpaid.length}`, new Uint8Array());
      await forge(data, '!open!0000000000000007!order/SO-1', pack(null));
      await forge(data, '!counts!order!status=3Alost', pack(3));
    });
    expect(found.map(([code]) => code).sort()).toEqual(['COUNT_DIFFERS', 'INDEX_DIFFERS', 'OPEN_DIFFERS']);
  });

  it('something under a key that nothing has', async () => {
    const found = await foundAfter((data) => forge(data, 'what is this', Buffer.from('?')));
    expect(found).toEqual([['KEY_UNKNOWN', expect.stringContaining('what is this')]]);
  });
});

describe('What was changed and has a checksum that fits is found and named:', () => {
  it('a count', async () => {
    const found = await foundAfter((data) => forge(data, '!counts!order!status=3Apaid', pack(7)));
    expect(found).toEqual([['COUNT_DIFFERS', 'The count of order under status:paid is 7, and there are 1.']]);
  });

  it('a feed item that comes twice, and the entry that has lost its place', async () => {
    const found = await foundAfter(async (data) => forge(data, feedItem(7), await payloadOf(data, feedItem(6))));
    expect(found).toEqual([
      ['FEED_DIFFERS', expect.stringMatching(/^Feed item 7 is of .+, as item 6 is already\.$/)],
      ['FEED_DIFFERS', expect.stringMatching(/^Journal entry \d+ of .+ has no place in the feed\.$/)],
    ]);
  });

  it('a record that is not what its history comes to', async () => {
    const found = await foundAfter((data) =>
      forgeRecord(data, ORDER, (record) =>
        withContext(record, (context) => {
          context.customer = 'C-18';
        }),
      ),
    );
    expect(found).toContainEqual(['RECORD_DIFFERS', expect.stringMatching(/order\/SO-1: its context differ/)]);
  });

  it('a timer that was moved', async () => {
    const found = await foundAfter((data) =>
      forgeRecord(data, `!actors!order/SO=203=2F=C3=BC`, (record) => ({
        ...record,
        timers: record.timers.map((timer) => ({ ...timer, dueAt: timer.dueAt + 1 })),
      })),
    );
    expect(found).toContainEqual(['RECORD_DIFFERS', expect.stringContaining('its timers differ')]);
  });

  it('an entry, by the chain', async () => {
    const found = await foundAfter((data) =>
      forgeEntry(data, 'order/SO-1', 3, (event) => ({ ...event, carrier: 'UPS' })),
    );
    expect(found).toContainEqual(['CHAIN_BROKEN', 'Journal entry 4 of order/SO-1 does not follow the one before it.']);
  });

  it('the last entry, by the hash that its record has', async () => {
    const seq = (await keysOf(await copy(), '!journal!order/SO-1!')).length;
    const found = await foundAfter((data) =>
      forgeEntry(data, 'order/SO-1', seq, (event) => ({ ...event, text: 'no' })),
    );
    expect(found).toContainEqual(['HEAD_DIFFERS', expect.stringContaining('order/SO-1 does not have the hash')]);
  });

  it('an outcome that no step could have, by replaying it', async () => {
    const found = await foundAfter(async (data) => {
      const seq = 1;
      const bytes = await payloadOf(data, entry('stock/85123A', seq));
      const { previous, ...first } = unpackEntry(bytes);
      await forge(data, entry('stock/85123A', seq), chain(previous, { ...first, to: 'prepared' }).bytes);
    });
    expect(found).toContainEqual([
      'REPLAY_DIFFERS',
      expect.stringMatching(/^Step 1 \(receive\) comes to another "to"/),
    ]);
  });

  it('a vote that the payment method, which no journal has, could not explain', async () => {
    const declined = 'payment/SO-2';
    const found = await foundAfter((data) =>
      forgeEntry(data, declined, 1, (event) => ({ ...event, operation: 'refund' })),
    );
    expect(found).toContainEqual(['CHAIN_BROKEN', expect.stringContaining(declined)]);
  });

  async function forgeEntry(
    data: string,
    address: string,
    seq: number,
    change: (event: { type: string }) => { type: string },
  ) {
    const { previous, ...rest } = unpackEntry(await payloadOf(data, entry(address, seq)));
    await forge(data, entry(address, seq), chain(previous, { ...rest, event: change(rest.event) }).bytes);
  }
});

describe('Money and goods that do not add up are found:', () => {
  it('a payment that has captured more than its order knows of', async () => {
    const found = await foundAfter((data) =>
      forgeRecord(data, PAYMENT, (record) =>
        withContext(record, ({ book }) => {
          (book as { captured: number }).captured += 1;
        }),
      ),
    );
    expect(found).toContainEqual(['MONEY_DIFFERS', expect.stringContaining('payment/SO-1')]);
  });

  it('an article of which more is reserved than its orders have', async () => {
    const found = await foundAfter((data) =>
      forgeRecord(data, STOCK, (record) =>
        withContext(record, ({ book }) => {
          (book as { reserved: number }).reserved += 1;
        }),
      ),
    );
    expect(found).toContainEqual([
      'GOODS_DIFFER',
      expect.stringMatching(/stock\/85123A has 7 reserved, 10 dispatched, 2 returned, the orders say 6/),
    ]);
  });

  it('an article of which more is on hand than came in', async () => {
    const found = await foundAfter((data) =>
      forgeRecord(data, STOCK, (record) =>
        withContext(record, ({ book }) => {
          (book as { onHand: number }).onHand += 1;
        }),
      ),
    );
    expect(found).toContainEqual(['GOODS_DIFFER', expect.stringContaining('that does not add up')]);
  });

  it('a parcel that the shipment does not know', async () => {
    const found = await foundAfter((data) =>
      forgeRecord(data, '!actors!shipment/SO-1', (record) =>
        withContext(record, ({ book }) => (book as { parcels: unknown[] }).parcels.pop()),
      ),
    );
    expect(found).toContainEqual(['PARCELS_DIFFER', expect.stringContaining('P1, P2, P3')]);
    expect(found).toContainEqual(['BRANCH_DISAGREES', expect.stringContaining('shipment/SO-1 shows nothing of it')]);
  });
});

describe('Transactions and their branches that disagree are found:', () => {
  const transaction = (id: string) => `!actors!transaction/${id.replace('~', '=7E')}`;

  it('a decision that a ledger does not bear out', async () => {
    const found = await foundAfter((data) =>
      forgeRecord(data, transaction(`${LIVES.returned}~1`), (record) =>
        withContext(record, (context) => {
          context.decision = 'aborted';
        }),
      ),
    );
    expect(found).toContainEqual(['BRANCH_DISAGREES', expect.stringContaining('payment/SO-1 has committed')]);
  });

  it('a decision that a shelf remembers otherwise', async () => {
    const found = await foundAfter((data) =>
      forgeRecord(data, transaction(`${LIVES.canceled}~2`), (record) =>
        withContext(record, (context) => {
          context.decision = 'aborted';
        }),
      ),
    );
    expect(found).toContainEqual(['BRANCH_DISAGREES', expect.stringContaining('stock/85123A has committed')]);
    expect(found).toContainEqual(['BRANCH_DISAGREES', expect.stringContaining('order/SO-4 has taken it as committed')]);
  });

  it('a branch that has answered and still holds', async () => {
    const found = await foundAfter((data) =>
      forgeRecord(data, transaction(`${LIVES.inDoubt}~1`), (record) =>
        withContext(record, (context) => {
          context.decision = 'committed';
          for (const branch of context.branches as { outcome: string }[]) branch.outcome = 'done';
        }),
      ),
    );
    expect(found).toContainEqual(['BRANCH_DISAGREES', expect.stringContaining('stock/85123A is still prepared')]);
    expect(found).toContainEqual(['BRANCH_DISAGREES', expect.stringContaining('order/SO-5 is still prepared')]);
  });

  it('a hold whose transaction is gone', async () => {
    const found = await foundAfter(async (data) => {
      const id = `${LIVES.inDoubt}~1`;
      const journal = await keysOf(data, `!journal!transaction/${id.replace('~', '=7E')}!`);
      await remove(data, transaction(id), ...journal);
      // Its order may not have heard of its coordinator before the service stopped.
      await forgeRecord(data, `!actors!order/${LIVES.inDoubt}`, (record) =>
        withContext(record, (context) => {
          (context.transaction as { begun: boolean }).begun = true;
        }),
      );
    });
    expect(found).toContainEqual([
      'HOLD_WITHOUT_TRANSACTION',
      expect.stringContaining('stock/85123A is prepared for SO-5~1'),
    ]);
    expect(found).toContainEqual(['HOLD_WITHOUT_TRANSACTION', expect.stringContaining('order/SO-5 is prepared')]);
  });

  it('but one that somebody resolved by hand is only noted', async () => {
    const id: Address = `transaction/${LIVES.inDoubt}~1` as Address;
    const resolved = await FilledStore.make(async ({ client }) => {
      const key = LIVES.inDoubt;
      await client.ask(`transactions.resolve.${key}=7E1`, { outcome: 'aborted', by: 'ann', reason: 'too long' });
      const closing = { branch: 'payment', outcome: 'committed', by: 'ann', reason: 'the bank says so' };
      await client.ask(`transactions.resolve.${key}=7E1`, closing);
    });
    const { found, report } = await examined(await resolved.copy('mixed'));
    expect(found).toMatchObject([{ code: 'MIXED', severity: 'note', address: id }]);
    expect(report.isSound).toBe(true);
    await resolved.remove();
  });
});
