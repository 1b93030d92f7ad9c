/** The oldest Node that Ordo runs on; package.json's `engines` says the same. */
export const OLDEST_NODE = '20.19.0';

/**
 * Says what is wrong with a Node version. Written so that a Node far too old can still read and run this file:
 * no imports, and nothing newer than ES2015.
 *
 * @param {string} version as in `process.versions.node`, e.g. `20.19.4`
 * @returns {string | undefined} a sentence that says what to do; `undefined` when the version will do
 */
export function nodeVersionProblem(version) {
  const have = version.split('.').map(Number);
  const need = OLDEST_NODE.split('.').map(Number);
  for (let index = 0; index < need.length; index += 1) {
    const difference = Number(have[index]) - Number(need[index]);
    if (difference > 0) return undefined;
    if (difference < 0 || Number.isNaN(difference)) {
      return `Ordo needs Node ${OLDEST_NODE} or newer; this is Node ${version}. Install a newer one from https://nodejs.org and try again.`;
    }
  }
  return undefined;
}
