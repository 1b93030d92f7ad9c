import type { StateValue } from 'xstate';
import type { Address } from '../address.ts';
import type { Definition } from '../definition.ts';
import { messageOf, RuntimeError } from '../errors.ts';
import type { Store } from '../ports.ts';
import { type CheckedRecord, checkRecord, type Verdict } from './record-check.ts';

/** Records that are alike: the same machine, version and state, and the same would become of them. */
export interface SurveyRow {
  readonly machine: string;
  readonly version: number;
  /** Its innermost states, `life.open payment.paid`. */
  readonly state: string;
  readonly outcome: Verdict['kind'];
  readonly problems: readonly string[];
  readonly records: number;
  readonly examples: readonly Address[];
}

/** What would become of every record of a store. */
export interface Survey {
  readonly records: number;
  readonly asIs: number;
  readonly migrates: number;
  readonly breaks: number;
  /** By machine, version and state; what breaks comes first among the same. */
  readonly rows: readonly SurveyRow[];
  /** Records that match their checksum no more. No build can read them, so they say nothing against this one. */
  readonly damaged: { readonly records: number; readonly examples: readonly string[] };
}

/** How many addresses are read at once. */
const PAGE = 256;
/** The most rows; what is in yet other states is put together, so that memory stays bounded whatever is stored. */
const MOST_ROWS = 1_000;
const OTHER_STATES = '(other states)';

/**
 * Checks every record of a store against this build, a page at a time. Nothing is written.
 *
 * @param options.now the clock's time (ms since 1970).
 * @param options.examples how many addresses each row names at most.
 * @param options.onActors called after each page with how many actors it had, forgotten ones among them.
 * @throws RuntimeError STORE_CORRUPT, STORE_FAILED from the store; single damaged records are counted instead.
 */
export async function surveyStore(
  store: Store,
  definitions: ReadonlyMap<string, Definition>,
  options: { readonly now: number; readonly examples: number; readonly onActors?: (count: number) => void },
): Promise<Survey> {
  const tally = new Tally(options.examples);
  for await (const page of pagesOf(store)) {
    for (const address of page) {
      const bytes = tally.reading(() => store.read(address)?.record);
      if (bytes != null) tally.add(address, checkRecord(definitions, address, bytes, options.now));
    }
    options.onActors?.(page.length);
  }
  return tally.survey();
}

/** The addresses of all actors, a page at a time. Others get their turn between two pages. */
export async function* pagesOf(store: Store): AsyncGenerator<readonly Address[]> {
  let after: Address | undefined;
  do {
    const page: readonly Address[] = await store.addresses(after, PAGE);
    if (page.length > 0) yield page;
    after = page.length === PAGE ? page.at(-1) : undefined;
  } while (after !== undefined);
}

type GrowingRow = Omit<SurveyRow, 'records' | 'examples'> & { records: number; readonly examples: Address[] };

/** Counts checked records. */
class Tally {
  readonly #examples: number;
  readonly #rows = new Map<
    string,
    Omit<SurveyRow, 'records' | 'examples'> & { records: number; examples: Address[] }
  >();
  readonly #totals = { records: 0, asIs: 0, migrates: 0, breaks: 0 };
  readonly #damaged = { records: 0, examples: [] as string[] };

  constructor(examples: number) {
    this.#examples = examples;
  }

  /** Reads a record; one that is damaged is counted and passed over. */
  reading<T>(read: () => T): T | undefined {
    try {
      return read();
    } catch (error) {
      if (!(error instanceof RuntimeError) || error.code !== 'STORE_CORRUPT') throw error;
      this.#damaged.records += 1;
      if (this.#damaged.examples.length < this.#examples) this.#damaged.examples.push(messageOf(error));
      return undefined;
    }
  }

  add(address: Address, { machine, version, value, verdict }: CheckedRecord): void {
    this.#totals.records += 1;
    this.#totals[verdict.kind] += 1;
    const problems = verdict.kind === 'breaks' ? verdict.problems : [];
    const row = this.#row(machine, version, value === null ? '' : statesOf(value).join(' '), verdict.kind, problems);
    row.records += 1;
    if (row.examples.length < this.#examples) row.examples.push(address);
  }

  survey(): Survey {
    const rows = [...this.#rows.values()].toSorted(
      (a, b) =>
        compare(a.machine, b.machine) ||
        a.version - b.version ||
        compare(a.state, b.state) ||
        Number(b.outcome === 'breaks') - Number(a.outcome === 'breaks'),
    );
    return { ...this.#totals, rows, damaged: this.#damaged };
  }

  #row(
    machine: string,
    version: number,
    state: string,
    outcome: Verdict['kind'],
    problems: readonly string[],
  ): GrowingRow {
    const key = JSON.stringify([machine, version, state, outcome, problems]);
    const known = this.#rows.get(key);
    if (known !== undefined) return known;
    if (this.#rows.size >= MOST_ROWS && state !== OTHER_STATES) {
      return this.#row(machine, version, OTHER_STATES, outcome, []);
    }
    const row: GrowingRow = { machine, version, state, outcome, problems, records: 0, examples: [] };
    this.#rows.set(key, row);
    return row;
  }
}

function statesOf(value: StateValue, prefix = ''): readonly string[] {
  if (typeof value === 'string') return [prefix + value];
  return Object.entries(value).flatMap(([name, inner]) =>
    inner === undefined ? [] : statesOf(inner, `${prefix}${name}.`),
  );
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a === b ? 0 : 1;
}
