#!/usr/bin/env node
// The `ordo` command, and `npm start`. In a source checkout it installs what is missing, then runs main.ts; in an
// installed package, which has no sources, the compiled main.js. Always in this same process, so that signals reach it
// directly.
import { existsSync } from 'node:fs';
import { nodeVersionProblem } from './setup/node-version.mjs';

const problem = nodeVersionProblem(process.versions.node);
if (problem === undefined) {
  run().catch((/** @type {unknown} */ error) => {
    fail(isSetupError(error) ? error.message : error);
  });
} else {
  fail(problem);
}

async function run() {
  // What was built may be older than the sources: where there are any, they count.
  const { main } = existsSync(new URL('./main.ts', import.meta.url)) ? await sources() : await compiled();
  await main(process.argv.slice(2));
}

async function sources() {
  // Imported only now: a Node that is too old may not be able to read these files, and the others are not there yet.
  const { installDependencies } = await import('./setup/dependencies.mjs');
  installDependencies();
  const { register } = await import('tsx/esm/api');
  register();
  return import('./main.ts');
}

/** @returns {Promise<typeof import('./main.ts')>} */
function compiled() {
  return import(new URL('../dist/src/main.js', import.meta.url).href);
}

/**
 * @param {unknown} error
 * @returns {error is Error}
 */
function isSetupError(error) {
  return error instanceof Error && error.name === 'SetupError';
}

/** @param {unknown} reason */
function fail(reason) {
  console.error(reason);
  process.exitCode = 1;
}
