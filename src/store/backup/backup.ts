import { createHash } from 'node:crypto';
import { promisify } from 'node:util';
import { deflate } from 'node:zlib';
import { FORMAT_KEY } from '../../../runtime/level/keys.ts';
import type { StoredRow, StoreSnapshot } from '../../../runtime/ports.ts';
import { type Advance, type FileWork, Turns } from '../advance.ts';
import { counted, feedHeadOf, formatOf, RowsDigest, soundItem } from '../snapshot-rows.ts';
import { BACKUP_FORMAT, type BackupHeader, type BackupTrailer, frame, MAGIC, rowHead } from './format.ts';

/** How much of rows shares one block and one checksum, before it is deflated. */
const BLOCK_BYTES = 256 * 1024;
/** Records and entries halve at the first level already; more takes much longer for little. */
const LEVEL = 1;

const deflated = promisify<Buffer, { level: number }, Buffer>(deflate);

/**
 * Makes a backup of all that a snapshot holds, verifying each row. What it holds in memory is one block.
 *
 * @param takenAt when the snapshot was taken (ms since 1970).
 * @throws RuntimeError STORE_CORRUPT, which names it, for a damaged row: a backup that exists is whole.
 */
export async function* backupOf(snapshot: StoreSnapshot, takenAt: number): FileWork {
  const store = formatOf(snapshot, FORMAT_KEY);
  const total = yield* counted(snapshot);
  const digest = createHash('sha256');
  const rowsDigest = new RowsDigest();
  const turns = new Turns();
  const progress = (done: number): Advance => ({ part: 'reading', done, total, unit: 'rows' });
  const digested = (bytes: Buffer): Buffer => {
    digest.update(bytes);
    return bytes;
  };
  const header: BackupHeader = {
    format: BACKUP_FORMAT,
    store,
    takenAt: new Date(takenAt).toISOString(),
    rows: total,
    steps: await feedHeadOf(snapshot),
  };
  const opening = Buffer.concat([MAGIC, frame('header', Buffer.from(JSON.stringify(header)))]);
  yield { ...progress(0), bytes: digested(opening) };

  let rows = 0;
  let block = new Block();
  for await (const page of snapshot.rows()) {
    for (const row of page) {
      soundItem(row, snapshot.directory);
      rowsDigest.add(row);
      block.add(row);
      rows += 1;
      await turns.pass();
      if (block.bytes < BLOCK_BYTES) continue;
      yield { ...progress(rows), bytes: digested(await block.frame()) };
      block = new Block();
    }
    yield progress(rows);
  }
  if (block.bytes > 0) yield { ...progress(rows), bytes: digested(await block.frame()) };
  const trailer: BackupTrailer = { rows, rowsDigest: rowsDigest.hex(), fileDigest: digest.digest('hex') };
  yield { ...progress(rows), bytes: frame('trailer', Buffer.from(JSON.stringify(trailer))) };
}

/** Rows that will be one frame. */
class Block {
  bytes = 0;
  readonly #parts: Uint8Array[] = [];

  add(row: StoredRow): void {
    const head = rowHead(row);
    this.#parts.push(head, row.key, row.value);
    this.bytes += head.length + row.key.length + row.value.length;
  }

  async frame(): Promise<Buffer> {
    return frame('block', await deflated(Buffer.concat(this.#parts), { level: LEVEL }));
  }
}
