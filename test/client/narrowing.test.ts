import { describe, expect, expectTypeOf, it } from 'vitest';
import { isAbortedBy, isOrdoError, OrdoError } from '../../src/client/index.ts';
import type { FailedGuard } from '../../src/contracts/index.ts';

const error = (code: string, details: object = {}) =>
  new OrdoError(code, 'It is so.', { number: 409, retriable: false, details: { ...details } });

const aborted = error('TRANSACTION_ABORTED', {
  transaction: 'SO-1~1',
  votes: [
    { participant: 'stock/A', code: 'INSUFFICIENT_STOCK', reason: '6 asked, 2 available' },
    { participant: 'service:psp', code: 'CARD_STOLEN', reason: 'call the police' },
  ],
});

describe('isOrdoError', () => {
  it.each([
    ['an error of any code, where none is named', error('TEAPOT'), [], true],
    ['an error of the code', error('BUSY'), ['BUSY'], true],
    ['an error of one of the codes', error('LOCKED'), ['BUSY', 'LOCKED'], true],
    ['an error of another code', error('LOCKED'), ['BUSY'], false],
    ['another error, even with a code', Object.assign(new Error('no'), { code: 'BUSY' }), ['BUSY'], false],
    ['nothing at all', undefined, [], false],
  ] as const)('judges %s', (_, caught, codes, expected) => {
    expect((isOrdoError as (caught: unknown, ...codes: readonly string[]) => boolean)(caught, ...codes)).toBe(expected);
  });

  it('narrows the code and the details', () => {
    const caught: unknown = error('NOT_ACCEPTED', { state: {}, accepts: ['note'], failed: [] });
    if (!isOrdoError(caught, 'NOT_ACCEPTED', 'LOCKED')) throw caught;
    if (caught.code === 'LOCKED') {
      expectTypeOf(caught.details.retryAfterMs).toEqualTypeOf<number>();
      throw caught;
    }
    expectTypeOf(caught.code).toEqualTypeOf<'NOT_ACCEPTED'>();
    expectTypeOf(caught.details.failed).toEqualTypeOf<FailedGuard[]>();
    expect(caught.details.accepts).toEqual(['note']);
  });

  it('knows no codes that do not exist', () => {
    // @ts-expect-error no such code
    expect(isOrdoError(aborted, 'TRANSACTION_ABORTD')).toBe(false);
  });
});

describe('isAbortedBy', () => {
  it.each([
    [aborted, 'INSUFFICIENT_STOCK', true],
    [aborted, 'CARD_STOLEN', true],
    [aborted, 'PAYMENT_DECLINED', false],
    [error('NOT_ACCEPTED'), 'PAYMENT_DECLINED', false],
    [new Error('INSUFFICIENT_STOCK'), 'INSUFFICIENT_STOCK', false],
  ])('looks for the code among the votes of an aborted transaction', (caught, code, expected) => {
    expect(isAbortedBy(caught, code)).toBe(expected);
  });

  it('narrows to the votes', () => {
    const caught: unknown = aborted;
    if (!isAbortedBy(caught, 'INSUFFICIENT_STOCK')) throw caught;
    expect(caught.details.votes[0]?.reason).toBe('6 asked, 2 available');
  });
});
