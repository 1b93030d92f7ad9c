import { z } from 'zod';
import { limits } from '../limits.ts';
import { fitsInBytes, utf8Bytes } from './text.ts';

/** A free-form JSON object, kept as it came. */
export type JsonObject = { [name: string]: unknown };

/** Whether a value is a JSON object (not null, not an array). */
export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Why a free-form value cannot be kept as it came; undefined when it can. `levels` is how deep it may still go. */
function whyNotKept(value: unknown, levels: number): string | undefined {
  if (typeof value === 'number' && !Number.isFinite(value)) return 'holds a number that JSON cannot carry';
  if (typeof value !== 'object' || value === null) return undefined;
  if (levels === 0) return `must not be nested deeper than ${limits.nestingLevels} levels`;
  // An own `__proto__` would change the prototype of whatever later copies the object field by field.
  if (Object.hasOwn(value, '__proto__')) return 'must not have a field named __proto__';
  for (const item of Object.values(value)) {
    const why = whyNotKept(item, levels - 1);
    if (why !== undefined) return why;
  }
  return undefined;
}

function whyNotJsonObject(value: unknown): string | undefined {
  if (value === undefined) return 'is required';
  return isJsonObject(value) ? whyNotKept(value, limits.nestingLevels) : 'must be an object';
}

/**
 * A free-form object of at most `maxBytes` bytes as JSON; larger is TOO_LARGE. It is handed on by reference and never
 * copied field by field, so nothing in it is lost or reordered. `about` says in a sentence what it is, for the
 * documents.
 */
export function jsonObject(maxBytes: number, about: string): z.ZodType<JsonObject, JsonObject> {
  const schema = z
    .unknown()
    .check((context) => {
      const refuse = (message: string, params: Record<string, unknown> = {}) =>
        context.issues.push({ code: 'custom', input: context.value, message, params });
      const why = whyNotJsonObject(context.value);
      if (why !== undefined) {
        refuse(why);
        return;
      }
      const json = JSON.stringify(context.value);
      if (fitsInBytes(json, maxBytes)) return;
      const actual = utf8Bytes(json);
      refuse(`must be at most ${maxBytes} bytes as JSON, but has ${actual}`, {
        limit: maxBytes,
        unit: 'bytes',
        actual,
      });
    })
    .meta({
      type: 'object',
      description:
        `${about} Free-form: kept as it came; at most ${maxBytes} bytes as JSON and ${limits.nestingLevels} levels deep, ` +
        'no field named __proto__.',
    });
  return schema as unknown as z.ZodType<JsonObject, JsonObject>; // the check has seen to it
}
