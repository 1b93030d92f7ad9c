import { type AnnouncementSource, announcementKinds, encodeToken } from '../../contracts/index.ts';
import type { Selection } from './options.ts';

/** Which subjects a selection of announcements comes on. */
export interface SelectedSubjects {
  /** One subject, with wildcards, for each thing that is selected. None overlaps another. */
  readonly each: readonly string[];
  /** One subject that has all of them and possibly more: a consumer takes no more than one before NATS 2.10. */
  readonly covering: string;
}

const sources = Object.keys(announcementKinds) as AnnouncementSource[];
const everything = 'events.>';

/** The subjects of a selection. Throws RangeError where it selects nothing. */
export function selectedSubjects(selection: Selection): SelectedSubjects {
  const { types } = selection;
  const named = sources.filter((source) => selection[source] !== undefined);
  // `events.>` and not every source by its name: a newer service announces of others, too.
  if (named.length === 0 && types === undefined) return { each: [everything], covering: everything };
  const followed = named.length === 0 ? sources : named;
  if (types !== undefined) checkTypes(types, followed);
  const groups = followed
    .map((source) => ({ prefix: prefixOf(source, selection[source]), kinds: chosenKinds(source, types) }))
    .filter(({ kinds }) => kinds.length > 0);
  const each = groups.flatMap(({ prefix, kinds }) => kinds.map((kind) => `${prefix}.${kind}`));
  const [first] = groups;
  if (first === undefined || groups.length > 1) return { each, covering: everything };
  const { prefix, kinds } = first;
  return { each, covering: kinds.length === 1 ? `${prefix}.${kinds[0]}` : `${prefix}.*` };
}

/** Whether a subject is one of those selected. */
export function isSelected(subject: string, { each }: SelectedSubjects): boolean {
  const tokens = subject.split('.');
  return each.some((pattern) => matches(tokens, pattern.split('.')));
}

function checkTypes(types: readonly string[], followed: readonly AnnouncementSource[]): void {
  if (types.length === 0) throw new RangeError('types must name at least one type; leave it out to follow all');
  const known: readonly string[] = followed.flatMap((source) => announcementKinds[source]);
  const stranger = types.find((type) => !known.includes(type));
  if (stranger === undefined) return;
  throw new RangeError(
    `types: "${stranger}" is not announced of ${followed.join(', ')}; name some of ${known.join(', ')}`,
  );
}

function prefixOf(source: AnnouncementSource, id: string | undefined): string {
  if (id === '') throw new RangeError(`${source} must not be empty; leave it out to follow all`);
  return `events.${source}.${id === undefined ? '*' : encodeToken(id)}`;
}

function chosenKinds(source: AnnouncementSource, types: readonly string[] | undefined): readonly string[] {
  return types === undefined ? ['*'] : announcementKinds[source].filter((kind) => types.includes(kind));
}

function matches(tokens: readonly string[], pattern: readonly string[]): boolean {
  if (pattern.at(-1) === '>') return tokens.length >= pattern.length;
  return tokens.length === pattern.length && pattern.every((part, index) => part === '*' || part === tokens[index]);
}
