import { InvalidArgumentError } from 'commander';
import ms from 'ms';
import { isJsonObject, type JsonObject } from '../contracts/index.ts';

/** A whole number ≥ 0, as a flag's or an argument's value. */
export function wholeNumber(text: string): number {
  const value = Number(text);
  if (!/^\d+$/.test(text) || !Number.isSafeInteger(value)) throw new InvalidArgumentError('Expected a whole number.');
  return value;
}

/** A whole number that may be negative. */
function signedNumber(text: string): number {
  return text.startsWith('-') ? -wholeNumber(text.slice(1)) : wholeNumber(text);
}

/** A duration such as `500ms`, `5s` or `2m`, in milliseconds. */
export function duration(text: string): number {
  const value = /^\d/.test(text) ? ms(text as ms.StringValue) : undefined;
  if (value === undefined || Number.isNaN(value)) throw new InvalidArgumentError('Expected a duration such as 5s.');
  return Math.round(value);
}

/** A point in time, in any form that says its zone. */
export function instant(text: string): string {
  const time = new Date(text);
  if (!/T.*(?:Z|[+-]\d\d:\d\d)$/.test(text) || Number.isNaN(time.getTime())) {
    throw new InvalidArgumentError('Expected a time such as 2010-12-01T08:26:00.000Z.');
  }
  return time.toISOString();
}

/** A JSON object. */
export function jsonObject(text: string): JsonObject {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new InvalidArgumentError(`Expected JSON: ${(error as Error).message}.`);
  }
  if (!isJsonObject(value)) throw new InvalidArgumentError('Expected a JSON object, such as {"city":"Leeds"}.');
  return value;
}

/** Makes a parser for a flag that may be repeated out of one for a single value. */
export function repeated<Value>(parse: (text: string) => Value) {
  return (text: string, earlier: readonly Value[] = []): Value[] => [...earlier, parse(text)];
}

function parts(text: string, shape: string, atLeast: number, atMost: number): string[] {
  const found = text.split(':');
  if (found.length < atLeast || found.length > atMost) throw new InvalidArgumentError(`Expected ${shape}.`);
  return found;
}

/** `SKU:QUANTITY:PRICE` or `SKU:QUANTITY:PRICE:NAME`: a line of a new order; the price in the smallest unit. */
export function newLine(text: string): JsonObject {
  const [sku = '', quantity = '', unitPrice = '', ...name] = parts(text, 'SKU:QUANTITY:PRICE[:NAME]', 3, Infinity);
  return {
    sku,
    quantity: wholeNumber(quantity),
    unitPrice: wholeNumber(unitPrice),
    ...(name.length > 0 && { name: name.join(':') }),
  };
}

/** `CODE:AMOUNT`: a fee of a new order; negative for a discount. */
export function newFee(text: string): JsonObject {
  const [code = '', amount = ''] = parts(text, 'CODE:AMOUNT', 2, 2);
  return { code, amount: signedNumber(amount) };
}

/** `LINE:QUANTITY`: a part of an order. */
export function linePart(text: string): JsonObject {
  const [line = '', quantity = ''] = parts(text, 'LINE:QUANTITY', 2, 2);
  return { line: wholeNumber(line), quantity: wholeNumber(quantity) };
}

/** `LINE:QUANTITY` or `LINE:QUANTITY:writeoff`: a part of an order that comes back. */
export function returnedPart(text: string): JsonObject {
  const [line = '', quantity = '', fate] = parts(text, 'LINE:QUANTITY[:writeoff]', 2, 3);
  if (fate !== undefined && fate !== 'writeoff') throw new InvalidArgumentError('Expected LINE:QUANTITY[:writeoff].');
  return { line: wholeNumber(line), quantity: wholeNumber(quantity), ...(fate === 'writeoff' && { restock: false }) };
}

/** The name of a command or its JSON, as an event of a what-if. */
export function event(text: string): JsonObject {
  return text.startsWith('{') ? jsonObject(text) : { type: text };
}

/** An object without the fields that are undefined. */
export function given(fields: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
}
