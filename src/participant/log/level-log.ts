import { promises as fs } from 'node:fs';
import { resolve } from 'node:path';
import type { Level } from 'level';
import { encodeToken } from '../../contracts/index.ts';
import { type BranchId, branchKey } from '../branch.ts';
import { isDamage, messageOf, ParticipantError } from '../errors.ts';
import type { BranchLog, OpenQuery } from './branch-log.ts';
import { isOpen, type LogEntry, type OpenEntry } from './entry.ts';
import { seal, unseal } from './seal.ts';

/** Counts up when a change of keys or values makes older directories unreadable. */
const FORMAT = { participantLog: 1 };
const FORMAT_KEY = 'meta!format';
/** Sorts right after the separator, and no token holds either. */
const ABOVE = '"';
const MOMENT_WIDTH = 16;
/** How many keys are read at a time. */
const PAGE = 256;

/**
 * The directories that this process has open. LevelDB would refuse a second opening too, but lets go of its lock file
 * while it does, and from then on another process could come in.
 */
const opened = new Set<string>();

type Database = Level<string, Buffer>;

interface Range {
  readonly gt: string;
  readonly lt: string;
}

/**
 * The log in a LevelDB directory, which one process at a time can have open.
 *
 * | key | value |
 * |---|---|
 * | `branch!<branch>` | its newest entry |
 * | `open!<since>!<branch>`, `order!<order>!<branch>` | the branch's key, for open entries |
 * | `ended!<deadline>!<branch>` | the branch's key, for ended ones |
 *
 * Each value carries a checksum: LevelDB itself serves flipped bits without a word.
 */
export class LevelBranchLog implements BranchLog {
  readonly #level: Database;
  readonly #directory: string;
  readonly #onDamaged: (error: Error) => void;
  /** Branches that are being written, so that a second write cannot slip in behind the check of the revision. */
  readonly #writing = new Set<string>();

  private constructor(level: Database, directory: string, onDamaged: (error: Error) => void) {
    this.#level = level;
    this.#directory = directory;
    this.#onDamaged = onDamaged;
  }

  /**
   * Opens the directory, or makes it. `onDamaged` hears of entries that `open` leaves out. Throws ParticipantError:
   * LEVEL_LOCKED when another process has it open, STORE_CORRUPT when it is damaged, STORE_FAILED for the rest.
   */
  static async open(directory: string, onDamaged: (error: Error) => void): Promise<LevelBranchLog> {
    const path = resolve(directory);
    if (opened.has(path)) throw locked(directory);
    opened.add(path);
    try {
      return await LevelBranchLog.#open(path, onDamaged);
    } catch (error) {
      opened.delete(path);
      throw error;
    }
  }

  static async #open(directory: string, onDamaged: (error: Error) => void): Promise<LevelBranchLog> {
    const isNew = await isWithoutDatabase(directory);
    // Loaded only where it is used: whoever brings another log does without LevelDB.
    const { Level } = await import('level');
    const level: Database = new Level(directory, { keyEncoding: 'utf8', valueEncoding: 'buffer' });
    try {
      await level.open();
    } catch (error) {
      throw openingFailed(directory, error);
    }
    const log = new LevelBranchLog(level, directory, onDamaged);
    try {
      await log.#checkFormat(isNew);
      return log;
    } catch (error) {
      await level.close();
      throw error;
    }
  }

  async read(id: BranchId): Promise<LogEntry | undefined> {
    return this.#get(branchKey(id));
  }

  async write(entry: LogEntry): Promise<boolean> {
    const key = branchKey(entry);
    if (this.#writing.has(key) || (this.#get(key)?.revision ?? 0) !== entry.revision - 1) return false;
    this.#writing.add(key);
    const indexes = [openKey(entry.since, key), orderKey(entry.order, key)];
    const batch = this.#level.batch();
    const put = (at: string, value: unknown) => batch.put(at, seal(at, value));
    put(`branch!${key}`, entry);
    if (isOpen(entry)) for (const index of indexes) put(index, key);
    else {
      for (const index of indexes) batch.del(index);
      put(endedKey(entry.deadline, key), key);
    }
    try {
      await batch.write({ sync: true });
      return true;
    } catch (error) {
      throw this.#failed('Writing to', error);
    } finally {
      this.#writing.delete(key);
    }
  }

  async open({ after, limit }: OpenQuery): Promise<readonly OpenEntry[]> {
    const gt = after === undefined ? 'open!' : openKey(after.since, branchKey(after));
    const entries: OpenEntry[] = [];
    for await (const [, key] of this.#rows({ gt, lt: `open${ABOVE}` })) {
      const entry = this.#undamaged(() => this.#get(key));
      if (entry !== undefined && isOpen(entry)) entries.push(entry);
      if (entries.length >= limit) break;
    }
    return entries;
  }

  async openOfOrder(order: string, otherThan: string, limit: number): Promise<readonly OpenEntry[]> {
    const all = `order!${encodeToken(order)}`;
    const own = `${all}!${encodeToken(otherThan)}/`;
    const entries: OpenEntry[] = [];
    // One transaction may hold thousands of branches of an order: they are passed over, not read.
    for (const range of [
      { gt: `${all}!`, lt: own },
      { gt: `${own}~`, lt: all + ABOVE },
    ]) {
      for await (const [, key] of this.#rows(range)) {
        if (entries.length >= limit) return entries;
        const entry = this.#get(key);
        if (entry !== undefined && isOpen(entry)) entries.push(entry);
      }
    }
    return entries;
  }

  async forget(before: number, limit: number): Promise<number> {
    const over: string[] = [];
    for await (const [index, key] of this.#rows({ gt: 'ended!', lt: `ended!${digits(before)}` })) {
      over.push(index, `branch!${key}`);
      if (over.length >= 2 * limit) break;
    }
    if (over.length === 0) return 0;
    try {
      // Not synced: what comes back after a crash is forgotten once more.
      await this.#level.batch(over.map((key) => ({ type: 'del', key })));
    } catch (error) {
      throw this.#failed('Writing to', error);
    }
    return over.length / 2;
  }

  async close(): Promise<void> {
    await this.#level.close();
    opened.delete(this.#directory);
  }

  async #checkFormat(isNew: boolean): Promise<void> {
    const found = this.#value(FORMAT_KEY) as Partial<typeof FORMAT> | undefined;
    if (found?.participantLog === FORMAT.participantLog) return;
    if (found === undefined && isNew) {
      await this.#level.put(FORMAT_KEY, seal(FORMAT_KEY, FORMAT), { sync: true });
      return;
    }
    const what = found === undefined ? 'holds another database' : 'was written by another version';
    throw new ParticipantError('STORE_FAILED', `${this.#directory} ${what}: name another directory in \`data\`.`);
  }

  #get(key: string): LogEntry | undefined {
    return this.#value(`branch!${key}`) as LogEntry | undefined;
  }

  #value(key: string): unknown {
    let sealed: Buffer | undefined;
    try {
      sealed = this.#level.getSync(key);
    } catch (error) {
      throw this.#failed('Reading from', error);
    }
    return sealed === undefined ? undefined : this.#unsealed(key, sealed);
  }

  #unsealed(key: string, sealed: Buffer): unknown {
    const value = unseal(key, sealed);
    if (value !== undefined) return value;
    const message =
      `The entry ${key} in ${this.#directory} is damaged: its checksum does not match. It was not used. Restore a ` +
      'backup, or settle this branch by hand with what its transaction says.';
    throw new ParticipantError('STORE_CORRUPT', message);
  }

  /** What a list can show: one damaged value must not hide the others. */
  #undamaged<Value>(read: () => Value): Value | undefined {
    try {
      return read();
    } catch (error) {
      if (!isDamage(error)) throw error;
      this.#onDamaged(error);
      return undefined;
    }
  }

  /** The rows of an index: its keys, and the keys of the branches that they stand for. */
  async *#rows(range: Range): AsyncGenerator<readonly [index: string, key: string]> {
    const iterator = this.#level.iterator(range);
    try {
      for (;;) {
        const rows = await iterator.nextv(PAGE).catch((error: unknown) => {
          throw this.#failed('Reading from', error);
        });
        if (rows.length === 0) return;
        for (const [index, sealed] of rows) {
          const key = this.#undamaged(() => this.#unsealed(index, sealed) as string);
          if (key !== undefined) yield [index, key];
        }
      }
    } finally {
      await iterator.close();
    }
  }

  #failed(doing: string, error: unknown): ParticipantError {
    const message = `${doing} ${this.#directory} failed: ${messageOf(error)}. Check the disk, then start again.`;
    return new ParticipantError('STORE_FAILED', message, { cause: error });
  }
}

function digits(moment: number): string {
  return String(Math.max(0, moment)).padStart(MOMENT_WIDTH, '0');
}

const openKey = (since: number, key: string): string => `open!${digits(since)}!${key}`;
const orderKey = (order: string, key: string): string => `order!${encodeToken(order)}!${key}`;
const endedKey = (deadline: number, key: string): string => `ended!${digits(deadline)}!${key}`;

/** LevelDB takes a directory without its file CURRENT for a new one, and would delete the data in it. */
async function isWithoutDatabase(directory: string): Promise<boolean> {
  let names: readonly string[];
  try {
    names = await fs.readdir(directory);
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return true;
    throw openingFailed(directory, error);
  }
  if (names.includes('CURRENT')) return false;
  if (!names.some((name) => /^\d+\.(ldb|sst|log)$/.test(name))) return true;
  const message = `${directory} holds database files but not the file CURRENT, without which they cannot be read. `;
  throw new ParticipantError('STORE_CORRUPT', `${message}Nothing was changed. Restore a backup.`);
}

function openingFailed(directory: string, error: unknown): ParticipantError {
  const cause = error instanceof Error && error.cause !== undefined ? error.cause : error;
  const text = messageOf(cause);
  if (codeOf(cause) === 'LEVEL_LOCKED') return locked(directory, cause);
  if (codeOf(cause) === 'LEVEL_CORRUPTION' || text.startsWith('Corruption:')) {
    return new ParticipantError('STORE_CORRUPT', `The log in ${directory} is damaged: ${text}. Restore a backup.`, {
      cause,
    });
  }
  const message = `${directory} could not be opened: ${text}. It must be a directory that this process may write to.`;
  return new ParticipantError('STORE_FAILED', message, { cause });
}

function locked(directory: string, cause?: unknown): ParticipantError {
  const message =
    `Another participant has the log in ${directory} open. A LevelDB directory is for one process: stop the other ` +
    'one, or give the instances a `log` that they can share.';
  return new ParticipantError('LEVEL_LOCKED', message, { cause });
}

function codeOf(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error ? String(error.code) : undefined;
}
