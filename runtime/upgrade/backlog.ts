import { type Address, typeOf } from '../address.ts';
import type { Definition } from '../definition.ts';
import { RuntimeError } from '../errors.ts';
import type { Host } from '../host.ts';
import type { HostLog } from '../host-options.ts';
import type { Store } from '../ports.ts';
import { unpackRecord } from '../record.ts';
import { allMigrated } from './admission.ts';
import { pagesOf } from './survey.ts';

/** How many actors are migrated at once: commands share their batches, and wait for no more than that. */
const AT_ONCE = 64;

/**
 * Migrates in the background, after the start, whatever is of an older version and has not been asked for: counts and
 * lists go by how each actor was last filed, so they would mix two versions for as long as orders rest (decision 0013).
 * What a crash interrupts goes on with the next start.
 *
 * @returns a function that ends it. What has begun is finished by the host.
 */
export function migrateBacklog(options: {
  readonly host: Host;
  readonly store: Store;
  readonly definitions: ReadonlyMap<string, Definition>;
  readonly log: HostLog & { info(fields: object, message: string): void };
}): () => void {
  const { host, store, definitions, log } = options;
  let isStopped = false;
  const run = async () => {
    let migrated = 0;
    const failures: unknown[] = [];
    for await (const page of pagesOf(store)) {
      const outdated = page.filter((address) => isOutdated(store, definitions, address));
      for (let from = 0; from < outdated.length && !isStopped; from += AT_ONCE) {
        // To look at an actor is to have it migrated, and to wait until that is on disk.
        const looks = outdated.slice(from, from + AT_ONCE).map((address) => host.look(address));
        for (const result of await Promise.allSettled(looks)) {
          if (result.status === 'fulfilled') migrated += 1;
          else failures.push(result.reason);
        }
      }
      if (isStopped) return;
    }
    if (failures.length > 0) {
      const failed = failures.length;
      log.error(
        { migrated, failed, err: failures[0] },
        'Some records could not be migrated; trying again at the next start',
      );
      return;
    }
    await allMigrated(store, definitions);
    log.info({ migrated }, 'No record of an older version is left');
  };
  run().catch((error: unknown) => {
    if (!isStopped) log.error({ err: error }, 'Migrating in the background has failed; it goes on at the next start');
  });
  return () => {
    isStopped = true;
  };
}

/** What is damaged no start can migrate. */
function isOutdated(store: Store, definitions: ReadonlyMap<string, Definition>, address: Address): boolean {
  try {
    const bytes = store.read(address)?.record;
    return bytes != null && unpackRecord(bytes).version !== definitions.get(typeOf(address))?.version;
  } catch (error) {
    if (error instanceof RuntimeError && error.code === 'STORE_CORRUPT') return false;
    throw error;
  }
}
