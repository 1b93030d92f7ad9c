import { z } from 'zod';
import { limits } from '../limits.ts';
import { currencyExponent } from './currencies.ts';

/** An integer from `min` to 2^53−1. */
function integerFrom(min: number) {
  return z.int().min(min);
}

/** An amount of money ≥ 0, in units of 10^-digits of the order's currency. */
export const amount = integerFrom(0);

/** An amount of money that may be negative (a discount), in units of 10^-digits of the order's currency. */
export const signedAmount = z.int();

/** A number of pieces, > 0. */
export const quantity = integerFrom(1);

/** A line's number in its order, from 1. */
export const lineNumber = integerFrom(1);

/** An order's version; compare for equality only. */
export const version = integerFrom(0);

/** How long to wait at most, in milliseconds. */
export const timeoutMs = z.int().min(0).max(limits.waitMs);

/** How many items a page has at most. */
export const pageLimit = z.int().min(1).max(limits.page);

/** ISO 8601 in UTC with milliseconds, such as `2010-12-01T08:26:00.000Z`. */
export const time = z.iso.datetime({ precision: 3 });

/** How many digits an order's amounts have after the decimal point. */
export const digits = z.int().min(0).max(limits.digits);

/** A currency's ISO 4217 code, in capitals. */
export const currency = z
  .string()
  .check((context) => {
    if (currencyExponent(context.value) === undefined) {
      const message = 'must be a currency code of ISO 4217 in capitals, such as GBP';
      context.issues.push({ code: 'custom', input: context.value, message });
    }
  })
  .meta({ pattern: '^[A-Z]{3}$' });
