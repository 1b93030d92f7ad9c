import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  checkKey,
  decodeToken,
  encodeToken,
  endpointNames,
  readKey,
  subjectOf,
  subscriptionsOf,
} from '../../src/contracts/index.ts';

const anyUnicode = fc.string({ unit: 'binary', minLength: 1 });

describe('a token', () => {
  it.each([
    ['SO-1_a', 'SO-1_a'],
    ['BANK CHARGES', 'BANK=20CHARGES'],
    ['SO-1~1', 'SO-1=7E1'],
    ['a.b*c>d', 'a=2Eb=2Ac=3Ed'],
    ['=20', '=3D20'],
    ["!'()%", '=21=27=28=29=25'],
    ['é', '=C3=A9'],
    ['\ufeffx', '=EF=BB=BFx'],
    ['\u0000', '=00'],
  ])('of %j is %s, and back', (id, token) => {
    expect(encodeToken(id)).toBe(token);
    expect(decodeToken(token)).toBe(id);
  });

  it('of any Unicode comes back as it was, in safe characters only', () => {
    fc.assert(
      fc.property(anyUnicode, (id) => {
        const token = encodeToken(id);
        expect(token).toMatch(/^[A-Za-z0-9_=-]+$/);
        expect(decodeToken(token)).toBe(id);
      }),
    );
  });

  it('is the only spelling of its id', () => {
    const spelling = fc.array(
      fc.oneof(fc.string({ maxLength: 3 }), fc.integer({ min: 0, max: 255 }).map(asHex), fc.constantFrom('=4', '=c3')),
    );
    fc.assert(
      fc.property(spelling, (parts) => {
        const token = parts.join('');
        const id = decodeToken(token);
        if (id !== undefined) expect(encodeToken(id)).toBe(token);
      }),
      { numRuns: 1_000 },
    );
  });

  it.each([
    ['empty', ''],
    ['in lower-case hex', 'a=2e'],
    ['with a safe sign escaped', '=41'],
    ['with half an escape', 'a=2'],
    ['with a bare =', 'a=zz'],
    ['with a bare dot', 'a.b'],
    ['with a bare space', 'a b'],
    ['with %20', 'a%20b'],
    ['that is not UTF-8', '=FF'],
    ['in an overlong form', '=C0=AE'],
    ['of half a surrogate pair', '=ED=A0=80'],
  ])('%s is refused', (_why, token) => {
    expect(decodeToken(token)).toBeUndefined();
    expect(readKey('orders.get', `orders.get.${token}`)).toMatchObject({
      ok: false,
      code: 'INVALID_ID',
      fields: [{ path: 'orderId' }],
    });
  });
});

function asHex(byte: number): string {
  return `=${byte.toString(16).toUpperCase().padStart(2, '0')}`;
}

describe('a key', () => {
  it('may have up to 100 bytes for an order and 128 for a SKU', () => {
    expect(checkKey('order', 'é'.repeat(50))).toMatchObject({ ok: true });
    expect(checkKey('order', 'é'.repeat(51))).toMatchObject({ ok: false, fields: [{ path: 'orderId' }] });
    expect(checkKey('sku', 'x'.repeat(128))).toMatchObject({ ok: true });
    expect(checkKey('sku', 'x'.repeat(129))).toMatchObject({ ok: false, fields: [{ path: 'sku' }] });
    expect(checkKey('transaction', `${'x'.repeat(100)}~1`)).toMatchObject({ ok: true });
  });

  it('is read from the subject that it was written to', () => {
    fc.assert(
      fc.property(anyUnicode, (id) => {
        fc.pre(Buffer.byteLength(id) <= 100);
        expect(readKey('orders.pay', subjectOf('orders.pay', id))).toEqual({ ok: true, key: id });
      }),
    );
  });

  it('may be left out of place only', () => {
    expect(subjectOf('orders.place')).toBe('orders.place');
    expect(readKey('orders.place', 'orders.place')).toEqual({ ok: true, key: null });
    expect(() => subjectOf('orders.pay')).toThrow(RangeError);
    expect(() => subjectOf('orders.pay', '')).toThrow(RangeError);
    expect(() => subjectOf('orders.list', 'SO-1')).toThrow(RangeError);
  });
});

it('has no two endpoints that listen on the same subject', () => {
  const subscriptions = endpointNames.flatMap(subscriptionsOf);
  expect(new Set(subscriptions).size).toBe(subscriptions.length);
  expect(subscriptionsOf('orders.place')).toEqual(['orders.place', 'orders.place.>']);
  expect(subscriptionsOf('orders.list')).toEqual(['orders.list']);
});
