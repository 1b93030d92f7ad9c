/**
 * What is known of a machine that has no nats-server.
 *
 * @typedef {object} Machine
 * @property {NodeJS.Platform} platform
 * @property {boolean} root whether this process may do everything
 * @property {boolean} aptGet whether there is an apt-get
 * @property {boolean} sudo whether sudo works without a password
 */

/**
 * How to get a nats-server: run a script (as root, through sudo where we are not), or leave it to the user.
 *
 * @typedef {{ kind: 'apt', sudo: boolean } | { kind: 'ask', message: string }} Plan
 */

/**
 * Decides how a nats-server comes onto a machine that has none: by itself only where that takes no question.
 *
 * @param {Machine} machine
 * @returns {Plan}
 */
export function planNatsServer(machine) {
  if (machine.platform === 'linux' && machine.aptGet && (machine.root || machine.sudo)) {
    return { kind: 'apt', sudo: !machine.root };
  }
  return { kind: 'ask', message: howToGetNatsServer(machine.platform) };
}

/** @type {readonly (readonly [NodeJS.Platform, string, string])[]} */
const COMMANDS = [
  ['linux', 'Debian, Ubuntu', 'sudo apt-get install nats-server'],
  ['darwin', 'macOS', 'brew install nats-server'],
  ['win32', 'Windows', 'scoop install main/nats-server   (or: winget install NATSAuthors.NATSServer)'],
];

/**
 * The message for a machine without a nats-server: this platform's command first, the others after it.
 *
 * @param {NodeJS.Platform} platform
 */
export function howToGetNatsServer(platform) {
  const commands = [...COMMANDS].sort((a, b) => Number(b[0] === platform) - Number(a[0] === platform));
  return [
    'Ordo needs a nats-server and found none on this machine. Install one and try again:',
    ...commands.map(([, name, command]) => `  ${`${name}:`.padEnd(17)}${command}`),
    'or use a server that runs elsewhere, for example in Docker:',
    '  docker run --rm -p 4222:4222 nats',
    '  NATS_URL=nats://127.0.0.1:4222 npm start',
  ].join('\n');
}
