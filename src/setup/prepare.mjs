// What a fresh clone needs before its tests can run: a Node that is new enough, the npm dependencies, a nats-server.
import { nodeVersionProblem } from './node-version.mjs';

const problem = nodeVersionProblem(process.versions.node);
if (problem === undefined) {
  // Imported only now: a Node that is too old may not be able to read these files.
  Promise.all([import('./dependencies.mjs'), import('./nats-server.mjs')])
    .then(([{ installDependencies }, { ensureNatsServer }]) => {
      installDependencies();
      ensureNatsServer();
    })
    .catch((/** @type {Error} */ error) => fail(error.message));
} else {
  fail(problem);
}

/** @param {string} message */
function fail(message) {
  console.error(message);
  process.exitCode = 1;
}
