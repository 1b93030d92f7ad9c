import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

const root = join(import.meta.dirname, '../..');

/** How a process has ended, and what it printed. */
export type Ended = {
  /** Null for one that a signal has ended. */
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
};

/** The `ordo` command as a process of its own, which can be killed like any other. */
export class OrdoProcess {
  /** Resolves when it has ended, whatever ended it; never rejects. */
  readonly ended: Promise<Ended>;
  readonly #child: ChildProcess;
  #out = '';
  #err = '';

  /** Starts `ordo` with these arguments. */
  constructor(args: readonly string[]) {
    const { NATS_URL: _, ...env } = process.env;
    this.#child = spawn(process.execPath, ['src/start.mjs', ...args], {
      cwd: root,
      env: { ...env, ORDO_HTTP: 'off' },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.#child.stdout?.setEncoding('utf8').on('data', (text: string) => {
      this.#out += text;
    });
    this.#child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      this.#err += text;
    });
    this.ended = once(this.#child, 'close').then(([code]) => ({ code, out: this.#out, err: this.#err }));
  }

  /** Resolves when it has printed a text; rejects when it has ended without. */
  async says(text: string): Promise<void> {
    while (!this.#out.includes(text)) {
      const more = this.#child.stdout === null ? undefined : once(this.#child.stdout, 'data').then(() => undefined);
      const ended = await Promise.race([more, this.ended]);
      if (ended !== undefined) throw new Error(`It ended with ${ended.code} and did not say ${text}: ${ended.err}`);
    }
  }

  /** Sends a signal and waits until the process is gone. SIGKILL gives it no chance to do anything any more. */
  async end(signal: 'SIGKILL' | 'SIGTERM' | 'SIGINT'): Promise<Ended> {
    this.#child.kill(signal);
    return this.ended;
  }
}
