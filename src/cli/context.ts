import { type CallOptions, type Client, type ClientOptions, connectClient } from '../client/index.ts';

/** Everything outside the program that its commands touch; tests hand in their own. */
export interface CliContext {
  /** Writes to standard output. */
  write(text: string): void;
  /** Writes to standard error. */
  writeError(text: string): void;
  /** Reads a file as text; `-` is standard input. */
  read(path: string): Promise<string>;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Connects to the service. */
  connect(options: ClientOptions): Promise<Client>;
  /** How calls behave where the command line does not say. */
  readonly callDefaults: Pick<CallOptions, 'timeoutMs' | 'retry'>;
}

/** How long the command line tries again, in milliseconds: a person is waiting. */
const patienceMs = 3_000;

/** The process that the program runs in. */
export function processContext(): CliContext {
  return {
    write: (text) => void process.stdout.write(text),
    writeError: (text) => void process.stderr.write(text),
    async read(path) {
      const { readFile } = await import('node:fs/promises');
      if (path !== '-') return readFile(path, 'utf8');
      const chunks: Buffer[] = [];
      for await (const chunk of process.stdin) chunks.push(chunk as Buffer);
      return Buffer.concat(chunks).toString('utf8');
    },
    env: process.env,
    connect: connectClient,
    callDefaults: { retry: { maxElapsedMs: patienceMs } },
  };
}
