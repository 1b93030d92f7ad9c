import { createHash } from 'node:crypto';
import { type FileHandle, open } from 'node:fs/promises';
import { promisify } from 'node:util';
import { inflate } from 'node:zlib';
import { FORMAT } from '../../../runtime/level/start.ts';
import type { StoredRow } from '../../../runtime/ports.ts';
import type { Advance } from '../advance.ts';
import { StoreToolError } from '../errors.ts';
import { RowsDigest, soundItem } from '../snapshot-rows.ts';
import {
  BACKUP_FORMAT,
  type BackupHeader,
  type BackupTrailer,
  FRAME_HEAD,
  type FrameType,
  fits,
  MAGIC,
  MOST_FRAME_BYTES,
  readFrameHead,
  readRows,
} from './format.ts';

const inflated = promisify<Buffer, { maxOutputLength: number }, Buffer>(inflate);

/** A whole backup, as its reader has found it. */
export interface BackupContents {
  readonly header: BackupHeader;
  readonly trailer: BackupTrailer;
}

const OTHER_COPY = 'Use another copy of it, or another backup.';

/**
 * Reads a backup from its beginning to its end, verifying every frame, every row and both digests. Gives the rows block
 * by block, with how far it has come; what it returns is what the file says of itself.
 *
 * @throws StoreToolError BACKUP_UNREADABLE, BACKUP_INCOMPLETE or BACKUP_DAMAGED. Rows that were given before may be
 *   sound; only a reading that has come to its end says that all of them are.
 */
export async function* readBackup(
  path: string,
): AsyncGenerator<Advance & { readonly rows: readonly StoredRow[] }, BackupContents> {
  const file = await open(path, 'r');
  try {
    const reader = new FrameReader(path, file, (await file.stat()).size);
    await reader.magic();
    const header = headerOf(path, await reader.next());
    const check = new RowsCheck(path);
    for (;;) {
      const { type, payload, digest } = await reader.next();
      if (type === 'block') {
        const rows = await rowsOf(path, payload);
        for (const row of rows) check.add(row);
        yield { part: 'verifying', done: check.rows, total: header.rows, unit: 'rows', rows };
      } else {
        const trailer = trailerOf(path, type, payload);
        check.end(header, trailer, digest);
        await reader.assertEnd();
        return { header, trailer };
      }
    }
  } finally {
    await file.close();
  }
}

/** Rows as they come out of a file: sound, in their order, as many as were promised. */
class RowsCheck {
  rows = 0;
  readonly #path: string;
  readonly #digest = new RowsDigest();
  #last: Uint8Array | undefined;

  constructor(path: string) {
    this.#path = path;
  }

  add(row: StoredRow): void {
    soundItem(row, this.#path);
    if (this.#last !== undefined && Buffer.compare(this.#last, row.key) >= 0)
      throw damaged(this.#path, 'its rows are out of order');
    this.#last = row.key;
    this.#digest.add(row);
    this.rows += 1;
  }

  end(header: BackupHeader, trailer: BackupTrailer, fileDigest: string): void {
    const holds =
      trailer.fileDigest === fileDigest &&
      trailer.rows === this.rows &&
      header.rows === this.rows &&
      trailer.rowsDigest === this.#digest.hex();
    if (!holds) throw damaged(this.#path, 'its digest does not match what it holds');
  }
}

class FrameReader {
  readonly #path: string;
  readonly #file: FileHandle;
  readonly #size: number;
  readonly #digest = createHash('sha256');
  #at = 0;

  constructor(path: string, file: FileHandle, size: number) {
    this.#path = path;
    this.#file = file;
    this.#size = size;
  }

  async magic(): Promise<void> {
    if (this.#size >= MAGIC.length && MAGIC.equals(await this.#read(MAGIC.length, true))) return;
    throw new StoreToolError(
      'BACKUP_UNREADABLE',
      `${this.#path} is no backup of ordo. Name a file that ordo backup made.`,
    );
  }

  /** The next frame, and the digest of all that stands before it. */
  async next(): Promise<{ readonly type: FrameType; readonly payload: Buffer; readonly digest: string }> {
    const place = this.#at;
    const digest = this.#digest.copy().digest('hex');
    const head = await this.#read(FRAME_HEAD);
    const frame = readFrameHead(head);
    if (frame === undefined) throw damaged(this.#path, `at byte ${place} no block begins`);
    const payload = await this.#read(frame.length);
    if (!fits(head, payload))
      throw damaged(this.#path, `the ${frame.type} at byte ${place} does not match its checksum`);
    return { type: frame.type, payload, digest };
  }

  async assertEnd(): Promise<void> {
    if (this.#at < this.#size) throw damaged(this.#path, 'something follows its end');
  }

  async #read(length: number, isMagic = false): Promise<Buffer> {
    if (this.#at + length > this.#size && !isMagic) throw this.#incomplete();
    const bytes = Buffer.allocUnsafe(length);
    let done = 0;
    while (done < length) {
      const { bytesRead } = await this.#file.read(bytes, done, length - done, this.#at + done);
      if (bytesRead === 0) throw this.#incomplete();
      done += bytesRead;
    }
    this.#at += length;
    this.#digest.update(bytes);
    return bytes;
  }

  #incomplete(): StoreToolError {
    const message = `${this.#path} ends at byte ${this.#size}, before its own end: it was cut off. ${OTHER_COPY}`;
    return new StoreToolError('BACKUP_INCOMPLETE', message);
  }
}

function headerOf(
  path: string,
  { type, payload }: { readonly type: FrameType; readonly payload: Buffer },
): BackupHeader {
  if (type !== 'header') throw damaged(path, 'it does not begin with its header');
  const header = jsonOf<BackupHeader>(path, payload);
  if (header.format !== BACKUP_FORMAT || header.store !== FORMAT) {
    const message =
      `${path} is in backup format ${header.format} with storage format ${header.store}; this version of ordo reads ` +
      `${BACKUP_FORMAT} with ${FORMAT}. Use the version that wrote it.`;
    throw new StoreToolError('BACKUP_UNREADABLE', message);
  }
  return header;
}

function trailerOf(path: string, type: FrameType, payload: Buffer): BackupTrailer {
  if (type !== 'trailer') throw damaged(path, 'it has two headers');
  return jsonOf<BackupTrailer>(path, payload);
}

function jsonOf<T>(path: string, payload: Buffer): T {
  try {
    return JSON.parse(payload.toString('utf8')) as T;
  } catch (error) {
    throw damaged(path, 'what it says of itself is no JSON', error);
  }
}

async function rowsOf(path: string, payload: Buffer): Promise<readonly StoredRow[]> {
  let rows: readonly StoredRow[] | undefined;
  try {
    rows = readRows(await inflated(payload, { maxOutputLength: MOST_FRAME_BYTES }));
  } catch (error) {
    throw damaged(path, 'a block cannot be inflated', error);
  }
  if (rows === undefined) throw damaged(path, 'a block is not made of rows');
  return rows;
}

function damaged(path: string, why: string, cause?: unknown): StoreToolError {
  return new StoreToolError('BACKUP_DAMAGED', `${path} was altered after it was made: ${why}. ${OTHER_COPY}`, {
    cause,
  });
}
