import type { JsonObject } from '../contracts/index.ts';
import { asyncApi } from './asyncapi/asyncapi.ts';
import { openApi } from './openapi/openapi.ts';
import { schemaFiles } from './schemas/schema-files.ts';

/** The documents of the interface, as JSON values. */
interface Documents {
  /** The interface over HTTP, as OpenAPI 3.1. */
  readonly openapi: JsonObject;
  /** The interface over NATS, as AsyncAPI 3.0. */
  readonly asyncapi: JsonObject;
  /** The JSON Schema (2020-12) of each message, by its name. */
  readonly schemas: Readonly<Record<string, JsonObject>>;
}

/**
 * A function that gives the documents of a version. They are made when they are asked for the first time, and kept:
 * most services are never asked.
 */
export function documentsOf(version: string): () => Documents {
  let made: Documents | undefined;
  return () => {
    made ??= { openapi: openApi(version), asyncapi: asyncApi(version), schemas: schemaFiles() };
    return made;
  };
}
