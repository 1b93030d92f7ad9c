/** One of the tags that a client names; only a strong one can stand for a version that must be met. */
interface EntityTag {
  readonly weak: boolean;
  readonly value: string;
}

/** What `If-Match` or `If-None-Match` holds: any, or one of these (RFC 9110, 13.1). */
export type EntityTags = '*' | readonly EntityTag[];

/** The tag of an order's version. It is strong: an order at one version has one view, byte by byte. */
export function entityTagOf(version: number): string {
  return `"${version}"`;
}

const one = /[\t ]*(?:(W\/)?"([\x21\x23-\x7e\x80-\xff]*)")?[\t ]*(?:,|$)/y;

/** Reads a list of tags; undefined where it is none. Empty elements are skipped, as every list of HTTP may have them. */
export function parseEntityTags(text: string): EntityTags | undefined {
  if (text.trim() === '*') return '*';
  const tags: EntityTag[] = [];
  one.lastIndex = 0;
  while (one.lastIndex < text.length) {
    const match = one.exec(text);
    if (match === null) return undefined;
    if (match[2] !== undefined) tags.push({ weak: match[1] !== undefined, value: match[2] });
  }
  return tags.length === 0 ? undefined : tags;
}

/** The versions that strong tags stand for, each once. No other tag of ours ever was, so none of them can be met. */
export function versionsOf(tags: readonly EntityTag[]): readonly number[] {
  const versions = tags
    .filter(({ weak, value }) => !weak && /^(?:0|[1-9]\d{0,14})$/.test(value))
    .map(({ value }) => Number(value));
  return [...new Set(versions)];
}

/** Whether the client has this version already; weak tags count too (RFC 9110, 13.1.2). */
export function isKnown(tags: EntityTags, version: number): boolean {
  return tags === '*' || tags.some(({ value }) => value === String(version));
}
