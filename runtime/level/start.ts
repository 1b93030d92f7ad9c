import { pack, unpack } from 'msgpackr';
import { RuntimeError } from '../errors.ts';
import { Counts } from './counts.ts';
import { countOf, FORMAT_KEY, numberOf, rangeOf } from './keys.ts';
import type { SealedLevel } from './sealed.ts';

/** Counts up when a change of keys or values makes older directories unreadable. */
export const FORMAT = 1;

/**
 * Marks a new directory, and refuses one that something else, or a later version, has written.
 *
 * @param mustExist refuses a new directory too.
 */
export async function checkFormat(files: SealedLevel, mustExist = false): Promise<void> {
  const payload = files.get(FORMAT_KEY);
  if (payload !== undefined) {
    const format: number = unpack(payload);
    if (format === FORMAT) return;
    const message = `${files.directory} is in storage format ${format}, and this version of ordo reads only ${FORMAT}. `;
    throw new RuntimeError('STORE_FAILED', `${message}Use the version that wrote it.`);
  }
  if (mustExist || !(await files.isEmpty())) {
    const message = `${files.directory} holds a database that is not one of ordo: it has no mark of the storage format. `;
    throw new RuntimeError('STORE_FAILED', `${message}Choose another directory with --data, or restore a backup.`);
  }
  await files.write((batch) => batch.put(FORMAT_KEY, pack(FORMAT)));
}

export async function readCounts(files: SealedLevel): Promise<Counts> {
  const counts = new Counts();
  for await (const rows of files.pages(rangeOf('counts'), Infinity)) {
    for (const [key, payload] of rows) {
      const count = countOf(key);
      if (count === undefined) throw files.damaged(key, 'cannot be read: its key has no name');
      counts.set(count.type, count.name, unpack(payload));
    }
  }
  return counts;
}

export async function readFeedHead(files: SealedLevel): Promise<number> {
  for await (const rows of files.pages(rangeOf('feed'), 1, true)) {
    for (const [key] of rows) return numberOf(key);
  }
  return 0;
}
