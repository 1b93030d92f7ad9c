#!/usr/bin/env node
// The `ordo` command, and `npm start`: installs what is missing, then runs main.ts in this same process, so that
// signals reach it directly.
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
  // Imported only now: a Node that is too old may not be able to read these files, and the others are not there yet.
  const { installDependencies } = await import('./setup/dependencies.mjs');
  installDependencies();
  const { register } = await import('tsx/esm/api');
  register();
  const { main } = await import('./main.ts');
  await main(process.argv.slice(2));
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
