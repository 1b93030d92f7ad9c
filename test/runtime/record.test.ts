import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type ActorRecord, pack, packRecord, unpack, unpackRecord } from '../../runtime/record.ts';

const anyName = fc.string({ unit: 'grapheme', minLength: 1 });
const anyNumber = fc.oneof(
  fc.maxSafeInteger(),
  fc.double({ noNaN: true, noDefaultInfinity: true }).map((n) => n + 0),
);
const anyJson = fc.letrec<{ json: unknown; object: Record<string, unknown> }>((tie) => ({
  json: fc.oneof(
    { depthSize: 'small' },
    fc.constantFrom(null, true, false),
    anyNumber,
    fc.string({ unit: 'grapheme' }),
    fc.array(tie('json'), { maxLength: 4 }),
    tie('object'),
  ),
  object: fc
    .dictionary(anyName, tie('json'), { noNullPrototype: true, maxKeys: 4 })
    .filter((object) => !Object.hasOwn(object, '__proto__')),
}));
const anyEvent = anyJson.object.chain((fields) => anyName.map((type) => ({ ...fields, type })));
const anyAt = fc.nat(2 ** 42);
const anyRequest = fc.record({ id: anyName, hash: anyName });

const anyRecord: fc.Arbitrary<ActorRecord> = fc.record({
  machine: anyName,
  version: fc.nat(),
  seq: fc.maxSafeNat(),
  at: anyAt,
  value: fc.oneof(
    anyName,
    fc.dictionary(
      anyName.filter((name) => name !== '__proto__'),
      anyName,
      { noNullPrototype: true },
    ),
  ),
  context: anyJson.object,
  timers: fc.array(fc.record({ id: anyName, dueAt: anyAt, event: anyEvent }), { maxLength: 3 }),
  asks: fc.array(
    fc.record(
      { id: anyName, seq: fc.nat(), to: anyName, event: anyEvent, trace: anyName },
      { requiredKeys: ['id', 'seq', 'to', 'event'] },
    ),
    { maxLength: 3 },
  ),
  waiting: fc.array(fc.record({ seq: fc.nat(), request: anyRequest, replyTo: anyName }, { requiredKeys: ['seq'] })),
  requests: fc.array(fc.record({ id: anyName, hash: anyName, seq: fc.nat() })),
  expired: fc.uint8Array(),
});

describe('A record', () => {
  it('comes back as it was packed', () => {
    fc.assert(
      fc.property(anyRecord, (record) => {
        const { expired, ...rest } = unpackRecord(packRecord(record));
        const { expired: before, ...expected } = record;
        expect(rest).toEqual(expected);
        expect(Buffer.compare(expired, before)).toBe(0);
      }),
    );
  });

  it('has the same bytes whenever it is packed', () => {
    fc.assert(
      fc.property(anyRecord, (record) => {
        expect(Buffer.compare(packRecord(record), packRecord(structuredClone(record)))).toBe(0);
      }),
    );
  });

  it('can be read by a process that has packed nothing yet', () => {
    // Packed by another instance: nothing of the packer's own memory may be needed to read it.
    const bytes = pack([
      { a: 1, b: 2 },
      { a: 3, b: 4 },
    ]);
    expect(unpack(bytes)).toEqual([
      { a: 1, b: 2 },
      { a: 3, b: 4 },
    ]);
    expect(
      Buffer.compare(
        pack([
          { a: 1, b: 2 },
          { a: 3, b: 4 },
        ]),
        bytes,
      ),
    ).toBe(0);
  });

  it('keeps amounts exact up to what a number holds exactly', () => {
    for (const amount of [Number.MAX_SAFE_INTEGER, Number.MIN_SAFE_INTEGER, 2 ** 31, 2 ** 32, 2 ** 32 + 1, 0.001]) {
      expect(unpack(pack({ amount }))).toEqual({ amount });
    }
  });
});
