import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createConnection, Socket } from 'node:net';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { ensureNatsServer } from './setup/nats-server.mjs';

const WATCHDOG = fileURLToPath(new URL('./setup/watchdog.mjs', import.meta.url));
const LOOPBACK = '127.0.0.1';
/** What nats-server takes for "any free port". */
const ANY_PORT = -1;

const START_TIMEOUT_MS = 15_000;

/** How many of the server's last lines an error repeats. */
const LAST_LINES = 5;

export interface NatsServerOptions {
  /** The port on loopback; 0 takes any that is free. */
  readonly port: number;
  /** Called with each line that the server writes about itself. */
  readonly log: (line: string) => void;
  /** Turns JetStream on. Off by default. */
  readonly jetstream?: boolean;
  /** Where JetStream keeps its files; needed with `jetstream`, for its own default is shared by all servers. */
  readonly storeDir?: string;
}

/** How the server ended. */
export interface NatsServerExit {
  /** Whether `stop` had been called: if not, nobody wanted it. */
  readonly stopped: boolean;
  readonly code: number | null;
  /** The last lines that it wrote. */
  readonly lastLines: readonly string[];
}

/** A nats-server that runs as a child of this process, and ends with it whatever ends it. */
export interface NatsServer {
  /** `nats://127.0.0.1:4222` */
  readonly url: string;
  readonly port: number;
  /** The server's own process. */
  readonly pid: number;
  /** Ends the server; resolves once it has ended. Calling it again does no harm. */
  stop(): Promise<void>;
  /** Resolves when the server has ended, wanted or not; never rejects. */
  readonly exited: Promise<NatsServerExit>;
}

export type NatsServerErrorCode = 'NATS_PORT_TAKEN' | 'NATS_SERVER_FAILED';

/** Why a nats-server did not start: a stable code, and a message that says what to do next. */
export class NatsServerError extends Error {
  readonly code: NatsServerErrorCode;

  constructor(code: NatsServerErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'NatsServerError';
    this.code = code;
  }
}

/**
 * Starts a real nats-server on loopback and waits until it answers. Where the machine has none, it is installed first
 * if that takes no question.
 *
 * @throws {SetupError} `NATS_SERVER_MISSING` or `INSTALL_FAILED`: there is no nats-server to start
 * @throws {NatsServerError} `NATS_PORT_TAKEN`; `NATS_SERVER_FAILED` when it ended, or did not answer in time
 */
export async function startNatsServer(options: NatsServerOptions): Promise<NatsServer> {
  const child = spawn(process.execPath, [WATCHDOG, ensureNatsServer(), ...serverArgs(options)], {
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    // A process group of its own: Ctrl-C in a terminal is for Ordo, which still needs the server to finish its work.
    detached: true,
  });
  if (child.stderr === null) throw new TypeError('startNatsServer: a pipe was asked for');
  const output = readOutput(child.stderr, options.log);
  let stopped = false;
  // Not the child's `close`: Node does not tell it when the channel was closed from this side.
  const exited = Promise.all([once(child, 'exit'), output.ended]).then(([[code]]) => ({
    stopped,
    code: typeof code === 'number' ? code : null,
    lastLines: output.lastLines,
  }));
  const stop = async () => {
    stopped = true;
    hold(child, true);
    // The watchdog takes the end of the channel for the end of this process, and ends the server.
    if (child.connected) child.disconnect();
    await exited;
  };
  try {
    const [pid, port] = await inTime(Promise.all([serverPid(child), output.port]), exited);
    await inTime(greeting(port), exited);
    hold(child, false);
    return { url: `nats://${LOOPBACK}:${port}`, port, pid, stop, exited };
  } catch (error) {
    await stop();
    throw startError(options.port, output.lastLines, error);
  }
}

function serverArgs({ port, jetstream = false, storeDir }: NatsServerOptions): readonly string[] {
  const args = ['-a', LOOPBACK, '-p', String(port === 0 ? ANY_PORT : port)];
  if (!jetstream) return args;
  if (storeDir === undefined) throw new TypeError('startNatsServer: jetstream needs a storeDir');
  return [...args, '-js', '-sd', storeDir];
}

/** Reads what the server writes: the port that it listens on is in there, which matters when it was to choose one. */
function readOutput(stderr: Readable, log: NatsServerOptions['log']) {
  const lastLines: string[] = [];
  const lines = createInterface({ input: stderr });
  const port = new Promise<number>((resolve) => {
    lines.on('line', (line) => {
      if (lastLines.push(line) > LAST_LINES) lastLines.shift();
      const listening = /Listening for client connections on .*:(\d+)$/.exec(line);
      if (listening !== null) resolve(Number(listening[1]));
      log(line);
    });
  });
  return { port, lastLines, ended: once(lines, 'close') };
}

/** The server's process id, which its watchdog reports. */
async function serverPid(child: ChildProcess): Promise<number> {
  const [message] = (await once(child, 'message')) as [{ pid: number } | { error: string }];
  if ('error' in message) throw new Error(message.error);
  return message.pid;
}

/** Resolves when the server at this port has sent the line that every NATS server greets with. */
async function greeting(port: number): Promise<void> {
  const socket = createConnection({ host: LOOPBACK, port });
  try {
    const [data] = (await once(socket, 'data')) as [Buffer];
    if (!data.toString('latin1').startsWith('INFO ')) throw new Error(`no NATS server answers on port ${port}`);
  } finally {
    socket.destroy();
  }
}

/** What a server is waited for: it must come in time, and before the server ends. */
async function inTime<T>(wanted: Promise<T>, exited: Promise<NatsServerExit>): Promise<T> {
  // Of the two that lose the race nobody hears; a failure of theirs must not count as unhandled.
  wanted.catch(() => {});
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(
      () => reject(new Error(`it did not answer within ${START_TIMEOUT_MS / 1000} s`)),
      START_TIMEOUT_MS,
    );
  });
  const gone = exited.then(({ code }) => Promise.reject(new Error(`it ended with exit code ${code}`)));
  gone.catch(() => {});
  try {
    return await Promise.race([wanted, gone, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** Says whether the child keeps this process alive: not while it just runs, for it ends when this process does. */
function hold(child: ChildProcess, alive: boolean): void {
  const stderr = child.stderr instanceof Socket ? child.stderr : undefined;
  for (const part of [child, child.channel, stderr]) alive ? part?.ref() : part?.unref();
}

function startError(port: number, lastLines: readonly string[], cause: unknown): NatsServerError {
  const said = lastLines.join('\n');
  if (/address already in use|Only one usage of each socket address/.test(said)) {
    return new NatsServerError(
      'NATS_PORT_TAKEN',
      `Port ${port} on ${LOOPBACK} is taken, so no nats-server can start there. Choose another with --nats-port, or use the NATS server that runs there with --nats nats://${LOOPBACK}:${port}.`,
      { cause },
    );
  }
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new NatsServerError(
    'NATS_SERVER_FAILED',
    `The nats-server did not start: ${reason}. ${said === '' ? 'It said nothing.' : `Its last words:\n${said}`}`,
    { cause },
  );
}
