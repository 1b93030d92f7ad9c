import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const STANDBY = fileURLToPath(new URL('./standby.mjs', import.meta.url));

/** The service as users run it, in a process of its own that is loaded and waits to be told to serve. */
export class ServiceProcess {
  /** Resolves when it is loaded. */
  readonly loaded: Promise<unknown>;
  readonly #child: ChildProcess;
  readonly #exited: Promise<unknown>;

  constructor() {
    this.#child = fork(STANDBY, { silent: true, env: { ...process.env, ORDO_HTTP: 'off' } });
    this.loaded = once(this.#child, 'message');
    this.#exited = once(this.#child, 'exit');
    this.#child.stderr?.pipe(process.stderr);
  }

  get exitCode(): number | null {
    return this.#child.exitCode;
  }

  /** Serves; resolves when it answers commands, or when it has ended before that. */
  async serve(data: string, natsUrl: string): Promise<void> {
    if (this.#child.stdout === null) throw new TypeError('a pipe was asked for');
    const ready = once(createInterface({ input: this.#child.stdout }), 'line');
    this.#child.send(['serve', '--data', data, '--nats', natsUrl, '--log', 'warn']);
    await Promise.race([ready, this.#exited]);
  }

  /** Sends a signal and waits until the process has ended. */
  async end(signal: 'SIGKILL' | 'SIGTERM'): Promise<void> {
    this.#child.kill(signal);
    await this.#exited;
  }
}
