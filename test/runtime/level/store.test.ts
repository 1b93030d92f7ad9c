import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, open, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Level } from 'level';
import { pack } from 'msgpackr';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { addressOf } from '../../../runtime/address.ts';
import { RuntimeError } from '../../../runtime/errors.ts';
import { seal, unseal } from '../../../runtime/level/checksum.ts';
import { LevelStore, type LevelStoreOptions } from '../../../runtime/level/store.ts';
import { type OpenStore, storeSuite, text, writeOf } from '../suites/store.ts';

const newDirectory = (): Promise<string> => mkdtemp(join(tmpdir(), 'ordo-level-'));

/** Opens a store in a directory of its own. */
function opener(options?: LevelStoreOptions): () => Promise<OpenStore> {
  return async () => {
    const directory = await newDirectory();
    let store = await LevelStore.open(directory, options);
    return {
      store,
      reopen: async () => {
        await store.close();
        store = await LevelStore.open(directory, options);
        return store;
      },
      close: async () => {
        await store.close();
        await rm(directory, { recursive: true });
      },
    };
  };
}

storeSuite('level', opener());
storeSuite('level that remembers only one actor', opener({ knownActors: 1 }));

const address = addressOf('order', 'SO 1001');
const facets = { counts: ['state:paid'], listing: { at: 12, tags: ['status:paid'] }, wakes: [34] };

let directory: string;

beforeEach(async () => {
  directory = await newDirectory();
});

afterEach(async () => {
  vi.restoreAllMocks();
  await rm(directory, { recursive: true });
});

/** The error that opening or reading gives. */
async function thrownBy(action: () => unknown): Promise<RuntimeError> {
  try {
    await action();
  } catch (error) {
    if (error instanceof RuntimeError) return error;
    throw error;
  }
  throw new Error('Nothing was thrown.');
}

/** Works on the database behind the store's back. */
async function behind(work: (level: Level<string, Buffer>) => Promise<unknown>): Promise<void> {
  const level = new Level<string, Buffer>(directory, { valueEncoding: 'buffer' });
  await level.open();
  await work(level);
  await level.close();
}

/** Opens the store, does something with it, and closes it whatever came of that. */
async function withStore<T>(work: (store: LevelStore) => T | Promise<T>): Promise<T> {
  const store = await LevelStore.open(directory);
  try {
    return await work(store);
  } finally {
    await store.close();
  }
}

async function fill(): Promise<void> {
  await withStore(async (store) => {
    await store.write([writeOf(address, 0, { facets, steps: 2 })]);
    await store.saveCursor('publisher', 1);
    await store.saveNote('machines', Buffer.from('a note'));
  });
}

describe('damage', () => {
  const ways: [part: string, named: string, read: (store: LevelStore) => unknown][] = [
    ['actors', 'The record of order/SO 1001', (store) => store.read(address)],
    ['journal', 'Journal entry 1 of order/SO 1001', (store) => store.entry(address, 1)],
    ['journal', 'Journal entry 1 of order/SO 1001', (store) => store.history(address, 0, 9)],
    ['feed', 'Feed item 1', (store) => store.feed(0, 9)],
    ['open', 'The wake-up of order/SO 1001 at 34', (store) => store.waking({ from: 0, to: 99, limit: 9 })],
    ['open', 'The wake-up of order/SO 1001 at 34', (store) => store.nextWake(0)],
    [
      'index',
      'The listing of order/SO 1001 under status:paid',
      (store) => store.list({ type: 'order', tag: 'status:paid', limit: 9 }),
    ],
    ['counts', 'The count of order under state:paid', (store) => store.counts('order')],
    ['meta', 'The place in the feed of the reader publisher', (store) => store.cursor('publisher')],
  ];

  it.each(ways)('of one bit in %s is found and named: %s', async (part, named, read) => {
    await fill();
    await behind(async (level) => {
      const sublevel = level.sublevel<string, Buffer>(part, { valueEncoding: 'buffer' });
      const [entry] = await sublevel.iterator({ limit: 1 }).all();
      const [key, value] = entry ?? ['', Buffer.alloc(1)];
      value[value.length - 1] = (value.at(-1) ?? 0) ^ 1;
      await sublevel.put(key, value);
    });
    const error = await thrownBy(() => withStore(read));
    expect(error.code).toBe('STORE_CORRUPT');
    expect(error.message).toContain(`${named} in ${directory} is damaged`);
    expect(error.message).toMatch(/[Rr]estore/);
  });

  it('of a note is found and named', async () => {
    await fill();
    await behind((level) => level.put('!meta!note!machines', Buffer.from('garbage')));
    const error = await thrownBy(() => withStore((store) => store.note('machines')));
    expect(error.message).toContain(`The note machines in ${directory} is damaged`);
  });

  it.each(ways)('that leaves an empty value in %s is found and named: %s', async (part, named, read) => {
    await fill();
    await behind(async (level) => {
      const sublevel = level.sublevel<string, Buffer>(part, { valueEncoding: 'buffer' });
      for (const key of await sublevel.keys({ limit: 1 }).all()) await sublevel.put(key, Buffer.alloc(0));
    });
    const error = await thrownBy(() => withStore(read));
    expect(error.code).toBe('STORE_CORRUPT');
    expect(error.message).toContain(named);
  });

  it('is found whichever bit of a value or of its key it changes', () => {
    const key = '!actors!order/SO-1001';
    const value = seal(key, Buffer.from('a record'));
    expect(text(unseal(key, value))).toBe('a record');
    for (let bit = 0; bit < value.length * 8; bit += 1) {
      const changed = Buffer.from(value);
      changed[bit >> 3] = (changed[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      expect(unseal(key, changed)).toBeUndefined();
    }
    expect(unseal('!actors!order/SO-1000', value)).toBeUndefined();
    for (let length = 0; length < value.length; length += 1) {
      expect(unseal(key, value.subarray(0, length))).toBeUndefined();
    }
  });

  it('of the counts that would let one fall below 0 is found before anything is written', async () => {
    await withStore((store) => store.write([writeOf(address, 0, { facets })]));
    await behind((level) => level.del('!counts!order!state=3Apaid'));
    await withStore(async (store) => {
      const error = await thrownBy(() => store.write([writeOf(address, 1)]));
      expect(error.code).toBe('STORE_CORRUPT');
      expect(error.message).toContain('The count of order under state:paid');
      expect(store.read(address)?.revision).toBe(1);
      expect(store.feedHead).toBe(1);
    });
  });

  it('of the mark of the format is found when the store is opened', async () => {
    await fill();
    await behind((level) => level.put('!meta!format', Buffer.from('12345')));
    const error = await thrownBy(() => LevelStore.open(directory));
    expect(error.code).toBe('STORE_CORRUPT');
    expect(error.message).toContain('The mark of the storage format');
  });

  it('that puts a good value under another key is found', async () => {
    const other = addressOf('order', 'SO-2');
    await withStore((store) => store.write([writeOf(address, 0), writeOf(other, 0)]));
    await behind(async (level) => {
      const actors = level.sublevel<string, Buffer>('actors', { valueEncoding: 'buffer' });
      await actors.put('order/SO=201001', (await actors.get('order/SO-2')) ?? Buffer.alloc(0));
    });
    const error = await thrownBy(() => withStore((store) => store.read(address)));
    expect(error.message).toContain('The record of order/SO 1001');
  });

  it('that takes an entry out of a journal or the feed is found and named', async () => {
    await withStore((store) => store.write([writeOf(address, 0, { steps: 3 })]));
    await behind(async (level) => {
      await level.del('!journal!order/SO=201001!0000000000000002');
      await level.del('!feed!0000000000000001');
    });
    await withStore(async (store) => {
      const journal = await thrownBy(() => store.history(address, 0, 9));
      expect(journal.message).toContain('Journal entry 2 of order/SO 1001');
      const feed = await thrownBy(() => store.feed(0, 9));
      expect(feed.message).toContain('Feed item 1');
    });
  });

  it('of one record leaves the others readable and writable, and its own write stores nothing', async () => {
    const other = addressOf('order', 'SO-2');
    await withStore((store) => store.write([writeOf(address, 0), writeOf(other, 0)]));
    await behind((level) => level.put('!actors!order/SO=201001', Buffer.from('nonsense')));
    await withStore(async (store) => {
      const error = await thrownBy(() => store.write([writeOf(other, 1), writeOf(address, 1)]));
      expect(error.code).toBe('STORE_CORRUPT');
      expect(store.feedHead).toBe(2);
      expect(await store.write([writeOf(other, 1)])).toEqual([{ revision: 2 }]);
    });
  });

  it('of the files is a clear error when the store is opened', async () => {
    await fill();
    for (const name of await readdir(directory)) {
      if (!name.startsWith('MANIFEST')) continue;
      const file = await open(join(directory, name), 'r+');
      await file.write(Buffer.alloc(16, 0xff), 0, 16, 0);
      await file.close();
    }
    const error = await thrownBy(() => LevelStore.open(directory));
    expect(error.code).toBe('STORE_CORRUPT');
    expect(error.message).toContain(directory);
    expect(error.cause).toBeInstanceOf(Error);
  });

  it('that loses the file CURRENT does not make an empty store of a full one', async () => {
    await fill();
    await rm(join(directory, 'CURRENT'));
    const error = await thrownBy(() => LevelStore.open(directory));
    expect(error.code).toBe('STORE_CORRUPT');
    expect(error.message).toContain('CURRENT');
  });
});

describe('opening', () => {
  it('makes a directory that is not there, with those above it', async () => {
    const store = await LevelStore.open(join(directory, 'some', 'where'));
    expect(store.feedHead).toBe(0);
    await store.close();
  });

  it('is refused while this process has the directory open', async () => {
    await withStore(async () => {
      const error = await thrownBy(() => LevelStore.open(directory));
      expect(error.code).toBe('LEVEL_LOCKED');
      expect(error.message).toContain(directory);
      expect(error.message).toContain('--data');
    });
  });

  it('keeps other processes out also after this one has tried to open it twice', async () => {
    const script = `
      const { Level } = require('level');
      new Level(process.argv[1]).open().then(() => console.log('open'), ({ cause }) => console.log(cause.code));
    `;
    await withStore(async () => {
      await thrownBy(() => LevelStore.open(directory));
      const child = spawn(process.execPath, ['-e', script, directory], { stdio: ['ignore', 'pipe', 'inherit'] });
      const [said] = await once(child.stdout, 'data');
      expect(String(said).trim()).toBe('LEVEL_LOCKED');
      await once(child, 'exit');
    });
  });

  it('is refused while another process has the directory open', async () => {
    const script = `
      const { Level } = require('level');
      new Level(process.argv[1]).open().then(() => { console.log('open'); setInterval(() => {}, 60_000); });
    `;
    const child = spawn(process.execPath, ['-e', script, directory], { stdio: ['ignore', 'pipe', 'inherit'] });
    try {
      await once(child.stdout, 'data');
      expect((await thrownBy(() => LevelStore.open(directory))).code).toBe('LEVEL_LOCKED');
    } finally {
      const exited = once(child, 'exit');
      child.kill('SIGKILL');
      await exited;
    }
  });

  it('is refused for a file', async () => {
    const file = join(directory, 'file');
    await writeFile(file, 'not a directory');
    const error = await thrownBy(() => LevelStore.open(file));
    expect(error.code).toBe('STORE_FAILED');
    expect(error.message).toContain(file);
  });

  it('that must exist is refused where there is none, and nothing is made there', async () => {
    const error = await thrownBy(() => LevelStore.open(directory, { mustExist: true }));
    expect(error.code).toBe('STORE_FAILED');
    expect(error.message).toContain(`${directory} holds no data of ordo`);
    expect(await readdir(directory)).toEqual([]);
    const nowhere = join(directory, 'nowhere');
    expect((await thrownBy(() => LevelStore.open(nowhere, { mustExist: true }))).message).toContain('holds no data');
    expect(await readdir(directory)).toEqual([]);
  });

  it('that must exist is refused for an empty database, which stays as it was', async () => {
    await behind(async () => {});
    const error = await thrownBy(() => LevelStore.open(directory, { mustExist: true }));
    expect(error.message).toContain('not one of ordo');
    await behind(async (level) => expect(await level.keys().all()).toEqual([]));
  });

  it('that must exist opens what is there', async () => {
    await fill();
    const store = await LevelStore.open(directory, { mustExist: true });
    expect(store.read(address)?.revision).toBe(2);
    await store.close();
  });

  it('is refused for a database that is not one of ordo, which stays as it was', async () => {
    await behind((level) => level.put('somebody', Buffer.from('else')));
    const error = await thrownBy(() => LevelStore.open(directory));
    expect(error.code).toBe('STORE_FAILED');
    expect(error.message).toContain('not one of ordo');
    await behind(async (level) => expect(await level.keys().all()).toEqual(['somebody']));
  });

  it('is refused for a database of a later version', async () => {
    await fill();
    await behind((level) => level.put('!meta!format', seal('!meta!format', pack(2))));
    const error = await thrownBy(() => LevelStore.open(directory));
    expect(error.code).toBe('STORE_FAILED');
    expect(error.message).toContain('storage format 2');
  });

  it('reads no record, however many there are', async () => {
    await fill();
    const getSync = vi.spyOn(Level.prototype, 'getSync');
    await withStore(() => undefined);
    expect(getSync.mock.calls.map(([key]) => key)).toEqual(['!meta!format']);
  });
});

describe('what is stored', () => {
  it('stands under the keys that sublevels would give', async () => {
    await fill();
    await behind(async (level) => {
      const keys = new Map<string, string[]>();
      for (const part of ['actors', 'journal', 'feed', 'open', 'index', 'counts', 'meta']) {
        keys.set(part, await level.sublevel(part).keys().all());
      }
      expect(Object.fromEntries(keys)).toEqual({
        actors: ['order/SO=201001'],
        journal: ['order/SO=201001!0000000000000001', 'order/SO=201001!0000000000000002'],
        feed: ['0000000000000001', '0000000000000002'],
        open: ['0000000000000034!order/SO=201001'],
        index: ['order!status=3Apaid!0000000000000012!order/SO=201001'],
        counts: ['order!state=3Apaid'],
        meta: ['cursor!publisher', 'format', 'note!machines'],
      });
    });
  });

  it('is touched only where it changes', async () => {
    await withStore(async (store) => {
      await store.write([writeOf(address, 0, { facets })]);
      const batch = vi.spyOn(Level.prototype, 'batch');
      await store.write([writeOf(address, 1, { facets: structuredClone(facets) })]);
      // The record, its entry and the line in the feed.
      expect(batch.mock.results.map((result) => result.value.length)).toEqual([3]);
    });
  });
});

describe('a write that fails', () => {
  /** Makes the next batch fail as a disk would. */
  function breakDisk(): Error {
    const cause = new Error('IO error: No space left on device');
    const batch = Level.prototype.batch;
    vi.spyOn(Level.prototype, 'batch').mockImplementationOnce(function (this: Level, ...options: []) {
      const broken = batch.apply(this, options);
      broken.write = () => Promise.reject(cause);
      return broken;
    } as typeof batch);
    return cause;
  }

  it('says so with its cause, and every later call says the same', async () => {
    await withStore(async (store) => {
      await store.write([writeOf(address, 0, { facets })]);
      const cause = breakDisk();
      const error = await thrownBy(() => store.write([writeOf(address, 1)]));
      expect(error.code).toBe('STORE_FAILED');
      expect(error.cause).toBe(cause);
      expect(error.message).toContain(directory);
      const calls: (() => unknown)[] = [
        () => store.write([writeOf(address, 1)]),
        () => store.write([]),
        () => store.read(address),
        () => store.entry(address, 1),
        () => store.history(address, 0, 1),
        () => store.list({ type: 'order', tag: 'status:paid', limit: 1 }),
        () => store.counts('order'),
        () => store.waking({ from: 0, to: 99, limit: 1 }),
        () => store.nextWake(0),
        () => store.feed(0, 1),
        () => store.feedHead,
        () => store.cursor('publisher'),
        () => store.saveCursor('publisher', 1),
      ];
      for (const call of calls) expect(await thrownBy(call)).toBe(error);
    });
  });

  it('leaves what was there before for whoever opens the directory next', async () => {
    await withStore(async (store) => {
      await store.write([writeOf(address, 0, { facets })]);
      breakDisk();
      await thrownBy(() => store.write([writeOf(address, 1)]));
    });
    await withStore(async (store) => {
      expect(store.read(address)?.revision).toBe(1);
      expect(text(store.read(address)?.record)).toBe(`record 1 of ${address}`);
      expect(store.counts('order')).toEqual({ 'state:paid': 1 });
      expect(store.feedHead).toBe(1);
      expect(await store.write([writeOf(address, 1)])).toEqual([{ revision: 2 }]);
    });
  });

  it('is what a closed store gives', async () => {
    const store = await LevelStore.open(directory);
    await store.close();
    expect((await thrownBy(() => store.read(address))).code).toBe('STORE_FAILED');
    expect((await thrownBy(() => store.write([writeOf(address, 0)]))).code).toBe('STORE_FAILED');
  });

  it('is told from a write that is begun while another is under way', async () => {
    await withStore(async (store) => {
      const first = store.write([writeOf(address, 0)]);
      await expect(store.write([writeOf(address, 1)])).rejects.toThrow('under way');
      expect(await first).toEqual([{ revision: 1 }]);
      expect(await store.write([writeOf(address, 1)])).toEqual([{ revision: 2 }]);
    });
  });

  it('changes nothing in what is served while it is under way', async () => {
    await withStore(async (store) => {
      const writing = store.write([writeOf(address, 0, { facets })]);
      expect(store.counts('order')).toEqual({});
      expect(store.feedHead).toBe(0);
      await writing;
      expect(store.counts('order')).toEqual({ 'state:paid': 1 });
      expect(store.feedHead).toBe(1);
    });
  });
});
