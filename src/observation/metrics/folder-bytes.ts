import { promises as fs } from 'node:fs';
import { join } from 'node:path';

/** The size of all files in a folder, in bytes; `undefined` where there is no such folder. */
export async function folderBytes(folder: string): Promise<number | undefined> {
  let names: string[];
  try {
    names = await fs.readdir(folder);
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
  let bytes = 0;
  for (const name of names) bytes += await fileBytes(join(folder, name));
  return bytes;
}

async function fileBytes(path: string): Promise<number> {
  try {
    return (await fs.stat(path)).size;
  } catch (error) {
    // LevelDB puts files together all the time: one may have gone since the folder was read.
    if (isMissing(error)) return 0;
    throw error;
  }
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT';
}
