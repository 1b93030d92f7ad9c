import type { StoredRow } from '../../../runtime/ports.ts';
import { type Finding, type FindingCode, finding } from './finding.ts';

/** What would mend a finding. A row that is put under its true key again is exact; one that is made anew is not. */
export interface Repair {
  readonly puts: readonly StoredRow[];
  readonly deletes: readonly Uint8Array[];
  readonly isExact?: true;
}

/** A finding together with what would mend it, if anything would. */
export interface Found {
  readonly finding: Finding;
  readonly repair?: Repair;
}

export function found(code: FindingCode, address: string | null, message: string, repair?: Repair): Found {
  return { finding: finding(code, address, message), ...(repair !== undefined && { repair }) };
}
