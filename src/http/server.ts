import { lookup } from 'node:dns/promises';
import type { AddressInfo } from 'node:net';
import { type FastifyInstance, type FastifyReply, type FastifyRequest, fastify } from 'fastify';
import type { HostLog } from '../../runtime/host-options.ts';
import type { Clock } from '../../runtime/ports.ts';
import { failure, internal } from '../api/failure.ts';
import { limits } from '../contracts/index.ts';
import type { HttpAddress } from '../settings.ts';
import { isLoopback, whyNotAdmitted } from './admission.ts';
import { answerClientError } from './client-error.ts';
import { whyNotExchanged } from './content.ts';
import type { Answering } from './endpoint-request.ts';
import { addEndpointRoutes } from './endpoint-routes.ts';
import { listenError } from './errors.ts';
import { failureOfThrown, HttpFailure, httpFailure, pathOf, sendProblem } from './failure.ts';
import { addServiceRoutes, type ServiceParts } from './service-routes.ts';
import { addTutorialRoutes } from './tutorial-routes.ts';
import { UnderWay } from './under-way.ts';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Of the answer that is no error. */
    mediaType?: string;
  }
}

export interface HttpServerOptions extends ServiceParts {
  readonly address: HttpAddress;
  readonly endpoints: Answering;
  readonly clock: Clock;
  readonly log: HostLog;
}

/** The limits of the server itself; those of what is sent stand in the contracts. Times in ms. */
export const httpLimits = {
  /** Connections at once; more are closed as they come. */
  connections: 4_096,
  /** Bytes of a request's line and headers. */
  headerBytes: 16 * 1024,
  /** How long the headers may take to arrive, and the whole request: whoever dribbles does not hold a connection. */
  headersTimeoutMs: 10_000,
  requestTimeoutMs: 30_000,
  /** How often connections are looked over for that. */
  checkIntervalMs: 5_000,
  /** How long a connection may idle between requests: longer than the 60 s after which most proxies let go of theirs. */
  keepAliveMs: 72_000,
  /** How long a connection may be silent, also while its request is under way. */
  silenceMs: limits.waitMs + 60_000,
} as const;

/** What every answer says to browsers: it is data of one client, to be shown nowhere and guessed from by nobody. */
const browserHeaders = {
  'Cache-Control': 'private, no-cache',
  'Content-Security-Policy': "default-src 'none'; frame-ancestors 'none'",
  'Cross-Origin-Resource-Policy': 'same-origin',
  'X-Content-Type-Options': 'nosniff',
} as const;

/** Answers every command and question over HTTP, and tells about the service itself. */
export class HttpServer {
  readonly #options: HttpServerOptions;
  readonly #app: FastifyInstance;
  readonly #underWay = new UnderWay();
  /** The routes that are served, for whoever asks with another method. */
  readonly #routes: { readonly methods: readonly string[]; readonly matches: RegExp }[] = [];
  #onLoopback = true;
  #closed: Promise<void> | undefined;

  private constructor(options: HttpServerOptions) {
    this.#options = options;
    this.#app = this.#build();
  }

  /**
   * Begins to answer.
   *
   * @throws HttpServerError HTTP_PORT_TAKEN, HTTP_ADDRESS_UNUSABLE
   */
  static async start(options: HttpServerOptions): Promise<HttpServer> {
    const server = new HttpServer(options);
    const { host, port } = options.address;
    try {
      const { address } = await lookup(host);
      server.#onLoopback = isLoopback(address);
      await server.#app.listen({ host: address, port });
    } catch (error) {
      await server.#app.close();
      throw listenError(options.address, error);
    }
    return server;
  }

  /** Where it answers: `http://127.0.0.1:8080`. */
  get url(): string {
    const { host } = this.#options.address;
    const { port } = this.#app.server.address() as AddressInfo;
    return `http://${host.includes(':') ? `[${host}]` : host}:${port}`;
  }

  /** Takes no more requests: new connections are refused, and what comes on others is SHUTTING_DOWN. */
  refuse(): void {
    this.#closed ??= this.#app.close();
  }

  /**
   * Closes for good, once the requests under way are answered.
   *
   * @param graceMs how long that may take; whoever still waits then gets no answer.
   */
  async close(graceMs: number): Promise<void> {
    this.refuse();
    await this.#underWay.quiet(this.#options.clock, graceMs);
    this.#app.server.closeAllConnections();
    await this.#closed;
  }

  #build(): FastifyInstance {
    const app = fastify({
      bodyLimit: limits.messageBytes,
      // What comes while it closes is answered like everything else, by #admit.
      return503OnClosing: false,
      keepAliveTimeout: httpLimits.keepAliveMs,
      connectionTimeout: httpLimits.silenceMs,
      requestTimeout: httpLimits.requestTimeoutMs,
      http: {
        maxHeaderSize: httpLimits.headerBytes,
        headersTimeout: httpLimits.headersTimeoutMs,
        connectionsCheckingInterval: httpLimits.checkIntervalMs,
      },
      routerOptions: {
        // The contracts know how long an id may be; here only the header's size bounds it.
        maxParamLength: httpLimits.headerBytes,
        // Read by query.ts, which refuses what cannot be read.
        querystringParser: () => ({}),
      },
      clientErrorHandler: (error, socket) => {
        // Whoever waits on this connection must not take this for the answer.
        if (this.#underWay.has(socket)) socket.destroy();
        else answerClientError(error, socket);
      },
      frameworkErrors: (error, request, reply) => this.#fail(error, request, reply.headers(browserHeaders)),
    });
    app.server.maxConnections = httpLimits.connections;
    // The contracts read the bytes; that they are JSON, content.ts has seen to.
    app.removeAllContentTypeParsers();
    app.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body));
    app.addHook('onRoute', ({ method, url }) => this.#remember(method, url));
    app.addHook('onRequest', async (request, reply) => this.#admit(request, reply));
    // It may have begun to come before the service began to stop.
    app.addHook('preHandler', async () => this.#refuseWhenClosed());
    app.addHook('onSend', async (_request, reply) => {
      // Otherwise the connection would outlive the answer, and the service would wait for it.
      if (this.#closed !== undefined) reply.header('Connection', 'close');
    });
    app.setErrorHandler((error, request, reply) => this.#fail(error, request, reply));
    app.setNotFoundHandler((request, reply) => this.#notFound(request, reply));
    addEndpointRoutes(app, this.#options.endpoints);
    addTutorialRoutes(app, this.#options.endpoints);
    addServiceRoutes(app, this.#options);
    return app;
  }

  /** Looks a request over before its body is read. Throws for one that is not let in. */
  #admit(request: FastifyRequest, reply: FastifyReply): void {
    this.#underWay.add(request.raw, reply.raw);
    reply.headers(browserHeaders);
    this.#refuseWhenClosed();
    const { mediaType } = request.routeOptions.config;
    const refused =
      whyNotAdmitted(request.raw, this.#onLoopback) ??
      (mediaType === undefined ? undefined : whyNotExchanged(request.raw, mediaType));
    if (refused !== undefined) throw refused;
  }

  #refuseWhenClosed(): void {
    if (this.#closed === undefined) return;
    throw failure('SHUTTING_DOWN', 'The service is stopping; the command was not started.', {});
  }

  #remember(method: string | readonly string[], url: string): void {
    const pattern = url
      .split(/:\w+/)
      .map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'))
      .join('[^/]*');
    this.#routes.push({ methods: [method].flat(), matches: new RegExp(`^${pattern}$`) });
  }

  #notFound(request: FastifyRequest, reply: FastifyReply) {
    const path = pathOf(request.raw.url ?? '/');
    const methods = this.#routes.filter(({ matches }) => matches.test(path)).flatMap((route) => route.methods);
    if (methods.length === 0) return this.#fail(httpFailure('ROUTE_NOT_FOUND'), request, reply);
    const allow = [...new Set(methods)].sort().join(', ');
    const message = `This path does not take ${request.method}; it takes ${allow}.`;
    return this.#fail(httpFailure('METHOD_NOT_ALLOWED', message), request, reply.header('Allow', allow));
  }

  #fail(error: unknown, request: FastifyRequest, reply: FastifyReply) {
    const known = failureOfThrown(error, request);
    if (known !== undefined) {
      return sendProblem(request, reply, known.body, known instanceof HttpFailure ? known.status : undefined);
    }
    this.#options.log.error(
      { method: request.method, path: pathOf(request.raw.url ?? '/'), err: error },
      'A request has failed',
    );
    return sendProblem(request, reply, internal('The request has failed.', error).body);
  }
}
