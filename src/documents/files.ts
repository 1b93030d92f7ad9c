import { documentsOf } from './documents.ts';

/** The documents of a version as they are committed, by their path in docs/api. */
export function documentFiles(version: string): ReadonlyMap<string, string> {
  const { openapi, asyncapi, schemas } = documentsOf(version)();
  const values: readonly (readonly [string, object])[] = [
    ['openapi.json', openapi],
    ['asyncapi.json', asyncapi],
    ...Object.entries(schemas).map(([name, schema]) => [`schemas/${name}.json`, schema] as const),
  ];
  return new Map(values.map(([path, value]) => [path, `${JSON.stringify(value, null, 2)}\n`]));
}
