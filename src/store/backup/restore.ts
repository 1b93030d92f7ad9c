import type { SealedLevel } from '../../../runtime/level/sealed.ts';
import type { StoredRow } from '../../../runtime/ports.ts';
import { drained, type OnAdvance } from '../advance.ts';
import { assertEmpty, buildIn } from '../directory.ts';
import { StoreToolError } from '../errors.ts';
import { RowWriter } from '../row-writer.ts';
import { RowsDigest } from '../snapshot-rows.ts';
import { type BackupContents, readBackup } from './read.ts';

/** Reads a backup to its end without writing anything. Throws what `readBackup` throws. */
export function verifyBackup(path: string, onAdvance: OnAdvance): Promise<BackupContents> {
  return drained(readBackup(path), onAdvance);
}

/**
 * Makes a store out of a backup, in an empty directory: verifies the file to its end first, writes synced, reads all of
 * it back and compares, and only then marks the directory as a store. When anything fails the directory is empty again.
 *
 * @throws StoreToolError NOT_EMPTY, or what `readBackup` throws.
 */
export async function restoreBackup(path: string, directory: string, onAdvance: OnAdvance): Promise<BackupContents> {
  await assertEmpty(directory);
  const contents = await verifyBackup(path, onAdvance);
  const { rows: total } = contents.trailer;
  await buildIn(directory, async (files) => {
    const writer = new RowWriter(files);
    let done = 0;
    const reading = readBackup(path);
    for await (const { rows } of reading) {
      for (const row of rows) await writer.add(row);
      done += rows.length;
      onAdvance({ part: 'writing', done, total, unit: 'rows' });
    }
    await writer.flush();
    const digest = await digestOf(files, writer.mark, (read) =>
      onAdvance({ part: 'checking', done: read, total, unit: 'rows' }),
    );
    if (digest !== contents.trailer.rowsDigest) {
      const message = `What was read back from ${directory} is not what was written. Check the disk, then try again.`;
      throw new StoreToolError('BACKUP_DAMAGED', message);
    }
    await writer.finish();
  });
  return contents;
}

/** The digest of all that a directory holds, with the mark in its place although it is not written yet. */
async function digestOf(
  files: SealedLevel,
  mark: StoredRow | undefined,
  onRows: (read: number) => void,
): Promise<string> {
  const digest = new RowsDigest();
  const snapshot = files.snapshot();
  let held = mark;
  let read = 0;
  try {
    for await (const page of snapshot.rows()) {
      for (const row of page) {
        if (held !== undefined && Buffer.compare(held.key, row.key) < 0) {
          digest.add(held);
          held = undefined;
        }
        digest.add(row);
      }
      read += page.length;
      onRows(read);
    }
    if (held !== undefined) digest.add(held);
    return digest.hex();
  } finally {
    await snapshot.close();
  }
}
