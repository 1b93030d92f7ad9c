/** One figure over several rounds. */
export interface Figure {
  readonly median: number;
  /** The least and the most over the rounds. */
  readonly least: number;
  readonly most: number;
  readonly rounds: number;
}

/** The median of the rounds with its spread. */
export function figureOf(values: readonly number[]): Figure {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const upper = sorted[middle] ?? 0;
  const median = sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? 0) + upper) / 2;
  return { median, least: sorted[0] ?? 0, most: sorted.at(-1) ?? 0, rounds: sorted.length };
}

/** A line of the report: what was measured, in which unit, beside its floor and its target where it has them. */
export interface Row {
  readonly section: string;
  readonly name: string;
  readonly unit: string;
  readonly figure: Figure;
  /** The same work without Ordo, measured in the same rounds. */
  readonly floor?: { readonly name: string; readonly figure: Figure };
  /** `atLeast` or `atMost` this much. */
  readonly target?: { readonly atLeast: number } | { readonly atMost: number };
}

/** Whether a row's median meets its target; `undefined` for one that has none. */
export function isMet({ figure, target }: Row): boolean | undefined {
  if (target === undefined) return undefined;
  return 'atLeast' in target ? figure.median >= target.atLeast : figure.median <= target.atMost;
}
