import { isJsonObject, type JsonObject } from '../../contracts/index.ts';

/** The order in which a reader wants to meet the keywords of a schema; others follow as they come. */
const KEYWORDS = [
  '$schema',
  '$id',
  '$ref',
  'title',
  'description',
  'type',
  'const',
  'enum',
  'oneOf',
  'anyOf',
  'allOf',
  'discriminator',
  'format',
  'pattern',
  'minLength',
  'maxLength',
  'minimum',
  'maximum',
  'minItems',
  'maxItems',
  'items',
  'required',
  'properties',
  'additionalProperties',
  'default',
  'examples',
  '$defs',
];

function placeOf(keyword: string): number {
  const place = KEYWORDS.indexOf(keyword);
  return place === -1 ? KEYWORDS.length : place;
}

/** Keywords whose value has schemas under names of its own. */
const NAMED = new Set(['properties', '$defs']);

/**
 * A schema as people read it: keywords in a steady order, without what says nothing (`additionalProperties: {}`, names
 * of properties that are strings), `type: ["string", "null"]` for a choice between a string and null, and `integer` where
 * only whole numbers are meant.
 */
export function tidy(schema: JsonObject): JsonObject {
  const entries = Object.entries(whole(nullable(schema)))
    .filter(([keyword, value]) => !saysNothing(keyword, value))
    .map(([keyword, value]) => [keyword, tidyValue(keyword, value)] as const);
  return Object.fromEntries(entries.toSorted(([a], [b]) => placeOf(a) - placeOf(b)));
}

function tidyValue(keyword: string, value: unknown): unknown {
  if (keyword === 'default' || keyword === 'const' || keyword === 'enum' || keyword === 'examples') return value;
  if (Array.isArray(value)) return value.map((item: unknown) => (isJsonObject(item) ? tidy(item) : item));
  if (!isJsonObject(value)) return value;
  if (!NAMED.has(keyword)) return tidy(value);
  return Object.fromEntries(
    Object.entries(value).map(([name, inner]) => [name, isJsonObject(inner) ? tidy(inner) : inner]),
  );
}

function saysNothing(keyword: string, value: unknown): boolean {
  if (keyword === 'propertyNames') return true; // every name in JSON is a string
  return keyword === 'additionalProperties' && isJsonObject(value) && Object.keys(value).length === 0;
}

/** A number that can only be whole is an integer. */
function whole(schema: JsonObject): JsonObject {
  const values = 'const' in schema ? [schema.const] : Array.isArray(schema.enum) ? (schema.enum as unknown[]) : [];
  const isWhole = schema.type === 'number' && values.length > 0 && values.every(Number.isInteger);
  return isWhole ? { ...schema, type: 'integer' } : schema;
}

function nullable(schema: JsonObject): JsonObject {
  const { anyOf, ...rest } = schema;
  if (!Array.isArray(anyOf) || anyOf.length !== 2) return schema;
  const [some, none] = anyOf as [JsonObject, JsonObject];
  const { type, ...limits } = some;
  const isPlain = typeof type === 'string' && !('enum' in limits) && !('const' in limits);
  if (none.type !== 'null' || !isPlain) return schema;
  return { ...limits, ...rest, type: [type, 'null'] };
}
