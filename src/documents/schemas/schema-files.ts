import { isJsonObject, type JsonObject } from '../../contracts/index.ts';
import { type JsonSchemas, jsonSchemas, publicNames } from './json-schemas.ts';
import { schemaExamples } from './schema-examples.ts';
import { tidy } from './tidy.ts';

/** The identifier of a schema: a URN, since a service has no address of its own that would be the same everywhere. */
export function schemaId(name: string): string {
  return `urn:ordo:schema:${name}`;
}

/** The names that a schema refers to, directly or through others. */
function referred(schema: unknown, schemas: JsonSchemas, found = new Set<string>()): ReadonlySet<string> {
  if (Array.isArray(schema)) for (const item of schema) referred(item, schemas, found);
  if (!isJsonObject(schema)) return found;
  for (const [keyword, value] of Object.entries(schema)) {
    if (keyword !== '$ref' || typeof value !== 'string') {
      referred(value, schemas, found);
      continue;
    }
    const name = value.slice(value.lastIndexOf('/') + 1);
    if (found.has(name)) continue;
    found.add(name);
    referred(schemas[name], schemas, found);
  }
  return found;
}

/**
 * The JSON Schema (2020-12) of every message, by name. Each stands for itself: what it is made of is in its `$defs`, so
 * no validator has to fetch anything.
 */
export function schemaFiles(): JsonSchemas {
  const schemas = jsonSchemas('draft-2020-12', (name) => `#/$defs/${name}`);
  return Object.fromEntries(
    publicNames.map((name) => {
      const parts = referred(schemas[name], schemas);
      const used = Object.entries(schemas).filter(([part]) => parts.has(part));
      const file: JsonObject = {
        $schema: 'https://json-schema.org/draft/2020-12/schema',
        $id: schemaId(name),
        ...schemas[name],
        examples: schemaExamples[name],
        ...(used.length > 0 && { $defs: Object.fromEntries(used) }),
      };
      return [name, tidy(file)];
    }),
  );
}
