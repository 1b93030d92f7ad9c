import { createHash } from 'node:crypto';
import type { Address } from '../../../runtime/address.ts';
import { derivedItems, Tally } from '../../../runtime/level/derived.ts';
import { type Item, rowOf } from '../../../runtime/level/items.ts';
import { FORMAT } from '../../../runtime/level/start.ts';
import type { OnAdvance } from '../advance.ts';
import { buildIn } from '../directory.ts';
import { StoreToolError } from '../errors.ts';
import { RowWriter } from '../row-writer.ts';
import { dumpOf } from './dump.ts';
import { actorOf, DUMP_FORMAT, entryItems, type Line, type TrailerLine } from './lines.ts';
import { readLines } from './read-lines.ts';

/**
 * Makes a store out of a dump, in an empty directory: writes synced, checks the digest, dumps what it has written again
 * and compares, and only then marks the directory as a store. When anything fails the directory is empty again.
 *
 * What the dump leaves out is made from what it has: `open` and `index` from the facets that each actor was stored
 * under, `counts` by counting them, the feed from the order of the entries.
 *
 * @param name what the input is called in messages.
 * @throws StoreToolError NOT_EMPTY, DUMP_UNREADABLE, DUMP_INCOMPLETE or DUMP_DAMAGED.
 */
export async function loadDump(
  input: AsyncIterable<Uint8Array>,
  name: string,
  directory: string,
  onAdvance: OnAdvance,
): Promise<TrailerLine> {
  const loading = new Loading(name);
  let trailer: TrailerLine | undefined;
  await buildIn(directory, async (files) => {
    const writer = new RowWriter(files);
    for await (const bytes of readLines(input, name)) {
      for (const item of loading.take(bytes)) await writer.add(rowOf(item));
      onAdvance({ part: 'loading', done: loading.lines, total: null, unit: 'lines' });
    }
    trailer = loading.end();
    for (const item of loading.counts()) await writer.add(rowOf(item));
    await writer.add(rowOf({ part: 'meta', kind: 'format', format: FORMAT }));
    await writer.flush();
    const snapshot = files.snapshot();
    try {
      await compare(dumpOf(snapshot), trailer, name, onAdvance);
    } finally {
      await snapshot.close();
    }
    await writer.finish();
  });
  if (trailer === undefined) throw incomplete(name);
  return trailer;
}

/** A dump of what was loaded must be the dump that was loaded. */
async function compare(
  again: ReturnType<typeof dumpOf>,
  { sha256 }: TrailerLine,
  name: string,
  onAdvance: OnAdvance,
): Promise<void> {
  let last = Buffer.alloc(0);
  for await (const { bytes, ...advance } of again) {
    if (bytes !== undefined) last = Buffer.from(bytes);
    onAdvance({ ...advance, part: 'checking' });
  }
  const trailer = JSON.parse(last.toString('utf8').trimEnd().split('\n').at(-1) ?? '{}') as Partial<TrailerLine>;
  if (trailer.sha256 !== sha256) throw damaged(name, 'what was loaded of it does not give it again');
}

/** The lines of a dump in their order, and what they add up to. */
class Loading {
  lines = 0;
  readonly #name: string;
  readonly #hash = createHash('sha256');
  readonly #tally = new Tally();
  readonly #counts = { actors: 0, entries: 0, cursors: 0, notes: 0 };
  #trailer: TrailerLine | undefined;

  constructor(name: string) {
    this.#name = name;
  }

  /** What a line stands for. */
  take(bytes: Uint8Array): readonly Item[] {
    this.lines += 1;
    if (this.#trailer !== undefined) throw damaged(this.#name, `line ${this.lines} follows its trailer`);
    const line = this.#read(bytes);
    if (this.lines === 1) {
      if (line.kind !== 'header') throw unreadable(this.#name, 'it does not begin with a header');
      if (line.ordo !== 'dump' || line.format !== DUMP_FORMAT || line.store !== FORMAT) {
        throw unreadable(this.#name, `it is in dump format ${line.format} with storage format ${line.store}`);
      }
    }
    if (line.kind !== 'trailer') this.#hash.update(bytes).update('\n');
    try {
      return this.#items(line);
    } catch (error) {
      if (error instanceof StoreToolError) throw error;
      throw damaged(this.#name, `line ${this.lines} is not what a dump holds`, error);
    }
  }

  /** The trailer, once all lines have been taken. */
  end(): TrailerLine {
    const trailer = this.#trailer;
    if (trailer === undefined) throw incomplete(this.#name);
    const { actors, entries, cursors, notes } = this.#counts;
    const holds =
      trailer.sha256 === this.#hash.digest('hex') &&
      trailer.actors === actors &&
      trailer.entries === entries &&
      trailer.cursors === cursors &&
      trailer.notes === notes;
    if (!holds) throw damaged(this.#name, 'its digest does not match its lines');
    return trailer;
  }

  counts(): readonly Item[] {
    return this.#tally.items();
  }

  #read(bytes: Uint8Array): Line {
    try {
      return JSON.parse(Buffer.from(bytes).toString('utf8')) as Line;
    } catch (error) {
      if (this.lines === 1) throw unreadable(this.#name, 'its first line is no JSON');
      throw damaged(this.#name, `line ${this.lines} is no JSON`, error);
    }
  }

  #items(line: Line): readonly Item[] {
    switch (line.kind) {
      case 'header':
        if (this.lines > 1) throw damaged(this.#name, `line ${this.lines} is a second header`);
        return [];
      case 'actor': {
        this.#counts.actors += 1;
        const address = line.address as Address;
        const actor = actorOf(line);
        this.#tally.add(address, actor.facets);
        return [{ part: 'actors', address, actor }, ...derivedItems(address, actor.facets)];
      }
      case 'entry':
        this.#counts.entries += 1;
        return entryItems(line);
      case 'cursor':
        this.#counts.cursors += 1;
        return [{ part: 'meta', kind: 'cursor', reader: line.reader, position: line.position }];
      case 'note':
        this.#counts.notes += 1;
        return [{ part: 'meta', kind: 'note', name: line.name, bytes: Buffer.from(line.bytes, 'base64') }];
      case 'trailer':
        this.#trailer = line;
        return [];
      default:
        throw damaged(this.#name, `line ${this.lines} is of no kind that a dump holds`);
    }
  }
}

function unreadable(name: string, why: string): StoreToolError {
  const message = `${name} is no dump that this version of ordo reads: ${why}. Name a file that ordo dump made.`;
  return new StoreToolError('DUMP_UNREADABLE', message);
}

function incomplete(name: string): StoreToolError {
  return new StoreToolError('DUMP_INCOMPLETE', `${name} ends before its trailer: it was cut off. Make the dump again.`);
}

function damaged(name: string, why: string, cause?: unknown): StoreToolError {
  return new StoreToolError('DUMP_DAMAGED', `${name} was altered after it was made: ${why}. Make the dump again.`, {
    cause,
  });
}
