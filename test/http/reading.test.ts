import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isLoopback } from '../../src/http/admission.ts';
import { accepts } from '../../src/http/content.ts';
import { entityTagOf, isKnown, parseEntityTags, versionsOf } from '../../src/http/entity-tags.ts';
import { pathOf } from '../../src/http/failure.ts';
import { bodyOfQuery, parseQuery } from '../../src/http/query.ts';
import { preferredWaitMs, readRequestHeaders } from '../../src/http/request-headers.ts';

const invalid = (path: string) =>
  expect.objectContaining({
    body: expect.objectContaining({ details: { fields: [{ path, why: expect.any(String) }] } }),
  });

describe('Entity tags', () => {
  it.each([
    ['*', '*'],
    [' * ', '*'],
    ['"7"', [{ weak: false, value: '7' }]],
    ['W/"7"', [{ weak: true, value: '7' }]],
    [
      '"7", W/"8","9"',
      [
        { weak: false, value: '7' },
        { weak: true, value: '8' },
        { weak: false, value: '9' },
      ],
    ],
    [', "a,b" ,', [{ weak: false, value: 'a,b' }]],
    ['""', [{ weak: false, value: '' }]],
  ])('are read from %s', (text, tags) => {
    expect(parseEntityTags(text)).toEqual(tags);
  });

  it.each(['', ' ', ',', '7', '"7', 'w/"7"', '"7" "8"', '"7";q=1', '*, "7"', '"a b"'])(
    'are not read from %j',
    (text) => {
      expect(parseEntityTags(text)).toBeUndefined();
    },
  );

  it('stand for versions where they are strong, each once', () => {
    const versions = (text: string) =>
      versionsOf(parseEntityTags(text) as Exclude<ReturnType<typeof parseEntityTags>, '*' | undefined>);
    expect(versions('"7", W/"8", "9", "7"')).toEqual([7, 9]);
    expect(versions('"07", "-1", "x", "1e3", "", "99999999999999999999"')).toEqual([]);
  });

  it('of any versions are read as they were written', () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.nat(), { minLength: 1 }), (versions) => {
        const tags = parseEntityTags(versions.map(entityTagOf).join(', '));
        expect(tags).not.toBe('*');
        expect(versionsOf(tags as readonly { weak: boolean; value: string }[])).toEqual(versions);
        for (const version of versions) expect(isKnown(tags ?? [], version)).toBe(true);
      }),
    );
  });

  it('are known whether weak or strong, and * always is', () => {
    expect(isKnown(parseEntityTags('W/"7"') ?? [], 7)).toBe(true);
    expect(isKnown(parseEntityTags('"8"') ?? [], 7)).toBe(false);
    expect(isKnown('*', 7)).toBe(true);
  });
});

describe('A request id', () => {
  it.each([
    [{ 'idempotency-key': '"8e03978e-40d5"' }, '8e03978e-40d5'],
    [{ 'idempotency-key': '8e03978e-40d5' }, '8e03978e-40d5'],
    [{ 'idempotency-key': '"a \\"b\\" \\\\c"' }, 'a "b" \\c'],
    [{ 'idempotency-key': '' }, undefined],
    [{ 'ordo-request-id': 'abc' }, 'abc'],
    [{ 'ordo-request-id': 'abc', 'idempotency-key': '"abc"' }, 'abc'],
    [{}, undefined],
  ])('is read from %o', (sent, requestId) => {
    expect(readRequestHeaders(sent).requestId).toBe(requestId);
  });

  it.each([
    [{ 'idempotency-key': '"a' }, 'Idempotency-Key'],
    [{ 'idempotency-key': '""' }, 'Idempotency-Key'],
    [{ 'idempotency-key': 'a, b' }, 'Idempotency-Key'],
    [{ 'idempotency-key': '"a", "b"' }, 'Idempotency-Key'],
    [{ 'idempotency-key': 'K\u00e4se' }, 'Idempotency-Key'],
    [{ 'idempotency-key': 'a', 'ordo-request-id': 'b' }, 'Idempotency-Key'],
    [{ 'idempotency-key': 'x'.repeat(129) }, 'Idempotency-Key'],
    [{ 'ordo-request-id': 'x'.repeat(129) }, 'Ordo-Request-Id'],
    [{ 'ordo-deadline': 'soon' }, 'Ordo-Deadline'],
  ])('is not read from %o', (sent, path) => {
    expect(() => readRequestHeaders(sent)).toThrow(invalid(path));
  });
});

describe('A preference to wait', () => {
  it.each([
    [undefined, undefined],
    ['wait=5', 5_000],
    ['respond-async, Wait = "10"', 10_000],
    ['return=minimal; wait=5', undefined],
    ['wait=5; x=y, handling=strict', 5_000],
    ['wait=99999999', 300_000],
    ['wait=soon', undefined],
    ['wait=-1', undefined],
  ])('%s is %s ms', (prefer, waitMs) => {
    expect(preferredWaitMs(prefer === undefined ? {} : { prefer })).toBe(waitMs);
  });
});

describe('A query', () => {
  it.each([
    ['/orders', {}],
    ['/orders?', {}],
    ['/orders?&&', {}],
    ['/orders?limit=5&status=paid', { limit: 5, status: 'paid' }],
    ['/orders?limit=-5', { limit: -5 }],
    ['/orders?limit=5e1', { limit: '5e1' }],
    ['/orders?limit=', { limit: '' }],
    ['/orders?limit', { limit: '' }],
    ['/orders?customer=5', { customer: '5' }],
    ['/orders?customer=a+b%20c%2Bd%26e%3Df=g?h', { customer: 'a b c+d&e=f=g?h' }],
  ])('%s has the fields %o', (url, fields) => {
    expect(bodyOfQuery(parseQuery(url), new Set(['limit']))).toEqual(fields);
  });

  it('keeps a field whatever its name is, for the contract to refuse', () => {
    expect(Object.keys(bodyOfQuery(parseQuery('/?__proto__=x&constructor=y'), new Set()))).toEqual([
      '__proto__',
      'constructor',
    ]);
  });

  it('gives any fields back as they were', () => {
    const texts = fc.string({ unit: 'grapheme' });
    fc.assert(
      fc.property(fc.dictionary(texts, texts, { noNullPrototype: true }), (fields) => {
        const query = new URLSearchParams(fields).toString();
        expect(Object.fromEntries(parseQuery(`/x?${query}`))).toEqual(fields);
      }),
    );
  });

  it.each([
    ['/orders?status=paid&status=paid', 'status'],
    ['/orders?status=%', 'query'],
    ['/orders?%FF=x', 'query'],
  ])('%s is refused', (url, path) => {
    expect(() => parseQuery(url)).toThrow(invalid(path));
  });
});

describe('Accept', () => {
  it.each([
    [undefined, true],
    ['', true],
    ['application/json', true],
    ['application/*', true],
    ['*/*', true],
    ['text/html, application/xhtml+xml, */*;q=0.8', true],
    ['text/html, APPLICATION/JSON;q=0.1', true],
    ['text/html', false],
    ['application/json;q=0', false],
    ['application/json;q=0, */*', false],
    ['application/*;q=0, */*', false],
    ['application/problem+json', false],
  ])('%s lets JSON through: %s', (accept, isLet) => {
    expect(accepts(accept, 'application/json')).toBe(isLet);
  });
});

describe('Loopback', () => {
  it.each([
    ['127.0.0.1', true],
    ['127.9.9.9', true],
    ['::1', true],
    ['localhost', true],
    ['ordo.localhost', true],
    ['127.0.0.1.evil.example', false],
    ['localhost.evil.example', false],
    ['evillocalhost', false],
    ['0.0.0.0', false],
    ['10.0.0.5', false],
    ['', false],
  ])('%s is it: %s', (host, isIt) => {
    expect(isLoopback(host)).toBe(isIt);
  });
});

describe('The path of a request', () => {
  it.each([
    ['/orders/a?b=/c', '/orders/a'],
    ['http://127.0.0.1:8080/orders?x', '/orders'],
    ['http://127.0.0.1:8080', '/'],
    ['/a#b', '/a'],
  ])('%s is %s', (url, path) => {
    expect(pathOf(url)).toBe(path);
  });
});
