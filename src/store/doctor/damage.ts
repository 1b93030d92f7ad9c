import { nameOf } from '../../../runtime/level/damage.ts';
import { partOf, type Reading, trueKeyOf } from '../../../runtime/level/items.ts';
import { addressOfKey } from '../../../runtime/level/keys.ts';
import type { StoredRow } from '../../../runtime/ports.ts';
import { wrongText } from '../snapshot-rows.ts';
import { type Found, found, type Repair } from './found.ts';
import type { Lookup } from './lookup.ts';

type Wrong = Extract<Reading, { wrong: unknown }>['wrong'];

/** Tells of a row that is no item. One that has strayed by one bit of its key is put back. */
export function damagedRow(row: StoredRow, wrong: Wrong, lookup: Lookup): Found {
  const key = Buffer.from(row.key).toString('utf8');
  const address = addressOfKey(key);
  const of = address !== undefined && lookup.definition(address) !== undefined ? address : null;
  const trueKey = trueKeyOf(row);
  if (trueKey !== undefined) {
    const message = `${nameOf(key)} ${wrongText(wrong)}. It is what belongs to ${shown(trueKey)}: one bit of its key has changed.`;
    const isFree = lookup.snapshot.get(trueKey) === undefined;
    const puts = isFree ? [{ key: Buffer.from(trueKey), value: row.value }] : [];
    return found(partOf(key) === undefined ? 'KEY_UNKNOWN' : 'VALUE_DAMAGED', of, message, {
      puts,
      deletes: [row.key],
      isExact: true,
    });
  }
  const message = `${nameOf(key)} ${wrongText(wrong)}.`;
  const repair = repairOf(row, key);
  return found(partOf(key) === undefined ? 'KEY_UNKNOWN' : 'VALUE_DAMAGED', of, message, repair);
}

/** What is derived is made anew once the damaged row is gone; records and entries are never taken out. */
function repairOf({ key }: StoredRow, text: string): Repair | undefined {
  const part = partOf(text);
  return part === 'actors' || part === 'journal' ? undefined : { puts: [], deletes: [key] };
}

function shown(key: string): string {
  const name = nameOf(key);
  return name.charAt(0).toLowerCase() + name.slice(1);
}
