// Prints what importing a module loads: { packages, own }, the npm packages and the files of ordo itself.
// Usage, in the folder of a project: node loaded-modules.mjs MODULE
import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire, register } from 'node:module';

const [, , name = ''] = process.argv;
const list = new URL('./loaded.txt', import.meta.url);
writeFileSync(list, '');
const hooks = `
import { appendFileSync } from 'node:fs';
export function load(url, context, next) {
  appendFileSync(new URL(${JSON.stringify(list.href)}), url + '\\n');
  return next(url, context);
}`;
register(`data:text/javascript,${encodeURIComponent(hooks)}`);
await import(name);

// What CommonJS modules require of each other does not come by the hooks.
const required = Object.keys(createRequire(import.meta.url).cache);
const loaded = [...readFileSync(list, 'utf8').split('\n'), ...required].map((file) => file.replaceAll('\\', '/'));
const parts = loaded.map((file) => /.*\/node_modules\/((?:@[^/]+\/)?[^/]+)\/(.*)/.exec(file) ?? []);
const unique = (/** @type {(string | undefined)[]} */ names) => [...new Set(names.filter(Boolean))].sort();
const packages = unique(parts.map(([, name]) => name));
const own = unique(parts.map(([, name, file]) => (name === 'ordo' ? file : undefined)));
console.log(JSON.stringify({ packages, own }));
