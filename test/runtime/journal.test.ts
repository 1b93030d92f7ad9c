import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CHAIN_START, chain, hashOf, type JournalEntry, unpackEntry } from '../../runtime/journal.ts';

const entry = (seq: number): JournalEntry => ({
  seq,
  at: 1_000 + seq,
  event: { type: 'pay', amount: seq },
  cause: `request r${seq}`,
  from: seq === 1 ? null : { life: 'open' },
  to: { life: 'open', payment: 'paid' },
  announcements: [{ type: 'paid', amount: seq }],
});

const full: JournalEntry = {
  ...entry(2),
  by: 'Ann',
  trace: '00-ab-cd-01',
  answer: { error: true, bytes: Buffer.from('{"code":"NO"}') },
  record: Buffer.from('the whole record'),
};

/** Whether each entry carries the hash of the one before it, and the last one's is the head. */
function isChain(entries: readonly Uint8Array[], head: Uint8Array): boolean {
  let last = CHAIN_START;
  for (const bytes of entries) {
    let previous: Uint8Array;
    try {
      ({ previous } = unpackEntry(bytes));
    } catch {
      return false;
    }
    if (Buffer.compare(previous, last) !== 0) return false;
    last = hashOf(bytes);
  }
  return Buffer.compare(last, head) === 0;
}

function chained(count: number): { entries: Uint8Array[]; head: Uint8Array } {
  const entries: Uint8Array[] = [];
  let head = CHAIN_START;
  for (let seq = 1; seq <= count; seq += 1) {
    const next = chain(head, entry(seq));
    entries.push(next.bytes);
    head = next.head;
  }
  return { entries, head };
}

describe('A journal entry', () => {
  it.each([
    ['the first', entry(1)],
    ['a later one', entry(2)],
    ['one with everything', full],
  ])('comes back as it was written: %s', (_what, written) => {
    const previous = Buffer.from('0123456789abcdef');
    const { previous: before, ...read } = unpackEntry(chain(previous, written).bytes);
    expect(Buffer.from(before)).toEqual(previous);
    const bytes = (one: JournalEntry) => ({
      ...one,
      ...(one.answer !== undefined && { answer: { ...one.answer, bytes: Buffer.from(one.answer.bytes) } }),
      ...(one.record !== undefined && { record: Buffer.from(one.record) }),
    });
    expect(bytes(read)).toEqual(bytes(written));
    expect(Object.keys(read).sort()).toEqual(Object.keys(written).sort());
  });
});

describe('A journal', () => {
  it('is a chain: each entry carries the hash of the one before it', () => {
    const { entries, head } = chained(20);
    expect(isChain(entries, head)).toBe(true);
    expect(head).toHaveLength(16);
  });

  it('is broken by any bit that changes in any entry', () => {
    const { entries, head } = chained(5);
    fc.assert(
      fc.property(fc.nat(4), fc.nat(), fc.nat(7), (index, place, bit) => {
        const changed = entries.map((bytes) => new Uint8Array(bytes));
        const bytes = changed[index] ?? new Uint8Array(1);
        const at = place % bytes.length;
        bytes[at] = (bytes[at] ?? 0) ^ (1 << bit);
        expect(isChain(changed, head)).toBe(false);
      }),
    );
  });

  it('is broken by an entry that is left out, put in twice or put elsewhere', () => {
    const { entries, head } = chained(4);
    const [first, second, third, fourth] = entries as [Uint8Array, Uint8Array, Uint8Array, Uint8Array];
    for (const others of [
      [first, third, fourth],
      [first, second, third],
      [second, third, fourth],
      [first, second, second, third, fourth],
      [first, third, second, fourth],
    ]) {
      expect(isChain(others, head)).toBe(false);
    }
  });
});
