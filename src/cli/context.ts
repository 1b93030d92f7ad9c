import { createInterface } from 'node:readline/promises';
import { type CallOptions, type Client, type ClientOptions, connectClient } from '../client/index.ts';

/** Where the answers are shown. */
export interface Terminal {
  /** Columns; undefined where nobody looks on, such as in a pipe: then nothing is wrapped. */
  readonly width: number | undefined;
  readonly hasColors: boolean;
}

/** Everything outside the program that its commands touch; tests hand in their own. */
export interface CliContext {
  /** Writes to standard output. */
  write(text: string): void;
  /** Writes to standard error. */
  writeError(text: string): void;
  /** Reads a file as text; `-` is standard input. */
  read(path: string): Promise<string>;
  /** Asks the person at the terminal; undefined where there is none. */
  readonly prompt: ((question: string) => Promise<string>) | undefined;
  readonly terminal: Terminal;
  /** The wall clock, in milliseconds since the epoch. */
  now(): number;
  /** The time zone of the people who read, as an IANA name or `local`. */
  readonly zone: string;
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
    prompt: process.stdin.isTTY && process.stderr.isTTY ? promptAtTerminal : undefined,
    terminal: terminalOf(process.stdout, process.env),
    now: Date.now,
    zone: 'local',
    env: process.env,
    connect: connectClient,
    callDefaults: { retry: { maxElapsedMs: patienceMs } },
  };
}

/** Questions go to standard error: standard output is for the answer. Ctrl-C and Ctrl-D reject. */
async function promptAtTerminal(question: string): Promise<string> {
  const lines = createInterface({ input: process.stdin, output: process.stderr });
  const given = new AbortController();
  lines.on('close', () => given.abort());
  // Here the line editor has the terminal, so that Ctrl-C is a key and no signal.
  lines.on('SIGINT', () => given.abort());
  try {
    return await lines.question(question, { signal: given.signal });
  } finally {
    lines.close();
  }
}

/** Colors are for terminals; NO_COLOR (https://no-color.org) and FORCE_COLOR have the last word. */
export function terminalOf(
  stream: { readonly isTTY?: boolean; readonly columns?: number },
  env: CliContext['env'],
): Terminal {
  const isTerminal = stream.isTTY === true;
  const isForced = env.FORCE_COLOR !== undefined && env.FORCE_COLOR !== '' && env.FORCE_COLOR !== '0';
  const hasColors = !env.NO_COLOR && (isForced || (isTerminal && env.FORCE_COLOR !== '0' && env.TERM !== 'dumb'));
  return { width: isTerminal ? (stream.columns ?? 80) : undefined, hasColors };
}
