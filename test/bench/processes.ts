import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const START = fileURLToPath(new URL('../../src/start.mjs', import.meta.url));
const BUILD = fileURLToPath(new URL('../../src/setup/build.mjs', import.meta.url));
const COMPILED = new URL('../../dist/src/main.js', import.meta.url).href;
const FLOORS = fileURLToPath(new URL('./floors.ts', import.meta.url));

/** A process under measurement. */
export class Subject {
  readonly #child: ChildProcess;
  readonly #exited: Promise<unknown>;
  /** Its first line on standard output. */
  readonly ready: Promise<string>;

  private constructor(args: readonly string[]) {
    // Settings of whoever measures must not change what is measured.
    const own = Object.entries(process.env).filter(([name]) => !/^(ORDO_|NATS_|OTEL_|NODE_OPTIONS$)/.test(name));
    this.#child = spawn(process.execPath, args, {
      stdio: ['ignore', 'pipe', 'inherit'],
      env: { ...Object.fromEntries(own), ORDO_HTTP: 'off' },
    });
    this.#exited = once(this.#child, 'exit');
    if (this.#child.stdout === null) throw new TypeError('a pipe was asked for');
    const firstLine = once(createInterface({ input: this.#child.stdout }), 'line');
    this.ready = Promise.race([
      firstLine.then(([line]) => String(line)),
      this.#exited.then(() => Promise.reject(new Error(`${args.join(' ')} has ended before it was ready`))),
    ]);
  }

  /** `ordo serve` as people start it, its NATS elsewhere. */
  static serve(nats: string, data: string, flags: readonly string[] = []): Subject {
    const args = ['serve', '--nats', nats, '--data', data, '--log', 'warn', ...flags];
    return new Subject([START, ...args]);
  }

  /** The same from what `npm pack` compiles; `build` has made it. */
  static serveCompiled(nats: string, data: string): Subject {
    const args = ['serve', '--nats', nats, '--data', data, '--log', 'warn'];
    const script = `import(${JSON.stringify(COMPILED)}).then(({ main }) => main(process.argv.slice(1)))`;
    return new Subject(['-e', script, '--', ...args]);
  }

  /** The floors: NATS echo and the bare loop. */
  static floors(nats: string, data: string): Subject {
    return new Subject(['--import', 'tsx', FLOORS, nats, data]);
  }

  /** A script of this folder. */
  static script(name: string, args: readonly string[], nodeFlags: readonly string[] = []): Subject {
    return new Subject([...nodeFlags, '--import', 'tsx', fileURLToPath(new URL(name, import.meta.url)), ...args]);
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  /** Its memory in bytes, as the system sees it; 0 where it does not tell. */
  get residentBytes(): number {
    try {
      const match = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${this.pid}/status`, 'utf8'));
      return Number(match?.[1] ?? 0) * 1_024;
    } catch {
      return 0;
    }
  }

  async end(signal: NodeJS.Signals): Promise<void> {
    this.#child.kill(signal);
    await this.#exited;
  }
}

/** Compiles the project to `dist/`, as `npm pack` does. */
export function build(): void {
  execFileSync(process.execPath, [BUILD], { stdio: 'inherit' });
}

/** A folder for as long as something is measured. */
export async function withFolder<T>(use: (folder: string) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'ordo-bench-'));
  try {
    return await use(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
