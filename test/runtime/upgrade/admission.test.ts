import { beforeEach, describe, expect, it } from 'vitest';
import type { Definition } from '../../../runtime/definition.ts';
import { RuntimeError } from '../../../runtime/errors.ts';
import { admit, allMigrated } from '../../../runtime/upgrade/admission.ts';
import { surveyStore } from '../../../runtime/upgrade/survey.ts';
import { job1 } from '../fixtures/job.ts';
import { job, TestNode } from '../fixtures/node.ts';
import { otherJob } from '../fixtures/other-job.ts';
import { StoreProxy } from '../fixtures/store-proxy.ts';
import { closeStores, STORES } from '../fixtures/stores.ts';

const registered = (...definitions: readonly Definition[]) => new Map(definitions.map((one) => [one.type, one]));
const asItIs: NonNullable<Definition['migrate']> = ({ value, context }) => ({ value, context });

const build1 = registered(job1);
const build2 = registered(otherJob({ version: 2, migrate: asItIs }));
const unprepared = registered(otherJob({ version: 2 }));
/** The same version, with another idea of what a job is. */
const changed = registered(otherJob({ states: { resting: {} } }));
const choosy = registered(
  otherJob({
    contextShape: { text: 'owned', wrongIn: ({ owner }) => (owner === 'Ann' ? undefined : 'owner must be Ann') },
  }),
);

/** A store whose note is lost when it is to be saved, as by a crash, or whose records are damaged. */
class FragileStore extends StoreProxy {
  savesNotes = true;
  damaged: string | undefined;
  noteIsDamaged = false;

  override async saveNote(name: string, bytes: Uint8Array): Promise<void> {
    if (!this.savesNotes) throw new Error('a crash');
    return super.saveNote(name, bytes);
  }

  override note(name: string): Uint8Array | undefined {
    if (this.noteIsDamaged) throw new RuntimeError('STORE_CORRUPT', `The note ${name} is damaged.`);
    return super.note(name);
  }

  override read(address: Parameters<StoreProxy['read']>[0]) {
    if (address === this.damaged) throw new RuntimeError('STORE_CORRUPT', `The record of ${address} is damaged.`);
    return super.read(address);
  }
}

closeStores();

describe.each(STORES)('A build that is to serve a %s store', (_name, open) => {
  let store: FragileStore;
  let said: { readonly level: string; readonly fields: object; readonly message: string }[];

  const log = {
    info: (fields: object, message: string) => void said.push({ level: 'info', fields, message }),
    warn: (fields: object, message: string) => void said.push({ level: 'warn', fields, message }),
  };
  const admitted = (build: ReadonlyMap<string, Definition>) => admit(store, build, { now: 5_000_000, log });

  beforeEach(async () => {
    store = new FragileStore(await open());
    said = [];
  });

  /** Three jobs that rest, one that works, and one that is forgotten. */
  async function fill(): Promise<void> {
    const node = await TestNode.started({ store });
    await node.create('a', 'b', 'c', 'd', 'e');
    node.tell(job('d'), { type: 'work', to: 'job/z' });
    await node.command(job('e'), { type: 'quit' });
    await node.quiet();
    store.reads.read = 0;
  }

  it('is let in where there is nothing yet, and noted', async () => {
    expect(await admitted(build1)).toBe(false);
    expect(said).toEqual([]);
    await fill();
    expect(await admitted(build1)).toBe(false);
  });

  it('is let in without a look at the records where it was last', async () => {
    await admitted(build1);
    await fill();
    expect(await admitted(build1)).toBe(false);
    expect(store.reads.read).toBe(0);
    expect(said).toEqual([]);
  });

  it('has every record checked where nobody has noted who was last', async () => {
    await fill();
    expect(await admitted(build1)).toBe(false);
    expect(said.map(({ fields }) => fields)).toEqual([
      { changes: ['it is not known which machines have served it'] },
      { records: 4, asIs: 4, migrates: 0 },
    ]);
    store.reads.read = 0;
    await admitted(build1);
    expect(store.reads.read).toBe(0);
  });

  it('of another version is let in when every record can be migrated, and says that this is to be done', async () => {
    await admitted(build1);
    await fill();
    expect(await admitted(build2)).toBe(true);
    expect(said[0]?.fields).toEqual({ changes: ['job was version 1 and is version 2'] });
    expect(said[1]?.fields).toEqual({ records: 4, asIs: 0, migrates: 4 });
  });

  it('says so at every start until it is done', async () => {
    await admitted(build1);
    await fill();
    await admitted(build2);
    said = [];
    expect(await admitted(build2)).toBe(true);
    expect(said).toEqual([]);
    await allMigrated(store, build2);
    expect(await admitted(build2)).toBe(false);
  });

  it('is refused with machine, version, state, count, reason and examples where records would be lost', async () => {
    await admitted(build1);
    await fill();
    const head = store.feedHead;
    const error: unknown = await admitted(unprepared).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: 'VERSION_UNKNOWN' });
    const { message } = error as Error;
    expect(message).toContain(
      '4 of 4 records would be lost with this build, so it does not start; nothing has changed',
    );
    expect(message).toContain('ordo check-upgrade');
    expect(message).toMatch(/job version 1 in idle: 3 \(.* no migrate function\), such as job\/a, job\/b, job\/c/);
    expect(message).toMatch(/job version 1 in working: 1 \(.*\), such as job\/d/);
    expect(store.feedHead).toBe(head);
    // The build that wrote them is still the one that it was last served by.
    store.reads.read = 0;
    expect(await admitted(build1)).toBe(false);
    expect(store.reads.read).toBe(0);
  });

  it('that is older than a record is refused, and let in as long as there is none', async () => {
    await admitted(build1);
    await fill();
    await admitted(build2);
    expect(await admitted(build1)).toBe(false);
    await admitted(build2);
    const node = await TestNode.started({ store, definitions: [...build2.values()] });
    await node.host.look(job('a'));
    await expect(admitted(build1)).rejects.toThrow(/job version 2 in idle: 1 \(a newer build has written it/);
  });

  it('with another chart under the same version is let in when every record fits, and that is said', async () => {
    await admitted(build1);
    await fill();
    expect(await admitted(changed)).toBe(false);
    expect(said[0]?.fields).toEqual({
      changes: ['job has other states, events or context than before, under the same version 1'],
    });
  });

  it('with another chart under the same version is refused when a record does not fit', async () => {
    await admitted(build1);
    await fill();
    await expect(admitted(choosy)).rejects.toThrow('context: owner must be Ann');
  });

  it('without a machine that has records is refused; without one that has none it is not', async () => {
    await admitted(new Map([...build1, ['pet', { ...job1, type: 'pet' }]]));
    await fill();
    await expect(admitted(registered({ ...job1, type: 'pet' }))).rejects.toThrow(
      'this build has no machine called job',
    );
    expect(await admitted(build1)).toBe(false);
    expect(said.at(-2)?.fields).toEqual({ changes: ['pet is gone'] });
  });

  it('is checked again when it crashed before that was noted', async () => {
    await admitted(build1);
    await fill();
    store.savesNotes = false;
    await expect(admitted(build2)).rejects.toThrow('a crash');
    store.savesNotes = true;
    store.reads.read = 0;
    expect(await admitted(build2)).toBe(true);
    expect(store.reads.read).toBeGreaterThan(0);
  });

  it('is let in when the note is damaged, once all records were looked at', async () => {
    await admitted(build1);
    await fill();
    store.noteIsDamaged = true;
    expect(await admitted(build1)).toBe(false);
    expect(said.map(({ level }) => level)).toEqual(['warn', 'info', 'info']);
    expect(store.reads.read).toBeGreaterThan(0);
  });

  it('is not held up by a damaged record, which no build can read', async () => {
    await fill();
    store.damaged = 'job/b';
    expect(await admitted(build1)).toBe(false);
    expect(said.find(({ level }) => level === 'warn')?.fields).toEqual({
      records: 1,
      examples: ['The record of job/b is damaged.'],
    });
  });

  it('has counted what it would make of each record, by version and state, with so many examples', async () => {
    await fill();
    const pages: number[] = [];
    const survey = await surveyStore(store, build2, { now: 5_000_000, examples: 2, onActors: (n) => pages.push(n) });
    expect(survey).toMatchObject({ records: 4, asIs: 0, migrates: 4, breaks: 0, damaged: { records: 0 } });
    expect(survey.rows).toEqual([
      {
        machine: 'job',
        version: 1,
        state: 'idle',
        outcome: 'migrates',
        problems: [],
        records: 3,
        examples: ['job/a', 'job/b'],
      },
      {
        machine: 'job',
        version: 1,
        state: 'working',
        outcome: 'migrates',
        problems: [],
        records: 1,
        examples: ['job/d'],
      },
    ]);
    expect(pages).toEqual([5]);
  });
});
