import { FORMAT_KEY } from '../../runtime/level/keys.ts';
import type { SealedLevel } from '../../runtime/level/sealed.ts';
import type { StoredRow } from '../../runtime/ports.ts';

/** How much of rows shares one synced batch. */
const BATCH_BYTES = 1024 * 1024;

/** Fills a new directory in synced batches. The mark of the storage format is held back until `finish`. */
export class RowWriter {
  readonly #files: SealedLevel;
  #batch: StoredRow[] = [];
  #bytes = 0;
  #mark: StoredRow | undefined;

  constructor(files: SealedLevel) {
    this.#files = files;
  }

  async add(row: StoredRow): Promise<void> {
    if (Buffer.from(row.key).toString('utf8') === FORMAT_KEY) {
      this.#mark = row;
      return;
    }
    this.#batch.push(row);
    this.#bytes += row.key.length + row.value.length;
    if (this.#bytes >= BATCH_BYTES) await this.flush();
  }

  async flush(): Promise<void> {
    const batch = this.#batch;
    this.#batch = [];
    this.#bytes = 0;
    if (batch.length === 0) return;
    await this.#files.write((into) => {
      for (const row of batch) into.putRow(row);
    });
  }

  /** The mark that `finish` will write. */
  get mark(): StoredRow | undefined {
    return this.#mark;
  }

  /** Makes the directory one that a service opens. */
  async finish(): Promise<void> {
    await this.flush();
    const mark = this.#mark;
    if (mark !== undefined) await this.#files.write((into) => into.putRow(mark));
  }
}
