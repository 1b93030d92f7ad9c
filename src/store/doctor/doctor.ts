import type { Definition } from '../../../runtime/definition.ts';
import type { StoreSnapshot } from '../../../runtime/ports.ts';
import { type Advance, Turns } from '../advance.ts';
import { counted } from '../snapshot-rows.ts';
import { Books, type GoodsSum, type MoneySum } from './books.ts';
import { Decisions } from './decisions.ts';
import type { FindingCode } from './finding.ts';
import type { Found } from './found.ts';
import { Lookup } from './lookup.ts';
import { Rest } from './rest.ts';
import { Survey } from './survey.ts';

/** What an examination came to. */
export interface DoctorReport {
  /** No finding that is more than a note. */
  readonly isSound: boolean;
  /** How many of each finding there are. */
  readonly findings: Readonly<Partial<Record<FindingCode, number>>>;
  /** Actors by type, forgotten ones too. */
  readonly actors: Readonly<Record<string, number>>;
  readonly entries: number;
  readonly rows: number;
  readonly money: readonly MoneySum[];
  readonly goods: GoodsSum;
}

/** How far an examination has come, and what it has found since it said so last. */
export type Examined = Advance & { readonly found: readonly Found[] };

/** How often it says how far it has come: in rows, and in ms where none are read for the first time. */
const SAY_EVERY_ROWS = 500;
const SAY_EVERY_MS = 100;

/**
 * Examines all that a snapshot holds: every checksum, each journal's chain, each history on its machine, everything that
 * is derived, money, goods and transactions. It goes only as far as it is pulled, and gives others their turn every few
 * milliseconds. Gives what it finds as it finds it; returns what it came to.
 */
export async function* examine(
  snapshot: StoreSnapshot,
  definitions: ReadonlyMap<string, Definition>,
): AsyncGenerator<Examined, DoctorReport> {
  const total = yield* nothingFound(counted(snapshot));
  const lookup = new Lookup(snapshot, definitions);
  const decisions = new Decisions(lookup);
  const books = new Books(lookup, decisions);
  const survey = new Survey(lookup, books, decisions);
  const rest = new Rest(lookup, survey.expected);
  const findings: Partial<Record<FindingCode, number>> = {};
  let isSound = true;
  let said = { done: 0, at: performance.now() };
  const turns = new Turns();
  for (const part of [survey, rest]) {
    for await (const found of part.run()) {
      for (const { finding } of found) {
        findings[finding.code] = (findings[finding.code] ?? 0) + 1;
        if (finding.severity === 'error') isSound = false;
      }
      await turns.pass();
      const done = survey.read + rest.read;
      const isSilent = done - said.done < SAY_EVERY_ROWS && performance.now() - said.at < SAY_EVERY_MS;
      if (found.length === 0 && isSilent) continue;
      said = { done, at: performance.now() };
      yield { part: 'examining', done, total, unit: 'rows', found };
    }
  }
  const { actors, entries } = survey.expected;
  yield { part: 'examining', done: total, total, unit: 'rows', found: [] };
  return {
    isSound,
    findings,
    actors: Object.fromEntries(actors),
    entries,
    rows: total,
    money: books.money,
    goods: books.goods,
  };
}

async function* nothingFound<Result>(work: AsyncGenerator<Advance, Result>): AsyncGenerator<Examined, Result> {
  for (let next = await work.next(); ; next = await work.next()) {
    if (next.done) return next.value;
    yield { ...next.value, found: [] };
  }
}
