import { connect, Events, type NatsConnection } from 'nats';
import manifest from '../package.json' with { type: 'json' };
import { systemClock } from '../runtime/clock.ts';
import type { Definition } from '../runtime/definition.ts';
import { messageOf, RuntimeError } from '../runtime/errors.ts';
import { Host } from '../runtime/host.ts';
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
import { type NatsConnecting, natsConnecting } from './client/index.ts';
import { Health } from './health.ts';
import type { HttpServer } from './http/server.ts';
import type { Documents } from './http/service-routes.ts';
import { type NodeLog, partLog } from './log.ts';
import { readNatsAccess } from './nats-files.ts';
import { type NatsServer, startNatsServer } from './nats-server.ts';
import type { MetricsText } from './observation/metrics/metrics.ts';
import { Observation } from './observation/observation.ts';
import { toService } from './outside.ts';
import type { Settings } from './settings.ts';

/** A running service. */
export interface OrdoNode {
  /** The NATS server that it answers on, without user, password and token. */
  readonly url: string;
  /** Where it answers over HTTP; undefined where it does not. */
  readonly httpUrl: string | undefined;
  readonly host: Host;
  readonly store: Store;
  readonly metrics: MetricsText;
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
  const { settings, log, onFatal, clock = systemClock, definitions = actorDefinitions() } = options;
  const knownActors = settings.activeActors;
  const openStore = options.openStore ?? ((data: string) => LevelStore.open(data, { knownActors }));
  const health = new Health();
  const ends: (() => Promise<void>)[] = [];
  /** Ends everything, also after a part that could not end well; the first trouble is told. */
  const endAll = async () => {
    const troubles: unknown[] = [];
    for (const end of ends.splice(0).reverse()) await end().catch((error: unknown) => troubles.push(error));
    if (troubles.length > 0) throw troubles[0];
  };
  try {
    const store = await openStore(settings.data);
    ends.push(() => store.close());
    await warnOfClock(store, clock, log);
    const isMigrating = await admit(store, definitions, { now: clock.now(), log });
    const { prepareTimeoutMs } = settings;
    const observation = await Observation.start({ version: manifest.version, log, prepareTimeoutMs }, process.env);
    ends.push(() => observation.stop());

    const server = settings.nats === undefined ? await ownServer(settings.natsPort, log, onFatal) : undefined;
    if (server !== undefined) ends.push(() => server.stop());
    const access = await accessTo(server, settings);
    const url = access.shown;
    const connection = await connectTo(access, log, onFatal, health);
    ends.push(async () => {
      if (!connection.isClosed()) await connection.drain();
    });

    const onStoreFailed = (error: unknown) => {
      health.lost('store');
      onFatal(error);
    };
    const parts = assemble(store, connection, observation, { ...options, onFatal: onStoreFailed, clock, definitions });
    const { host, publisher, endpoints, api } = parts;
    observation.observe({ host, store, publisher, clock, directory: settings.data });
    await host.start();
    publisher.start();
    await api.open();
    const stopMigrating = isMigrating ? migrateBacklog({ host, store, definitions, log }) : () => {};
    let http: HttpServer | undefined;
    ends.push(async () => {
      stopMigrating();
      // While its server is away nothing reaches anybody, and whatever waits to be flushed would wait for ever.
      if (health.missing().includes('NATS')) await connection.close();
      // First the doors, then the house: what was taken is answered before the actors stop.
      http?.refuse();
      const closed = api.close();
      const isQuiet = await host.stop(STOP_GRACE_MS);
      // Whoever still waits then is answered after the next start; over HTTP, whoever asks again then.
      if (isQuiet) await closed;
      await http?.close(isQuiet ? STOP_GRACE_MS : 0);
      await publisher.stop();
    });
    const { metrics } = observation;
    if (settings.http !== null) {
      const missing = () => health.missing();
      // Loaded only where it is served; the documents when somebody first asks for one.
      const { HttpServer } = await import('./http/server.ts');
      const documents = madeOnDemand();
      const httpLog = partLog(log, 'http');
      const parts = { endpoints, missing, metrics, documents, clock, log: httpLog };
      http = await HttpServer.start({ address: settings.http, ...parts });
    }
    const httpUrl = http?.url;
    const { data, participants } = settings;
    log.info({ version: manifest.version, url, httpUrl, data, participants }, 'Serving');
    return { url, httpUrl, host, store, metrics, stop: endAll };
  } catch (error) {
    await endAll();
    throw error;
  }
}

/** The documents of the interface; loaded and made when somebody first asks for one. */
function madeOnDemand(): () => Promise<Documents> {
  let documents: (() => Documents) | undefined;
  return async () => {
    const { documentsOf } = await import('./documents/documents.ts');
    documents ??= documentsOf(manifest.version);
    return documents();
  };
}

function assemble(
  store: Store,
  connection: NatsConnection,
  observation: Observation,
  {
    settings,
    log,
    onFatal,
    clock,
    definitions,
    mailboxLimits,
  }: NodeOptions & Required<Pick<NodeOptions, 'clock' | 'definitions'>>,
): { host: Host; publisher: Publisher; endpoints: Endpoints; api: Api } {
  const announcer = new Announcer(connection, () => clock.now());
  const publisher = new Publisher({
    store,
    announce: announcer.announce,
    clock,
    onTrouble: (error) => observation.unpublished(error),
  });
  const transport = new NatsTransport({
    connection,
    toService,
    onDropped: (subject, why) => observation.messageDropped(subject, why),
  });
  const host: Host = new Host({
    store,
    transport,
    definitions,
    clock,
    random: Math.random,
    log: partLog(log, 'runtime'),
    onFatal,
    instruments: observation,
    ...(observation.tracing !== undefined && { tracing: observation.tracing }),
    onAnnounced: (announced, before, after) => {
      observation.announced(announced);
      publisher.offer(announced, before, after);
    },
    onOrphanAnswer: (replyTo, answer, trace) => api.answerOrphan(replyTo, answer, trace),
    activeActors: settings.activeActors,
    ...(mailboxLimits !== undefined && { mailboxLimits }),
  });
  const apiLog = partLog(log, 'api');
  const endpoints = new Endpoints({ host, store, clock, settings, log: apiLog, observer: observation });
  const api = new Api({ connection, endpoints, version: manifest.version, log: apiLog });
  return { host, publisher, endpoints, api };
}

async function ownServer(port: number, log: NodeLog, onFatal: (error: unknown) => void): Promise<NatsServer> {
  const natsLog = partLog(log, 'nats');
  const server = await startNatsServer({ port, log: (line) => natsLog.debug({ line }, 'nats-server') });
  server.exited.then(({ stopped, code, lastLines }) => {
    if (!stopped) onFatal(new Error(`The nats-server has ended by itself (${code}): ${lastLines.join(' | ')}`));
  }, onFatal);
  return server;
}

/** How to connect: to the server of its own, or to the one that the settings name. */
async function accessTo(own: NatsServer | undefined, { nats, natsFiles }: Settings): Promise<NatsConnecting> {
  return natsConnecting(own ?? (await readNatsAccess(nats ?? '', natsFiles)));
}

async function connectTo(
  { options: access, shown }: NatsConnecting,
  log: NodeLog,
  onFatal: (error: unknown) => void,
  health: Health,
): Promise<NatsConnection> {
  const options = { ...access, name: 'ordo', maxReconnectAttempts: -1, reconnectTimeWait: 250 };
  const connection = await connect(options).catch((cause: unknown) => {
    const advice = 'Start it, or name another with --nats or NATS_URL; without one, ordo starts its own.';
    const message = `The NATS server at ${shown} could not be used: ${messageOf(cause)}. ${advice}`;
    throw new RuntimeError('TRANSPORT_FAILED', message, { cause });
  });
  connection.closed().then((error) => {
    if (error !== undefined) onFatal(error);
  }, onFatal);
  const natsLog = partLog(log, 'nats');
  void (async () => {
    for await (const { type, data } of connection.status()) {
      if (type === Events.Disconnect) health.lost('NATS');
      if (type === Events.Reconnect) health.found('NATS');
      tellStatus(natsLog, type, data);
    }
  })();
  return connection;
}

/** Tells how the connection is. While it is gone there is an attempt every moment: those are for whoever looks closely. */
function tellStatus(log: NodeLog, type: string, data: unknown): void {
  const fields = { type, data };
  if (type === 'reconnecting' || type === 'pingTimer') log.debug(fields, 'NATS connection');
  else if (type === 'reconnect' || type === 'update') log.info(fields, 'NATS connection');
  else log.warn(fields, 'NATS connection');
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
