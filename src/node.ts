import { connect, type NatsConnection } from 'nats';
import manifest from '../package.json' with { type: 'json' };
import { systemClock } from '../runtime/clock.ts';
import type { Definition } from '../runtime/definition.ts';
import { messageOf, RuntimeError } from '../runtime/errors.ts';
import { Host } from '../runtime/host.ts';
import type { HostLog } from '../runtime/host-options.ts';
import { unpackEntry } from '../runtime/journal.ts';
import { LevelStore } from '../runtime/level/store.ts';
import type { MailboxLimits } from '../runtime/mailbox.ts';
import { NatsTransport } from '../runtime/nats/transport.ts';
import type { Clock, Store } from '../runtime/ports.ts';
import { Publisher } from '../runtime/publisher.ts';
import { admit } from '../runtime/upgrade/admission.ts';
import { migrateBacklog } from '../runtime/upgrade/backlog.ts';
import { actorDefinitions } from './actors.ts';
import { Announcer } from './api/announcements.ts';
import { Endpoints } from './api/endpoints.ts';
import { Api } from './api/service.ts';
import { type NatsServer, startNatsServer } from './nats-server.ts';
import { toService } from './outside.ts';
import type { Settings } from './settings.ts';

export interface NodeLog extends HostLog {
  info(fields: object, message: string): void;
}

/** A running service. */
export interface OrdoNode {
  /** The NATS server that it answers on. */
  readonly url: string;
  readonly host: Host;
  readonly store: Store;
  /** Takes no more commands, finishes what is under way, ends its nats-server. */
  stop(): Promise<void>;
}

export interface NodeOptions {
  readonly settings: Settings;
  readonly log: NodeLog;
  /** The node cannot go on: it is to end at once and recover by its next start. */
  readonly onFatal: (error: unknown) => void;
  readonly clock?: Clock;
  /** The machines that it runs; this build's own by default. */
  readonly definitions?: ReadonlyMap<string, Definition>;
  /** Opens the store in a directory; LevelDB by default. */
  readonly openStore?: (directory: string) => Promise<Store>;
  /** How much mail may wait; the runtime's own limits by default. */
  readonly mailboxLimits?: MailboxLimits;
}

/** How long `stop` waits for transactions to settle, in ms; those that do not go on after the next start. */
const STOP_GRACE_MS = 10_000;

/** Puts the parts together: store, NATS, actors, interface. The one place that knows them all. */
export async function startNode(options: NodeOptions): Promise<OrdoNode> {
  const { settings, log, onFatal, clock = systemClock, openStore = (data: string) => LevelStore.open(data) } = options;
  const { definitions = actorDefinitions() } = options;
  const ends: (() => Promise<void>)[] = [];
  const endAll = async () => {
    for (const end of ends.splice(0).reverse()) await end();
  };
  try {
    const store = await openStore(settings.data);
    ends.push(() => store.close());
    await warnOfClock(store, clock, log);
    const isMigrating = await admit(store, definitions, { now: clock.now(), log });

    const server = settings.nats === undefined ? await ownServer(settings.natsPort, log, onFatal) : undefined;
    if (server !== undefined) ends.push(() => server.stop());
    const url = settings.nats ?? server?.url ?? '';
    const connection = await connectTo(url, log, onFatal);
    ends.push(() => connection.drain());

    const { host, publisher, api } = assemble(store, connection, { ...options, clock, definitions });
    await host.start();
    publisher.start();
    await api.open();
    const stopMigrating = isMigrating ? migrateBacklog({ host, store, definitions, log }) : () => {};
    ends.push(async () => {
      stopMigrating();
      // First the door, then the house: what was taken is answered before the actors stop.
      const closed = api.close();
      // Whoever still waits then is answered after the next start.
      if (await host.stop(STOP_GRACE_MS)) await closed;
      await publisher.stop();
    });
    return { url, host, store, stop: endAll };
  } catch (error) {
    await endAll();
    throw error;
  }
}

function assemble(
  store: Store,
  connection: NatsConnection,
  {
    settings,
    log,
    onFatal,
    clock,
    definitions,
    mailboxLimits,
  }: NodeOptions & Required<Pick<NodeOptions, 'clock' | 'definitions'>>,
): { host: Host; publisher: Publisher; api: Api } {
  const announcer = new Announcer(connection, () => clock.now());
  const publisher = new Publisher({
    store,
    announce: announcer.announce,
    clock,
    onTrouble: (error) => log.warn({ err: error }, 'Announcements could not be published; trying again'),
  });
  const transport = new NatsTransport({
    connection,
    toService,
    onDropped: (subject, why) => log.debug({ subject, why }, 'A message was dropped'),
  });
  const host: Host = new Host({
    store,
    transport,
    definitions,
    clock,
    random: Math.random,
    log,
    onFatal,
    onAnnounced: (announced, before, after) => publisher.offer(announced, before, after),
    onOrphanAnswer: (replyTo, answer, trace) => api.answerOrphan(replyTo, answer, trace),
    ...(mailboxLimits !== undefined && { mailboxLimits }),
  });
  const endpoints = new Endpoints({ host, store, clock, settings, log });
  const api = new Api({ connection, endpoints, version: manifest.version, log });
  return { host, publisher, api };
}

async function ownServer(port: number, log: NodeLog, onFatal: (error: unknown) => void): Promise<NatsServer> {
  const server = await startNatsServer({ port, log: (line) => log.debug({ line }, 'nats-server') });
  server.exited.then(({ stopped, code, lastLines }) => {
    if (!stopped) onFatal(new Error(`The nats-server has ended by itself (${code}): ${lastLines.join(' | ')}`));
  }, onFatal);
  return server;
}

async function connectTo(url: string, log: NodeLog, onFatal: (error: unknown) => void): Promise<NatsConnection> {
  const options = { servers: url, name: 'ordo', maxReconnectAttempts: -1, reconnectTimeWait: 250 };
  const connection = await connect(options).catch((cause: unknown) => {
    const advice = 'Start it, or name another with --nats or NATS_URL; without one, ordo starts its own.';
    const message = `The NATS server at ${url} could not be used: ${messageOf(cause)}. ${advice}`;
    throw new RuntimeError('TRANSPORT_FAILED', message, { cause });
  });
  connection.closed().then((error) => {
    if (error !== undefined) onFatal(error);
  }, onFatal);
  void (async () => {
    for await (const { type, data } of connection.status()) log.info({ type, data }, 'NATS');
  })();
  return connection;
}

/** A clock that has gone back would let deadlines pass late: tell it loudly, actors' own time never goes back. */
async function warnOfClock(store: Store, clock: Clock, log: NodeLog): Promise<void> {
  const [newest] = store.feedHead === 0 ? [] : await store.feed(store.feedHead - 1, 1);
  const entry = newest === undefined ? undefined : store.entry(newest.address, newest.seq);
  if (entry === undefined) return;
  const { at } = unpackEntry(entry);
  const behindMs = at - clock.now();
  if (behindMs <= 0) return;
  const message = 'The clock is behind the newest journal entry: set it right, or timers and deadlines will be late';
  log.error({ behindMs, newest: new Date(at).toISOString(), now: new Date(clock.now()).toISOString() }, message);
}
