import type { Definition } from '../definition.ts';
import { messageOf, RuntimeError } from '../errors.ts';
import type { Store } from '../ports.ts';
import { pack, unpack } from '../record.ts';
import { type Build, buildOf } from './fingerprint.ts';
import { type Survey, type SurveyRow, surveyStore } from './survey.ts';

/** What an admission says. */
export interface AdmissionLog {
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
}

/** The name of the store's note about the build that last served it. */
const NOTE = 'machines';
/** How many addresses a refusal names for each kind of record. */
const EXAMPLES = 3;
/** After how many actors the log says how far the check is. */
const TELL_EVERY = 100_000;
/** How many kinds of records a refusal lists. */
const MOST_LISTED = 20;

interface Note {
  readonly machines: ReadonlyMap<string, Build>;
  /** Older records may be left, which are still to be migrated. */
  readonly isMigrating: boolean;
}

/**
 * Lets a build serve a store, or refuses it before anything is lost. What the store was last served by stands in a note
 * in it: the same machines need no look at the records, so that a start does not take longer the more orders there are.
 * Other machines have every record checked first; the note follows only when all of them fit, so that a crash in the
 * middle costs nothing but a second look.
 *
 * @returns whether records of older versions may be left: `migrateBacklog` takes them over.
 * @throws RuntimeError VERSION_UNKNOWN that names machines, states, counts and examples of what this build would lose.
 */
export async function admit(
  store: Store,
  definitions: ReadonlyMap<string, Definition>,
  options: { readonly now: number; readonly log: AdmissionLog },
): Promise<boolean> {
  const { log, now } = options;
  const build = buildOf(definitions);
  const noted = readNote(store, log);
  if (noted !== undefined && changesBetween(noted.machines, build).length === 0) return noted.isMigrating;
  if (store.feedHead === 0) {
    await saveNote(store, { machines: build, isMigrating: false });
    return false;
  }
  const changes =
    noted === undefined ? ['it is not known which machines have served it'] : changesBetween(noted.machines, build);
  log.info({ changes }, 'Checking every record before the start');
  let checked = 0;
  const onActors = (count: number) => {
    const before = checked;
    checked += count;
    if (Math.floor(checked / TELL_EVERY) > Math.floor(before / TELL_EVERY)) log.info({ checked }, 'Checking');
  };
  const survey = await surveyStore(store, definitions, { now, examples: EXAMPLES, onActors });
  const { records, asIs, migrates, damaged } = survey;
  if (survey.breaks > 0) throw refusal(survey);
  if (damaged.records > 0) log.warn(damaged, 'Damaged records were passed over: no build can read them');
  await saveNote(store, { machines: build, isMigrating: migrates > 0 });
  log.info({ records, asIs, migrates }, 'Every record fits this build');
  return migrates > 0;
}

/** Notes that no record of an older version is left. */
export async function allMigrated(store: Store, definitions: ReadonlyMap<string, Definition>): Promise<void> {
  await saveNote(store, { machines: buildOf(definitions), isMigrating: false });
}

/** In words, machine by machine; none when the two take the same records. */
function changesBetween(before: ReadonlyMap<string, Build>, now: ReadonlyMap<string, Build>): readonly string[] {
  const gone = [...before.keys()].filter((type) => !now.has(type)).map((type) => `${type} is gone`);
  const others = [...now].flatMap(([type, { version, fingerprint }]) => {
    const old = before.get(type);
    if (old === undefined) return [`${type} is new`];
    if (old.version !== version) return [`${type} was version ${old.version} and is version ${version}`];
    if (old.fingerprint === fingerprint) return [];
    return [`${type} has other states, events or context than before, under the same version ${version}`];
  });
  return [...gone, ...others];
}

function refusal({ breaks, records, rows }: Survey): RuntimeError {
  const broken = rows.filter(({ outcome }) => outcome === 'breaks');
  const listed = broken.slice(0, MOST_LISTED).map(lineOf);
  if (broken.length > MOST_LISTED) listed.push(`and ${broken.length - MOST_LISTED} more kinds`);
  return new RuntimeError(
    'VERSION_UNKNOWN',
    `${breaks} of ${records} records would be lost with this build, so it does not start; nothing has changed. ` +
      'Run the build that wrote them, or give the machine a migrate function (docs/machines.md); ' +
      `ordo check-upgrade tells beforehand.\n  ${listed.join('\n  ')}`,
  );
}

function lineOf({ machine, version, state, records, problems, examples }: SurveyRow): string {
  const where = `${machine} version ${version}${state === '' ? '' : ` in ${state}`}`;
  return `${where}: ${records} (${problems.join('; ')}), such as ${examples.join(', ')}`;
}

/** A note that is damaged, or of a kind that this build does not know, is none: the records are asked instead. */
function readNote(store: Store, log: AdmissionLog): Note | undefined {
  try {
    const bytes = store.note(NOTE);
    if (bytes === undefined) return undefined;
    const { machines, isMigrating } = unpack(bytes) as { machines: Record<string, Build>; isMigrating: boolean };
    return { machines: new Map(Object.entries(machines)), isMigrating };
  } catch (error) {
    if (error instanceof RuntimeError && error.code !== 'STORE_CORRUPT') throw error;
    log.warn({ why: messageOf(error) }, 'The note of which machines have served this store cannot be read');
    return undefined;
  }
}

async function saveNote(store: Store, { machines, isMigrating }: Note): Promise<void> {
  await store.saveNote(NOTE, pack({ machines: Object.fromEntries(machines), isMigrating }));
}
