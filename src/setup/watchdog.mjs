// Runs a command as a child and ends it as soon as the process that started this one is gone, however it went: the
// IPC channel closes even when that process was killed by SIGKILL, of which a child by itself hears nothing.
// Usage: node watchdog.mjs COMMAND ARGS…, with an IPC channel. Sends { pid } of the child once there is one, or
// { error }; exits as the child did.
import { spawn } from 'node:child_process';

/** How long the child may take to end by itself. */
const PATIENCE_MS = 5_000;

const [command = '', ...args] = process.argv.slice(2);
const child = spawn(command, args, { stdio: ['ignore', 'inherit', 'inherit'] });

child.on('spawn', () => send({ pid: child.pid }));
child.on('error', (error) => send({ error: error.message }));
child.on('exit', (code) => process.exit(code ?? 1));

// Whoever signals the whole group means the parent; this process ends when the parent does.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => {});

process.on('disconnect', end);
// The parent may have gone before the line above was reached.
if (!process.connected) end();

function end() {
  child.kill('SIGTERM');
  setTimeout(() => child.kill('SIGKILL'), PATIENCE_MS);
}

/** @param {{ pid: number | undefined } | { error: string }} message */
function send(message) {
  // A channel that closes while this is on its way is handled by `disconnect`.
  process.send?.(message, () => {});
}
