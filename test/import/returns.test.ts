import { describe, expect, it } from 'vitest';
import { ReturnMatcher } from '../../src/import/online-retail/returns.ts';
import type { Row } from '../../src/import/online-retail/rows.ts';
import { returnStories, type Story } from './return-stories.ts';

function rowOf(story: { code: string; quantity: number; price: number; customer: string }): Row {
  return { index: 0, invoice: 'C1', description: '', time: '2011-01-01 10:00:00', country: '', ...story };
}

/** Plays a story on a matcher and gives, for each returned row, what was said and what should have been. */
function play(story: Story): { said: unknown; meant: unknown }[] {
  const matcher = new ReturnMatcher();
  const said: { said: unknown; meant: unknown }[] = [];
  const codes: Record<string, string> = { S: '70000XY', lower: '70000xy', other: '71000' };
  let orders = 0;
  for (const chapter of story.chapters) {
    if (!('returns' in chapter)) {
      const { quantity, price, code = 'S' } = 'buys' in chapter ? chapter.buys : chapter.buysLate;
      const order = String('buys' in chapter ? orders : chapter.order);
      matcher.sell('c', order, { line: 1, sku: codes[code] ?? code, name: '', quantity, unitPrice: price });
      if ('buys' in chapter) orders += 1;
      continue;
    }
    for (const { quantity, price, code = 'S', customer, fate } of chapter.returns) {
      const who = customer === 'none' ? '' : customer === 'another' ? 'd' : 'c';
      const outcome = matcher.giveBack(rowOf({ code: codes[code] ?? code, quantity: -quantity, price, customer: who }));
      said.push({
        said:
          outcome.kind === 'refused' ? outcome.reason : outcome.parts.map(({ order, quantity }) => [order, quantity]),
        meant: typeof fate === 'string' ? fate : fate.map((part) => [String(part.order), part.quantity]),
      });
    }
  }
  return said;
}

describe('matching returns', () => {
  it.each(returnStories.map((story) => [story.name, story] as const))('%s', (_, story) => {
    const rows = play(story);
    expect(rows.length).toBeGreaterThan(0);
    for (const { said, meant } of rows) expect(said).toEqual(meant);
  });
});
