/** Everything that the doctor may find, with what to do about it. docs/errors.md has a paragraph for each. */
export const FINDINGS = {
  VALUE_DAMAGED: 'ordo doctor --rebuild mends it where it can; otherwise restore a backup.',
  KEY_UNKNOWN: 'ordo doctor --rebuild takes it out and keeps a copy.',
  FORMAT_MISSING: 'ordo doctor --rebuild puts it back.',
  RECORD_MISSING: 'ordo doctor --rebuild makes it from its journal, if that is intact.',
  RECORD_UNREADABLE: 'ordo doctor --rebuild makes it from its journal, if that is intact.',
  RECORD_DIFFERS: 'Restore a backup; if that differs too, this build behaves otherwise than the one that wrote it.',
  HEAD_DIFFERS: 'Restore a backup. A record that is behind its journal is mended by ordo doctor --rebuild.',
  ENTRY_MISSING: 'Only a backup has it: restore one.',
  ENTRY_UNREADABLE: 'Only a backup has it: restore one.',
  CHAIN_BROKEN: 'Something has changed the journal: restore a backup.',
  REPLAY_DIFFERS: 'Run the build that wrote it; if it differs there too, restore a backup.',
  ANSWER_MISSING: 'A repeat of that request fails: restore a backup, or answer it by hand.',
  NOT_REPLAYED: 'Nothing: it was written by an older version of its machine, and is sound otherwise.',
  FACETS_DIFFER: 'ordo doctor --rebuild makes them anew from the record.',
  OPEN_DIFFERS: 'ordo doctor --rebuild makes it anew from the records.',
  INDEX_DIFFERS: 'ordo doctor --rebuild makes it anew from the records.',
  COUNT_DIFFERS: 'ordo doctor --rebuild makes it anew from the records.',
  FEED_DIFFERS: 'ordo doctor --rebuild mends it from the journals.',
  CURSOR_DIFFERS: 'ordo doctor --rebuild takes it out: the reader begins anew, and repeats what it has announced.',
  MONEY_DIFFERS: 'Compare the order with its payment, and correct the one that is wrong by a refund or by hand.',
  GOODS_DIFFER: 'Count the article, and compare it with its orders.',
  PARCELS_DIFFER: 'Compare the order with its shipment.',
  SUMS_INCOMPLETE: 'Mend the records that cannot be read first; then ask again.',
  BRANCH_DISAGREES: 'Compare the transaction with its branches (ordo tx get), and correct what is wrong by hand.',
  HOLD_WITHOUT_TRANSACTION: 'Nobody will ever decide it: restore a backup, or tell the developers.',
  MIXED: 'Nothing: somebody resolved it by hand, so its branches differ.',
} as const;

export type FindingCode = keyof typeof FINDINGS;

/** Notes tell of something that an operator should know, and that is no damage. */
const NOTES: ReadonlySet<FindingCode> = new Set(['NOT_REPLAYED', 'SUMS_INCOMPLETE', 'MIXED']);

/** One thing that is not as it should be. */
export interface Finding {
  readonly code: FindingCode;
  readonly severity: 'error' | 'note';
  /** The actor that it is about; `null` where it is about none. */
  readonly address: string | null;
  /** What is wrong, in one sentence. */
  readonly message: string;
  /** What to do about it. */
  readonly advice: string;
}

export function finding(code: FindingCode, address: string | null, message: string): Finding {
  return { code, severity: NOTES.has(code) ? 'note' : 'error', address, message, advice: FINDINGS[code] };
}
