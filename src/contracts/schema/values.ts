import { z } from 'zod';
import { limits } from '../limits.ts';
import { currencyExponent } from './currencies.ts';

/** An integer from `min` to 2^53−1. */
function integerFrom(min: number) {
  return z.int().min(min);
}

/** An amount of money ≥ 0, in units of 10^-digits of the order's currency. */
export const amount = integerFrom(0).describe("In units of 10^-digits of the order's currency.");

/** An amount of money that may be negative (a discount), in units of 10^-digits of the order's currency. */
export const signedAmount = z
  .int()
  .describe("In units of 10^-digits of the order's currency; negative for a discount.");

/** A number of pieces, > 0. */
export const quantity = integerFrom(1).describe('A number of pieces.');

/** A line's number in its order, from 1. */
export const lineNumber = integerFrom(1).describe("The line's number in its order.");

/** An order's version; compare for equality only. */
export const version = integerFrom(0).describe('Grows with each accepted command; compare for equality only.');

/** How long to wait at most, in milliseconds. */
export const timeoutMs = z.int().min(0).max(limits.waitMs).describe('How long to wait at most, in milliseconds.');

/** How many items a page has at most. */
export const pageLimit = z
  .int()
  .min(1)
  .max(limits.page)
  .describe('How many items at most; a page may end early to fit into a message.');

/** What the documents say of a time beside its format, which sees to the calendar: the validation has leap years too. */
export const timePattern = String.raw`^\d{4}-\d{2}-\d{2}T([01]\d|2[0-3]):[0-5]\d:[0-5]\d\.\d{3}Z$`;

/** ISO 8601 in UTC with milliseconds, such as `2010-12-01T08:26:00.000Z`. */
export const time = z.iso.datetime({ precision: 3 }).meta({
  pattern: timePattern,
  description: 'ISO 8601 in UTC with milliseconds, such as 2010-12-01T08:26:00.000Z.',
});

/** How many digits an order's amounts have after the decimal point. */
export const digits = z
  .int()
  .min(0)
  .max(limits.digits)
  .describe('How many digits amounts have after the decimal point.');

/** A currency's ISO 4217 code, in capitals. */
export const currency = z
  .string()
  .check((context) => {
    if (currencyExponent(context.value) === undefined) {
      const message = 'must be a currency code of ISO 4217 in capitals, such as GBP';
      context.issues.push({ code: 'custom', input: context.value, message });
    }
  })
  .meta({ pattern: '^[A-Z]{3}$', description: 'A code of ISO 4217 in use, such as GBP.' });
