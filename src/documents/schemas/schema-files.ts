import type { JsonObject } from '../../contracts/index.ts';
import { type JsonSchemas, jsonSchemas, publicNames } from './json-schemas.ts';
import { schemaId } from './names.ts';
import { referredIn } from './references.ts';
import { schemaExamples } from './schema-examples.ts';
import { tidy } from './tidy.ts';

/**
 * The JSON Schema (2020-12) of every message, by name. Each stands for itself: what it is made of is in its `$defs`, so
 * no validator has to fetch anything.
 */
export function schemaFiles(): JsonSchemas {
  const schemas = jsonSchemas('draft-2020-12', (name) => `#/$defs/${name}`);
  return Object.fromEntries(
    publicNames.map((name) => {
      const schema = schemas[name] ?? {};
      const parts = referredIn(schema, schemas);
      const file: JsonObject = {
        $schema: 'https://json-schema.org/draft/2020-12/schema',
        $id: schemaId(name),
        ...schema,
        examples: schemaExamples[name] ?? [],
        ...(Object.keys(parts).length > 0 && { $defs: parts }),
      };
      return [name, tidy(file)];
    }),
  );
}
