import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { SetupError } from './setup-error.mjs';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/**
 * Says whether the npm dependencies of a project are there.
 *
 * @param {string} root the project's folder
 */
export function dependenciesInstalled(root) {
  // npm writes this file as the last thing of an install, so one that was interrupted does not count. A package that
  // lies inside some node_modules was put there, with its dependencies, by whoever installed it.
  return root.includes(`${sep}node_modules${sep}`) || existsSync(join(root, 'node_modules', '.package-lock.json'));
}

/**
 * Runs `npm ci` where the npm dependencies are missing. All of npm's output goes to standard error: standard output
 * belongs to the command that comes after.
 *
 * @param {string} [root] the project's folder
 * @throws {SetupError} `INSTALL_FAILED`
 */
export function installDependencies(root = ROOT) {
  if (dependenciesInstalled(root)) return;
  process.stderr.write('Installing the npm dependencies (npm ci) …\n');
  const [command, ...args] = npmCommand(process.env);
  const result = spawnSync(command, [...args, 'ci', '--include=dev', '--no-audit', '--no-fund'], {
    cwd: root,
    stdio: ['ignore', 2, 2],
    // On Windows npm is a script, which only a shell can run.
    shell: command === 'npm' && process.platform === 'win32',
  });
  if (result.status === 0) return;
  throw new SetupError(
    'INSTALL_FAILED',
    `npm ci did not succeed (${result.error?.message ?? `exit code ${result.status}`}). Its own message stands above; run "npm ci" in ${root} once that is solved.`,
    { cause: result.error },
  );
}

/**
 * @param {NodeJS.ProcessEnv} env
 * @returns {[string, ...string[]]} the npm that started us, if one did
 */
function npmCommand(env) {
  const npm = env.npm_execpath;
  return npm?.endsWith('npm-cli.js') ? [process.execPath, npm] : ['npm'];
}
