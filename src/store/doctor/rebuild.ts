import { open } from 'node:fs/promises';
import type { Definition } from '../../../runtime/definition.ts';
import { nameOf } from '../../../runtime/level/damage.ts';
import type { SealedLevel } from '../../../runtime/level/sealed.ts';
import type { StoredRow } from '../../../runtime/ports.ts';
import { drained, type OnAdvance } from '../advance.ts';
import { type DoctorReport, examine } from './doctor.ts';
import type { Finding } from './finding.ts';
import type { Found, Repair } from './found.ts';

/** One thing leads to another: a row must be gone before the one that replaces it is missed. Never more than so often. */
const MOST_ROUNDS = 5;
/** How many changes share one synced batch. */
const BATCH_ROWS = 10_000;

/** What a rebuilding came to. */
export interface Rebuilt {
  /** What was found and is not there any more. */
  readonly mended: readonly Finding[];
  /** What is still wrong. */
  readonly left: readonly Finding[];
  /** The store as it is now. */
  readonly report: DoctorReport;
  /** The file that holds what was replaced and taken out; `null` where nothing was. */
  readonly copy: string | null;
}

/**
 * Mends a stopped store as far as its journal goes: records from their histories, rows that have strayed, and all that
 * is derived. What is sound is not touched, and of what is replaced or taken out a copy is kept first.
 *
 * @param copy where to write that copy.
 */
export async function rebuild(
  files: SealedLevel,
  definitions: ReadonlyMap<string, Definition>,
  copy: string,
  onAdvance: OnAdvance,
): Promise<Rebuilt> {
  const told = new Map<string, Finding>();
  let hasCopy = false;
  for (let round = 1; ; round += 1) {
    const { found, report } = await examinedNow(files, definitions, onAdvance);
    const repairs = found.flatMap(({ repair }) => repair ?? []);
    if (repairs.length === 0 || round > MOST_ROUNDS) {
      const left = found.map(({ finding }) => finding);
      for (const { message } of left) told.delete(message);
      return { mended: [...told.values()], left, report, copy: hasCopy ? copy : null };
    }
    for (const { finding } of found) told.set(finding.message, finding);
    hasCopy = (await keepCopy(files, repairs, copy)) || hasCopy;
    await apply(files, repairs);
  }
}

async function examinedNow(
  files: SealedLevel,
  definitions: ReadonlyMap<string, Definition>,
  onAdvance: OnAdvance,
): Promise<{ readonly found: readonly Found[]; readonly report: DoctorReport }> {
  const snapshot = files.snapshot();
  try {
    const all: Found[] = [];
    const report = await drained(examine(snapshot, definitions), ({ found, ...advance }) => {
      all.push(...found);
      onAdvance(advance);
    });
    return { found: all, report };
  } finally {
    await snapshot.close();
  }
}

/** Keeps what the repairs will replace or take out, one line a row. Gives whether there was anything. */
async function keepCopy(files: SealedLevel, repairs: readonly Repair[], path: string): Promise<boolean> {
  const snapshot = files.snapshot();
  try {
    const keys = repairs.flatMap(({ puts, deletes }) => [...puts.map(({ key }) => key), ...deletes]);
    const lines: string[] = [];
    for (const key of keys) {
      const value = snapshot.get(key);
      if (value === undefined) continue;
      const name = nameOf(Buffer.from(key).toString('utf8'));
      lines.push(JSON.stringify({ name, key: base64(key), value: base64(value) }));
    }
    if (lines.length === 0) return false;
    const file = await open(path, 'a');
    try {
      await file.writeFile(`${lines.join('\n')}\n`);
      await file.sync();
    } finally {
      await file.close();
    }
    return true;
  } finally {
    await snapshot.close();
  }
}

/** First what goes, then what is made anew, then what is put back exactly as it was: that is worth more. */
async function apply(files: SealedLevel, repairs: readonly Repair[]): Promise<void> {
  const puts = [...repairs.filter(({ isExact }) => isExact !== true), ...repairs.filter(({ isExact }) => isExact)];
  const changes: ({ readonly del: Uint8Array } | StoredRow)[] = [
    ...repairs.flatMap(({ deletes }) => deletes.map((del) => ({ del }))),
    ...puts.flatMap((repair) => repair.puts),
  ];
  for (let at = 0; at < changes.length; at += BATCH_ROWS) {
    await files.write((batch) => {
      for (const change of changes.slice(at, at + BATCH_ROWS)) {
        if ('del' in change) batch.delRow({ key: change.del });
        else batch.putRow(change);
      }
    });
  }
}

function base64(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('base64');
}
