import { isJsonObject, type JsonObject } from '../../contracts/index.ts';
import type { JsonSchemas } from './json-schemas.ts';

/** Where a document has the schema of a name. */
export function schemaAt(name: string): string {
  return `#/components/schemas/${name}`;
}

/**
 * The schemas that a document refers to, directly or through others, in their own order. References are read by their
 * last part.
 */
export function referredIn(document: JsonObject, schemas: JsonSchemas): JsonSchemas {
  const found = new Set<string>();
  look(document);
  return Object.fromEntries(Object.entries(schemas).filter(([name]) => found.has(name)));

  function look(value: unknown): void {
    if (Array.isArray(value)) for (const item of value) look(item);
    if (!isJsonObject(value)) return;
    for (const [keyword, inner] of Object.entries(value)) {
      if (keyword !== '$ref' || typeof inner !== 'string') look(inner);
      else take(inner.slice(inner.lastIndexOf('/') + 1));
    }
  }

  function take(name: string): void {
    if (found.has(name) || !Object.hasOwn(schemas, name)) return;
    found.add(name);
    look(schemas[name]);
  }
}
