/** Writes the documents into docs/api, and takes away what is none any more: `npm run documents`. */
import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import manifest from '../../package.json' with { type: 'json' };
import { documentFiles } from './files.ts';

const folder = join(import.meta.dirname, '../../docs/api');
const files = documentFiles(manifest.version);

mkdirSync(join(folder, 'schemas'), { recursive: true });
for (const [path, text] of files) writeFileSync(join(folder, path), text);
for (const name of readdirSync(join(folder, 'schemas'))) {
  if (!files.has(`schemas/${name}`)) rmSync(join(folder, 'schemas', name));
}
console.log(`${files.size} documents are in ${folder}`);
