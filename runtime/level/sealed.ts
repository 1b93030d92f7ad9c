import { promises as fs } from 'node:fs';
import { join, resolve } from 'node:path';
import { type ChainedBatch, Level } from 'level';
import { messageOf, RuntimeError } from '../errors.ts';
import type { StoredRow } from '../ports.ts';
import { seal, sealInPlace, unseal } from './checksum.ts';
import { damaged } from './damage.ts';
import type { KeyRange } from './keys.ts';
import { LevelSnapshot } from './snapshot.ts';

const MAX_ROWS = 1000;
const PAGE_BYTES = 256 * 1024;
/** What LevelDB keeps data in. Neither is there before the first CURRENT is. */
const DATA_FILE = /^\d+\.(ldb|sst|log)$/;

export interface LevelOptions {
  /** Memory for what is not yet sorted into files. A larger one avoids stalls under load; 32 MiB by default. */
  readonly writeBufferBytes?: number;
  /** Memory for blocks that were read; 32 MiB by default. */
  readonly cacheBytes?: number;
  /** Refuse a directory that holds no store, where otherwise a new one is made. */
  readonly mustExist?: boolean;
}

const AS_BYTES = { keyEncoding: 'buffer', valueEncoding: 'buffer' } as const;

/**
 * What this process has open. LevelDB would refuse it a second time too, but drops its lock in doing so: POSIX lets go
 * of a process's locks on a file with the first of its descriptors that is closed.
 */
const openHere = new Set<string>();

type Row = readonly [key: string, payload: Buffer];

/** The changes of one synced write. */
export class SealedBatch {
  readonly #batch: ChainedBatch<Level<string, Buffer>, string, Buffer>;

  constructor(batch: ChainedBatch<Level<string, Buffer>, string, Buffer>) {
    this.#batch = batch;
  }

  put(key: string, payload: Uint8Array): void {
    // LevelDB's batch copies what it is given.
    this.#batch.put(key, sealInPlace(key, payload));
  }

  /** Puts a row as it is, with the checksum that it has. */
  putRow({ key, value }: StoredRow): void {
    this.#batch.put(Buffer.from(key), Buffer.from(value), AS_BYTES);
  }

  del(key: string): void {
    this.#batch.del(key);
  }

  /** Takes out a row whose key may be anything. */
  delRow({ key }: Pick<StoredRow, 'key'>): void {
    this.#batch.del(Buffer.from(key), AS_BYTES);
  }
}

/**
 * A LevelDB directory whose every value carries a checksum. It gives the errors of the store: STORE_CORRUPT for what
 * is damaged, STORE_FAILED for the rest. After a failed write nobody knows what is on disk, and LevelDB refuses all
 * later writes (a full disk), so every later call throws the same error until the directory is opened anew.
 */
export class SealedLevel {
  readonly directory: string;
  readonly #level: Level<string, Buffer>;
  #failure: RuntimeError | undefined;

  private constructor(directory: string, level: Level<string, Buffer>) {
    this.directory = directory;
    this.#level = level;
  }

  static async open(directory: string, options: LevelOptions = {}): Promise<SealedLevel> {
    const place = resolve(directory);
    if (openHere.has(place)) throw lockedDirectory(directory);
    openHere.add(place);
    try {
      return await SealedLevel.#open(directory, options);
    } catch (error) {
      openHere.delete(place);
      throw error;
    }
  }

  static async #open(directory: string, options: LevelOptions): Promise<SealedLevel> {
    await refuseLostDatabase(directory);
    if (options.mustExist === true) await refuseNoDatabase(directory);
    const level = new Level<string, Buffer>(directory, {
      keyEncoding: 'utf8',
      valueEncoding: 'buffer',
      writeBufferSize: options.writeBufferBytes ?? 32 * 1024 * 1024,
      cacheSize: options.cacheBytes ?? 32 * 1024 * 1024,
      createIfMissing: options.mustExist !== true,
    });
    try {
      await level.open();
    } catch (error) {
      throw openingFailed(directory, error);
    }
    return new SealedLevel(directory, level);
  }

  get(key: string): Buffer | undefined {
    this.assertUsable();
    let value: Buffer | undefined;
    try {
      value = this.#level.getSync(key);
    } catch (error) {
      throw this.#readingFailed(error);
    }
    return value === undefined ? undefined : this.#verified(key, value);
  }

  async isEmpty(): Promise<boolean> {
    try {
      const keys = await this.#level.keys({ limit: 1 }).all();
      return keys.length === 0;
    } catch (error) {
      throw this.#readingFailed(error);
    }
  }

  /** The first keys of a range, without their values. */
  async keys(range: KeyRange, limit: number): Promise<readonly string[]> {
    this.assertUsable();
    try {
      return await this.#level.keys({ ...range, limit }).all();
    } catch (error) {
      throw this.#readingFailed(error);
    }
  }

  /** All entries of a range, a bounded number at a time, as they stood when it was asked for. */
  async *pages(range: KeyRange, limit: number, reverse = false): AsyncGenerator<readonly Row[]> {
    this.assertUsable();
    if (limit === 0) return;
    let rows: [string, Buffer][];
    const iterator = this.#level.iterator({ ...range, limit, reverse, highWaterMarkBytes: PAGE_BYTES });
    try {
      for (;;) {
        try {
          rows = await iterator.nextv(Math.min(limit, MAX_ROWS));
        } catch (error) {
          throw this.#readingFailed(error);
        }
        if (rows.length === 0) return;
        yield rows.map(([key, value]) => [key, this.#verified(key, value)] as const);
      }
    } finally {
      await iterator.close();
    }
  }

  /** All that is stored as it stands now. */
  snapshot(): LevelSnapshot {
    this.assertUsable();
    return new LevelSnapshot(this.directory, this.#level, (error) => this.#readingFailed(error));
  }

  /** Writes in one synced batch whatever `fill` puts into it; when `fill` throws, nothing. */
  async write(fill: (batch: SealedBatch) => void): Promise<void> {
    this.assertUsable();
    const batch = this.#begin();
    try {
      fill(new SealedBatch(batch));
    } catch (error) {
      await batch.close();
      throw error;
    }
    try {
      await batch.write({ sync: true });
    } catch (error) {
      throw this.#writingFailed(error);
    }
  }

  /** Not synced: it may be lost with the power, though never before what was written earlier. */
  async put(key: string, payload: Uint8Array): Promise<void> {
    this.assertUsable();
    try {
      await this.#level.put(key, seal(key, payload));
    } catch (error) {
      throw this.#writingFailed(error);
    }
  }

  assertUsable(): void {
    if (this.#failure !== undefined) throw this.#failure;
  }

  /** The error for an entry whose checksum is right and whose content makes no sense. */
  damaged(key: string, what: string): RuntimeError {
    return damaged(key, this.directory, what);
  }

  async close(): Promise<void> {
    this.#failure ??= new RuntimeError('STORE_FAILED', `${this.directory} was closed: open it again to use it.`);
    await this.#level.close();
    openHere.delete(resolve(this.directory));
  }

  #begin(): ChainedBatch<Level<string, Buffer>, string, Buffer> {
    try {
      return this.#level.batch();
    } catch (error) {
      throw this.#writingFailed(error);
    }
  }

  #verified(key: string, value: Buffer): Buffer {
    const payload = unseal(key, value);
    if (payload === undefined) throw this.damaged(key, 'is damaged: its checksum does not match. It was not used');
    return payload;
  }

  #readingFailed(error: unknown): RuntimeError {
    if (codeOf(error) === 'LEVEL_CORRUPTION') return corruptDatabase(this.directory, error);
    const message = `Reading from ${this.directory} failed: ${messageOf(error)}. Check the disk, then start again.`;
    return new RuntimeError('STORE_FAILED', message, { cause: error });
  }

  #writingFailed(error: unknown): RuntimeError {
    const message =
      `Writing to ${this.directory} failed: ${messageOf(error)}. Whether it was stored is unknown until the ` +
      'directory is opened again: check that the disk has space and works, then start again.';
    this.#failure = new RuntimeError('STORE_FAILED', message, { cause: error });
    return this.#failure;
  }
}

/** LevelDB takes a directory without its CURRENT file for a new one, and would delete the data in it. */
async function refuseLostDatabase(directory: string): Promise<void> {
  let names: string[];
  try {
    names = await fs.readdir(directory);
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return;
    throw openingFailed(directory, error);
  }
  if (names.includes('CURRENT') || !names.some((name) => DATA_FILE.test(name))) return;
  const message = `${directory} holds database files but not the file CURRENT, without which LevelDB cannot read them. `;
  throw new RuntimeError('STORE_CORRUPT', `${message}Nothing was changed. Restore a backup.`);
}

/** LevelDB would make the directory and files in it before it says that there is nothing. */
async function refuseNoDatabase(directory: string): Promise<void> {
  try {
    await fs.access(join(directory, 'CURRENT'));
  } catch (error) {
    if (codeOf(error) !== 'ENOENT' && codeOf(error) !== 'ENOTDIR') throw openingFailed(directory, error);
    const message = `${directory} holds no data of ordo, and nothing was made there. Check the path given with --data.`;
    throw new RuntimeError('STORE_FAILED', message, { cause: error });
  }
}

function openingFailed(directory: string, error: unknown): RuntimeError {
  const cause = error instanceof Error && error.cause !== undefined ? error.cause : error;
  const text = messageOf(cause);
  switch (codeOf(cause)) {
    case 'LEVEL_LOCKED':
      return lockedDirectory(directory, { cause });
    case 'LEVEL_CORRUPTION':
      return corruptDatabase(directory, cause);
    default: {
      // LevelDB reports files that it misses as an I/O error or an invalid argument.
      if (/^Corruption:/.test(text)) return corruptDatabase(directory, cause);
      const message = `${directory} could not be opened: ${text}. Check that it is a directory that ordo may write to.`;
      return new RuntimeError('STORE_FAILED', message, { cause });
    }
  }
}

function lockedDirectory(directory: string, options?: ErrorOptions): RuntimeError {
  const message = `Another ordo process has ${directory} open. Stop it, or choose another directory with --data.`;
  return new RuntimeError('LEVEL_LOCKED', message, options);
}

function corruptDatabase(directory: string, cause: unknown): RuntimeError {
  const message = `The database in ${directory} is damaged: ${messageOf(cause)}. What is damaged was not used. `;
  return new RuntimeError('STORE_CORRUPT', `${message}Restore a backup.`, { cause });
}

function codeOf(error: unknown): string | undefined {
  if (!(error instanceof Error) || !('code' in error)) return undefined;
  return typeof error.code === 'string' ? error.code : undefined;
}
