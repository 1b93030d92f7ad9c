import { mkdir, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { SealedLevel } from '../../runtime/level/sealed.ts';
import type { StoreSnapshot } from '../../runtime/ports.ts';
import { StoreToolError } from './errors.ts';

/** The filesystem's own, in the root of a volume. */
const NOT_OURS = 'lost+found';

/**
 * Opens the store of a service that is stopped.
 *
 * @throws StoreToolError NO_STORE where there is none; RuntimeError LEVEL_LOCKED while a service has it open.
 */
export async function openStopped(directory: string): Promise<SealedLevel> {
  const names = await namesIn(directory);
  // One that has lost its CURRENT is no empty directory, but damaged: opening it says so.
  if (names?.some((name) => name === 'CURRENT' || name.endsWith('.ldb')) !== true) {
    throw new StoreToolError('NO_STORE', `There is no store in ${directory}. Name the directory that the service had.`);
  }
  return SealedLevel.open(directory, { mustExist: true });
}

/** Works on a snapshot of the store in a directory whose service is stopped. Throws what `openStopped` throws. */
export async function onStopped<Result>(
  directory: string,
  work: (snapshot: StoreSnapshot) => Promise<Result>,
): Promise<Result> {
  const files = await openStopped(directory);
  try {
    const snapshot = files.snapshot();
    try {
      return await work(snapshot);
    } finally {
      await snapshot.close();
    }
  } finally {
    await files.close();
  }
}

/** @throws StoreToolError NOT_EMPTY for a directory that holds anything. */
export async function assertEmpty(directory: string): Promise<void> {
  const names = await namesIn(directory);
  if (names === undefined || names.length === 0) return;
  const what = names.includes('CURRENT') ? 'holds a store' : `holds ${names[0]}`;
  throw new StoreToolError('NOT_EMPTY', `${directory} ${what}. Name a directory that is empty, or does not exist yet.`);
}

/**
 * Makes a store in an empty directory. Its mark of the storage format must be the last thing that `fill` writes:
 * without it no service opens the directory, so that one that was left half full by a crash is never served.
 * When `fill` fails, the directory is empty again.
 */
export async function buildIn(directory: string, fill: (files: SealedLevel) => Promise<void>): Promise<void> {
  await assertEmpty(directory);
  await mkdir(directory, { recursive: true });
  const files = await SealedLevel.open(directory);
  try {
    await fill(files);
  } catch (error) {
    await files.close();
    for (const name of (await namesIn(directory)) ?? []) await rm(join(directory, name), { recursive: true });
    throw error;
  }
  await files.close();
}

/** The names in a directory; `undefined` where there is no such directory. */
async function namesIn(directory: string): Promise<readonly string[] | undefined> {
  try {
    return (await readdir(directory)).filter((name) => name !== NOT_OURS);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    if ((error as NodeJS.ErrnoException).code === 'ENOTDIR') {
      throw new StoreToolError('NOT_EMPTY', `${directory} is a file. Name a directory.`, { cause: error });
    }
    throw error;
  }
}
