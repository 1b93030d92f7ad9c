import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { type AddressInfo, createConnection, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { connect } from 'nats';
import { afterEach, describe, expect, it, onTestFinished } from 'vitest';
import { type NatsServer, type NatsServerOptions, startNatsServer } from '../src/nats-server.ts';

const started: NatsServer[] = [];

/** A server of this test's own, on a free port unless told otherwise. */
async function start(options: Partial<NatsServerOptions> = {}): Promise<NatsServer> {
  const server = await startNatsServer({ port: 0, log: () => {}, ...options });
  started.push(server);
  return server;
}

afterEach(() => Promise.all(started.splice(0).map((server) => server.stop())));

/** Connects to a server and waits for its greeting; `gone` resolves when the server closes the connection. */
async function greeted(port: number): Promise<{ gone: Promise<void> }> {
  const socket = createConnection({ host: '127.0.0.1', port });
  const gone = new Promise<void>((resolve) => {
    socket.on('close', () => resolve());
  });
  await once(socket, 'data');
  socket.on('error', () => {});
  return { gone };
}

async function refusesConnections(port: number): Promise<boolean> {
  const socket = createConnection({ host: '127.0.0.1', port });
  return new Promise<boolean>((resolve) => {
    socket.on('connect', () => resolve(false)).on('error', () => resolve(true));
  }).finally(() => socket.destroy());
}

/** Resolves once nobody listens: a server that is going closes connections a moment before its port. */
async function noLongerListening(port: number): Promise<void> {
  while (!(await refusesConnections(port))) await new Promise(setImmediate);
}

describe('startNatsServer', () => {
  it('gives a NATS server that answers at its url', async () => {
    const server = await start();
    expect(server.url).toBe(`nats://127.0.0.1:${server.port}`);
    const connection = await connect({ servers: server.url });
    connection.subscribe('question', { callback: (_, message) => void message.respond('answer') });
    expect((await connection.request('question')).string()).toBe('answer');
    await connection.close();
  });

  it('takes the port it is given, and gives it back when it is stopped', async () => {
    const { port, stop } = await start();
    await stop();
    const again = await start({ port });
    expect(again.port).toBe(port);
  });

  it('gives each of two servers a free port of its own', async () => {
    const [one, other] = await Promise.all([start(), start()]);
    expect(one.port).not.toBe(other.port);
  });

  it('listens on loopback only', async () => {
    const lines: string[] = [];
    await start({ log: (line) => void lines.push(line) });
    expect(lines.filter((line) => line.includes('Listening for'))).toEqual([
      expect.stringMatching(/ Listening for client connections on 127\.0\.0\.1:\d+$/),
    ]);
  });

  it('says that a port is taken, and what to do about it', async () => {
    const { port } = await start();
    await expect(start({ port })).rejects.toMatchObject({
      name: 'NatsServerError',
      code: 'NATS_PORT_TAKEN',
      message: expect.stringMatching(new RegExp(`${port}.* --nats-port.* --nats nats://127.0.0.1:${port}`)),
    });
  });

  it('says so too when whatever has the port does not speak NATS', async () => {
    const stranger = createServer().listen(0, '127.0.0.1');
    onTestFinished(() => void stranger.close());
    await once(stranger, 'listening');
    const { port } = stranger.address() as AddressInfo;
    await expect(start({ port })).rejects.toMatchObject({ code: 'NATS_PORT_TAKEN' });
  });

  it('repeats the last words of a server that does not start for another reason', async () => {
    const storeDir = import.meta.filename;
    await expect(start({ jetstream: true, storeDir })).rejects.toMatchObject({
      code: 'NATS_SERVER_FAILED',
      message: expect.stringMatching(/ended with exit code 1.*storage directory is not a directory/s),
    });
  });

  it('has JetStream off unless it is asked for', async () => {
    const connection = await connect({ servers: (await start()).url });
    expect(connection.info?.jetstream ?? false).toBe(false);
    await connection.close();
  });

  it('keeps JetStream streams in the folder it is given', async () => {
    const storeDir = await mkdtemp(join(tmpdir(), 'ordo-jetstream-'));
    onTestFinished(() => rm(storeDir, { recursive: true, force: true }));
    const first = await start({ jetstream: true, storeDir });
    const connection = await connect({ servers: first.url });
    await (await connection.jetstreamManager()).streams.add({ name: 'kept', subjects: ['kept.>'] });
    await connection.close();
    await first.stop();

    const second = await start({ jetstream: true, storeDir });
    const later = await connect({ servers: second.url });
    expect((await (await later.jetstreamManager()).streams.info('kept')).config.name).toBe('kept');
    await later.close();
  });
});

describe('The end of a NATS server', () => {
  it('comes with stop, which says that it was wanted and may be called twice', async () => {
    const { stop, exited, port } = await start();
    await Promise.all([stop(), stop()]);
    await stop();
    expect(await exited).toMatchObject({ stopped: true });
    expect(await refusesConnections(port)).toBe(true);
  });

  it('is told with its last words when nobody wanted it', async () => {
    const { exited, pid } = await start();
    process.kill(pid, 'SIGKILL');
    expect(await exited).toMatchObject({
      stopped: false,
      lastLines: expect.arrayContaining([expect.stringContaining('Server is ready')]),
    });
  });

  it('comes when a server that takes no notice of SIGTERM is stopped', async () => {
    const { stop, exited, pid } = await start();
    process.kill(pid, 'SIGSTOP');
    await stop();
    expect(await exited).toMatchObject({ stopped: true });
  });

  it.each(['SIGKILL', 'SIGTERM'] as const)(
    'comes soon after the process that started it was ended by %s',
    async (signal) => {
      const { owner, port } = await ownerOfServer();
      const { gone } = await greeted(port);
      owner.kill(signal);
      await gone;
      await noLongerListening(port);
    },
  );

  it('comes when the process that started it has nothing more to do', async () => {
    const { owner, port } = await ownerOfServer();
    const { gone } = await greeted(port);
    owner.stdin?.end();
    expect(await once(owner, 'exit')).toEqual([0, null]);
    await gone;
  });

  it('does not come with a Ctrl-C meant for the process that started it', async () => {
    const { owner, port } = await ownerOfServer({ detached: true, ignore: 'SIGINT' });
    // A terminal sends the signal to the whole process group.
    process.kill(-Number(owner.pid), 'SIGINT');
    const connection = await connect({ servers: `nats://127.0.0.1:${port}` });
    await connection.flush();
    await connection.close();
    owner.stdin?.end();
    await once(owner, 'exit');
  });
});

/** A process that starts a server, prints its port, and lives until its standard input ends. */
async function ownerOfServer(options: { detached?: boolean; ignore?: string } = {}): Promise<{
  owner: ChildProcess;
  port: number;
}> {
  const module = new URL('../src/nats-server.ts', import.meta.url);
  const program = `
    import { startNatsServer } from '${module}';
    ${options.ignore === undefined ? '' : `process.on('${options.ignore}', () => {});`}
    const { port } = await startNatsServer({ port: 0, log: () => {} });
    console.log(port);
    process.stdin.resume();
  `;
  const args = ['--import', 'tsx', '--input-type=module', '--eval', program];
  const owner = spawn(process.execPath, args, {
    stdio: ['pipe', 'pipe', 'inherit'],
    detached: options.detached ?? false,
    cwd: join(import.meta.dirname, '..'),
  });
  onTestFinished(() => void owner.kill('SIGKILL'));
  const [port] = (await once(createInterface({ input: owner.stdout }), 'line')) as [string];
  return { owner, port: Number(port) };
}
