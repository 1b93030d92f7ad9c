import type { StoreSnapshot } from '../../../runtime/ports.ts';
import { limits } from '../../contracts/index.ts';
import type { Advance, FileWork } from '../../store/advance.ts';
import type { DoctorReport, Examined } from '../../store/doctor/doctor.ts';
import type { Finding } from '../../store/doctor/finding.ts';
import type { Pulled } from './sessions.ts';

/** How long one pull may take before it answers with what there is, in ms. */
const PULL_MS = 250;
/** How many findings share a piece. */
const FINDINGS_A_PIECE = 100;

/** What of a piece its maker knows. */
interface Part {
  readonly progress: Advance;
  readonly last: boolean;
}

export interface FilePart extends Part {
  /** In base64. */
  readonly data: string;
}

export interface DoctorPart extends Part {
  readonly findings: readonly Finding[];
  readonly report: DoctorReport | null;
}

const NOT_BEGUN: Advance = { part: 'counting', done: 0, total: null, unit: 'rows' };

function progressOf({ part, done, total, unit }: Advance): Advance {
  return { part, done, total, unit };
}

/** The bytes of a file that is made from a snapshot. Holds at most what its maker gives at once. */
export class PulledFile implements Pulled<FilePart> {
  readonly #snapshot: StoreSnapshot;
  readonly #work: FileWork;
  #pending: Buffer = Buffer.alloc(0);
  #progress = NOT_BEGUN;
  #isOver = false;

  constructor(snapshot: StoreSnapshot, make: (snapshot: StoreSnapshot) => FileWork) {
    this.#snapshot = snapshot;
    this.#work = make(snapshot);
  }

  async next(): Promise<FilePart> {
    const until = performance.now() + PULL_MS;
    while (!this.#isOver && this.#pending.length < limits.pieceBytes && performance.now() < until) {
      const next = await this.#work.next();
      if (next.done) this.#isOver = true;
      else {
        this.#progress = progressOf(next.value);
        if (next.value.bytes !== undefined) this.#pending = Buffer.concat([this.#pending, next.value.bytes]);
      }
    }
    const data = this.#pending.subarray(0, limits.pieceBytes).toString('base64');
    this.#pending = this.#pending.subarray(limits.pieceBytes);
    return { data, progress: this.#progress, last: this.#isOver && this.#pending.length === 0 };
  }

  async close(): Promise<void> {
    await this.#work.return();
    await this.#snapshot.close();
  }
}

/** What the doctor finds in a snapshot. */
export class PulledExamination implements Pulled<DoctorPart> {
  readonly #snapshot: StoreSnapshot;
  readonly #work: AsyncGenerator<Examined, DoctorReport>;
  #pending: Finding[] = [];
  #listed = 0;
  #progress = NOT_BEGUN;
  #report: DoctorReport | undefined;

  constructor(snapshot: StoreSnapshot, make: (snapshot: StoreSnapshot) => AsyncGenerator<Examined, DoctorReport>) {
    this.#snapshot = snapshot;
    this.#work = make(snapshot);
  }

  async next(): Promise<DoctorPart> {
    const until = performance.now() + PULL_MS;
    while (this.#report === undefined && this.#pending.length < FINDINGS_A_PIECE && performance.now() < until) {
      const next = await this.#work.next();
      if (next.done) this.#report = next.value;
      else {
        this.#progress = progressOf(next.value);
        this.#list(next.value.found.map(({ finding }) => finding));
      }
    }
    const findings = this.#pending.splice(0, FINDINGS_A_PIECE);
    const last = this.#report !== undefined && this.#pending.length === 0;
    return { findings, report: last ? (this.#report ?? null) : null, progress: this.#progress, last };
  }

  async close(): Promise<void> {
    // What it would return is not looked at any more.
    await this.#work.return(undefined as never);
    await this.#snapshot.close();
  }

  #list(found: readonly Finding[]): void {
    const listed = found.slice(0, limits.findings - this.#listed);
    this.#listed += listed.length;
    this.#pending.push(...listed);
  }
}
