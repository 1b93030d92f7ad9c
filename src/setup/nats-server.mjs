import { spawnSync } from 'node:child_process';
import { accessSync, constants, statSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { howToGetNatsServer, planNatsServer } from './nats-server-plan.mjs';
import { SetupError } from './setup-error.mjs';

const APT_SCRIPT = fileURLToPath(new URL('./apt-nats-server.sh', import.meta.url));

/** Where package managers put it although the user's PATH may not say so: Debian into /usr/sbin, Homebrew into its own. */
const USUAL_FOLDERS = ['/usr/sbin', '/usr/local/bin', '/opt/homebrew/bin'];

/**
 * Looks for an executable on the PATH and in the usual folders.
 *
 * @param {string} name without `.exe`
 * @param {string | undefined} path as in `process.env.PATH`
 * @param {readonly string[]} [more] folders to look in after those of the PATH
 * @returns {string | undefined} the file's full name
 */
export function findExecutable(name, path, more = []) {
  const file = process.platform === 'win32' ? `${name}.exe` : name;
  const folders = [...(path ?? '').split(delimiter).filter((folder) => folder !== ''), ...more];
  return folders.map((folder) => join(folder, file)).find(isExecutable);
}

/** @param {string} file */
function isExecutable(file) {
  try {
    accessSync(file, constants.X_OK);
    return statSync(file).isFile();
  } catch {
    return false;
  }
}

/**
 * Finds this machine's nats-server, and installs it first where that takes no question (Debian and Ubuntu, as root or
 * with a sudo that asks for no password). What the package manager says goes to standard error.
 *
 * @returns {string} the executable's full name
 * @throws {SetupError} `NATS_SERVER_MISSING`, with the commands that install one; `INSTALL_FAILED`
 */
export function ensureNatsServer() {
  const find = () => findExecutable('nats-server', process.env.PATH, USUAL_FOLDERS);
  const found = find();
  if (found !== undefined) return found;
  const plan = planNatsServer(thisMachine());
  if (plan.kind === 'ask') throw new SetupError('NATS_SERVER_MISSING', plan.message);
  installWithApt(plan.sudo);
  const installed = find();
  if (installed !== undefined) return installed;
  throw new SetupError('NATS_SERVER_MISSING', howToGetNatsServer(process.platform));
}

/** @returns {import('./nats-server-plan.mjs').Machine} */
function thisMachine() {
  const root = process.getuid?.() === 0;
  const aptGet = findExecutable('apt-get', process.env.PATH) !== undefined;
  return {
    platform: process.platform,
    root,
    aptGet,
    sudo: aptGet && !root && spawnSync('sudo', ['-n', 'true'], { stdio: 'ignore' }).status === 0,
  };
}

/** @param {boolean} sudo */
function installWithApt(sudo) {
  process.stderr.write(`Installing nats-server (${sudo ? 'sudo ' : ''}apt-get install nats-server) …\n`);
  const command = ['/bin/sh', APT_SCRIPT];
  const [file, ...args] = sudo ? ['sudo', '-n', ...command] : command;
  const result = spawnSync(/** @type {string} */ (file), args, { stdio: ['ignore', 2, 2] });
  if (result.status === 0) return;
  throw new SetupError(
    'INSTALL_FAILED',
    `apt-get could not install nats-server (${result.error?.message ?? `exit code ${result.status}`}); its own message stands above.\n${howToGetNatsServer(process.platform)}`,
    { cause: result.error },
  );
}
