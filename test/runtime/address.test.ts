import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  addressOf,
  decodeAddress,
  decodeToken,
  encodeAddress,
  encodeToken,
  keyOf,
  typeOf,
} from '../../runtime/address.ts';

const anyText = fc.string({ unit: 'binary', minLength: 1 });
const anyType = fc.stringMatching(/^[A-Za-z0-9_-]+$/);

describe('An address', () => {
  it('is a type, a slash and the key as it is, slashes and all', () => {
    const address = addressOf('stock', 'a/b c');
    expect([address, typeOf(address), keyOf(address)]).toEqual(['stock/a/b c', 'stock', 'a/b c']);
  });

  it('gives back type and key, whatever the key', () => {
    fc.assert(
      fc.property(anyType, anyText, (type, key) => {
        const address = addressOf(type, key);
        expect([typeOf(address), keyOf(address)]).toEqual([type, key]);
      }),
    );
  });

  it('survives being written as a store key', () => {
    fc.assert(
      fc.property(anyType, anyText, (type, key) => {
        const address = addressOf(type, key);
        expect(decodeAddress(encodeAddress(address))).toBe(address);
      }),
    );
  });

  it.each(['', 'order', '/SO-1', 'order/', 'order/a b', 'order/a/b'])('is not what %j spells', (encoded) => {
    expect(decodeAddress(encoded)).toBeUndefined();
  });
});

describe('A token', () => {
  it.each([
    ['SO-1001', 'SO-1001'],
    ['BANK CHARGES', 'BANK=20CHARGES'],
    ['SO-1~1', 'SO-1=7E1'],
    ['a.b*>', 'a=2Eb=2A=3E'],
    ['=', '=3D'],
    ['ü', '=C3=BC'],
    ['✂️', '=E2=9C=82=EF=B8=8F'],
    ['\0', '=00'],
  ])('of %j is %s', (text, token) => {
    expect(encodeToken(text)).toBe(token);
    expect(decodeToken(token)).toBe(text);
  });

  it('gives any text back, and holds nothing but letters, digits, _, - and =', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        const token = encodeToken(text);
        expect(token).toMatch(/^[A-Za-z0-9_=-]+$/);
        expect(decodeToken(token)).toBe(text);
      }),
    );
  });

  it('is the only spelling of its text: whatever else is read as something is refused', () => {
    const anyTokenLike = fc.oneof(
      anyText,
      fc.string({ unit: fc.constantFrom('a', 'Z', '=', '2', '0', 'C', '3', 'b', 'B', '.', 'c', '~', 'é') }),
    );
    fc.assert(
      fc.property(anyTokenLike, (token) => {
        const text = decodeToken(token);
        if (text !== undefined) expect(encodeToken(text)).toBe(token);
      }),
    );
  });

  it.each([
    ['nothing', ''],
    ['lower-case digits', 'BANK=2echarges'],
    ['what needs no encoding', '=41'],
    ['half a byte', 'a=2'],
    ['no byte', 'a=XY'],
    ['a sign in the place of a digit', 'a=+1'],
    ['bytes that are no UTF-8', '=FF'],
    ['a surrogate in UTF-8', '=ED=A0=80'],
    ['an overlong encoding', '=C0=A0'],
    ['a space as it is', 'a b'],
    ['a dot as it is', 'a.b'],
    ['a letter beyond ASCII as it is', 'ü'],
  ])('is refused: %s', (_what, token) => {
    expect(decodeToken(token)).toBeUndefined();
  });
});
