import { type FileHandle, link, open, rename, rm, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { StoreToolError } from './errors.ts';

/** What filesystems say that know no links. */
const WITHOUT_LINKS: ReadonlySet<string> = new Set(['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS']);

/**
 * A file that is there whole or not at all: it is written beside its name, synced, and takes its name at the end. One
 * of that name that exists is never replaced.
 */
export class WholeFile {
  readonly #path: string;
  readonly #partial: string;
  readonly #file: FileHandle;
  bytes = 0;

  private constructor(path: string, partial: string, file: FileHandle) {
    this.#path = path;
    this.#partial = partial;
    this.#file = file;
  }

  /** @throws StoreToolError FILE_EXISTS */
  static async create(path: string): Promise<WholeFile> {
    if (await exists(path)) throw taken(path);
    const partial = `${path}.partial-${process.pid}`;
    return new WholeFile(path, partial, await open(partial, 'w', 0o600));
  }

  async write(bytes: Uint8Array): Promise<void> {
    await this.#file.writeFile(bytes);
    this.bytes += bytes.length;
  }

  /** Where what has been written so far can be read. */
  async written(): Promise<string> {
    await this.#file.sync();
    return this.#partial;
  }

  /** Gives it its name. */
  async finish(): Promise<void> {
    await this.#file.sync();
    await this.#file.close();
    try {
      // A link, unlike a renaming, never takes the place of a file that has come about meanwhile.
      await link(this.#partial, this.#path);
      await rm(this.#partial);
    } catch (error) {
      const code = (error as NodeJS.ErrnoException).code ?? '';
      if (code === 'EEXIST') throw taken(this.#path);
      if (!WITHOUT_LINKS.has(code)) throw error;
      await rename(this.#partial, this.#path);
    }
    await syncFolder(dirname(this.#path));
  }

  /** Leaves nothing behind. */
  async discard(): Promise<void> {
    await this.#file.close();
    await rm(this.#partial, { force: true });
  }
}

async function exists(path: string): Promise<boolean> {
  try {
    await stat(path);
    return true;
  } catch {
    return false;
  }
}

function taken(path: string): StoreToolError {
  return new StoreToolError('FILE_EXISTS', `${path} exists already. Choose another name, or move it away.`);
}

/** The name is durable once the folder is synced. Where folders cannot be synced, the system does it in its own time. */
async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, 'r').catch(() => undefined);
  if (folder === undefined) return;
  await folder.sync().catch(() => undefined);
  await folder.close();
}
