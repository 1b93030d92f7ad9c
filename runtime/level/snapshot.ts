import type { Level } from 'level';
import type { StoredRow, StoreSnapshot } from '../ports.ts';

const MAX_ROWS = 1000;
const PAGE_BYTES = 256 * 1024;
const COUNT_ROWS = 5_000;

/** A LevelDB as it stood when this was made. Rows come as they lie there: whoever reads them verifies them. */
export class LevelSnapshot implements StoreSnapshot {
  readonly directory: string;
  readonly #level: Level<string, Buffer>;
  readonly #snapshot: ReturnType<Level<string, Buffer>['snapshot']>;
  readonly #failed: (error: unknown) => Error;

  /** @param failed makes the store's own error out of one of LevelDB. */
  constructor(directory: string, level: Level<string, Buffer>, failed: (error: unknown) => Error) {
    this.directory = directory;
    this.#level = level;
    this.#snapshot = level.snapshot();
    this.#failed = failed;
  }

  async *rows(from?: string, to?: string): AsyncGenerator<readonly StoredRow[]> {
    const iterator = this.#level.iterator<Buffer, Buffer>({
      keyEncoding: 'buffer',
      valueEncoding: 'buffer',
      snapshot: this.#snapshot,
      highWaterMarkBytes: PAGE_BYTES,
      // It is all read once: what the service reads often stays in the cache.
      fillCache: false,
      ...bounds(from, to),
    });
    try {
      for (;;) {
        const rows = await this.#reading(iterator.nextv(MAX_ROWS));
        if (rows.length === 0) return;
        yield rows.map(([key, value]) => ({ key, value }));
      }
    } finally {
      await iterator.close();
    }
  }

  async *count(from?: string, to?: string): AsyncGenerator<number> {
    const keys = this.#level.keys<Buffer>({
      keyEncoding: 'buffer',
      snapshot: this.#snapshot,
      fillCache: false,
      ...bounds(from, to),
    });
    try {
      for (;;) {
        const { length } = await this.#reading(keys.nextv(COUNT_ROWS));
        if (length === 0) return;
        yield length;
      }
    } finally {
      await keys.close();
    }
  }

  async last(from: string, to: string): Promise<Uint8Array | undefined> {
    const keys = this.#level.keys<Buffer>({
      keyEncoding: 'buffer',
      snapshot: this.#snapshot,
      ...bounds(from, to),
      reverse: true,
      limit: 1,
    });
    const [key] = await this.#reading(keys.all());
    return key;
  }

  get(key: string | Uint8Array): Uint8Array | undefined {
    const options = { keyEncoding: 'buffer', valueEncoding: 'buffer', snapshot: this.#snapshot };
    try {
      return this.#level.getSync<Buffer, Buffer>(Buffer.from(key), options);
    } catch (error) {
      throw this.#failed(error);
    }
  }

  async close(): Promise<void> {
    await this.#snapshot.close();
  }

  async #reading<T>(reading: Promise<T>): Promise<T> {
    try {
      return await reading;
    } catch (error) {
      throw this.#failed(error);
    }
  }
}

function bounds(from: string | undefined, to: string | undefined): { gte?: Buffer; lt?: Buffer } {
  return { ...(from !== undefined && { gte: Buffer.from(from) }), ...(to !== undefined && { lt: Buffer.from(to) }) };
}
