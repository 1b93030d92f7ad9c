import { type Address, addressOf } from '../../runtime/address.ts';
import type { Announced } from '../../runtime/group-commit.ts';
import { Host } from '../../runtime/host.ts';
import type { Command, CommandOutcome } from '../../runtime/mail.ts';
import { MAILBOX_LIMITS, type MailboxLimits } from '../../runtime/mailbox.ts';
import { type Carry, MemoryMedium } from '../../runtime/memory/transport.ts';
import type { Clock } from '../../runtime/ports.ts';
import { Publisher } from '../../runtime/publisher.ts';
import type { OutgoingAnswer, Transport } from '../../runtime/transport.ts';
import { SteppedClock, settled } from '../fixtures/stepped-clock.ts';
import { DEFINITIONS } from './definitions.ts';
import { Disk } from './disk.ts';
import { type Inquire, PaymentService } from './psp.ts';
import { Random } from './random.ts';
import { Safety } from './safety.ts';
import { Trace } from './trace.ts';

/** How the world treats those who live in it. */
export interface Weather {
  /** Of messages, requests and answers. */
  readonly loss: number;
  readonly repetition: number;
  readonly delayMs: (random: Random) => number;
  readonly writeMs: (random: Random) => number;
  /** After each event. */
  readonly crash: number;
  readonly publishFailure: number;
}

export const CALM: Weather = {
  loss: 0,
  repetition: 0,
  delayMs: () => 1,
  writeMs: () => 2,
  crash: 0,
  publishFailure: 0,
};

/** One life of the node, from its start to its crash. */
interface Process {
  readonly host: Host;
  isAlive: boolean;
  readonly transport: Transport;
}

export interface WorldOptions {
  readonly seed: number;
  readonly weather: Weather;
  readonly activeActors?: number;
  readonly mailboxLimits?: MailboxLimits;
}

/** The whole node with its disk, its network, an outside service and its crashes: all of it out of one seed. */
export class World {
  readonly clock = new SteppedClock();
  readonly random: Random;
  readonly trace = new Trace(() => this.clock.now());
  readonly disk: Disk;
  readonly safety: Safety;
  readonly service: PaymentService;
  readonly published: Announced[] = [];
  weather: Weather;
  /** What went wrong where nobody could be told. */
  readonly violations: unknown[] = [];
  readonly #options: WorldOptions;
  readonly #medium: MemoryMedium;
  #process: Process | undefined;
  #answers = new Map<string, (outcome: CommandOutcome) => void>();
  #sent = 0;

  constructor(options: WorldOptions) {
    this.#options = options;
    this.weather = options.weather;
    this.random = new Random(options.seed);
    this.disk = new Disk({
      clock: this.clock,
      random: this.random,
      latencyMs: () => this.weather.writeMs(this.random),
      onWritten: (write) => {
        this.trace.written(write);
        this.#guarded(() => this.safety.written(write));
      },
    });
    this.safety = new Safety(this.disk.store);
    this.service = new PaymentService(this.clock, this.random, this.trace, this.#inquire);
    this.#medium = new MemoryMedium(this.#carry);
    this.#medium.serve('psp', (what, body, answer) => this.#guarded(() => this.service.take(what, body, answer)));
  }

  get isUp(): boolean {
    return this.#process !== undefined;
  }

  get host(): Host | undefined {
    return this.#process?.host;
  }

  /** Starts the node on what is on disk, with a clock that may be off. */
  start(skewMs = 0): void {
    this.trace.add(`the node starts, its clock off by ${skewMs} ms`);
    const store = this.disk.mount();
    const life = { isAlive: true };
    const clock: Clock = {
      now: () => this.clock.now() + skewMs,
      schedule: (delayMs, callback) => this.clock.schedule(delayMs, () => life.isAlive && callback()),
    };
    const transport = this.#transport();
    const publisher = new Publisher({
      store,
      clock,
      announce: async (announced) => {
        if (this.random.chance(this.weather.publishFailure)) throw new Error('nobody is there to publish to');
        this.published.push(...announced);
      },
      onTrouble: () => {},
    });
    const host = new Host({
      store,
      transport,
      definitions: DEFINITIONS,
      clock,
      random: this.random.next,
      log: {
        debug: () => {},
        warn: () => {},
        error: (fields, message) => this.violations.push(new Error(`${message}: ${JSON.stringify(fields)}`)),
      },
      onFatal: (error) => this.violations.push(error),
      onAnnounced: (announced, before, after) => {
        for (const { address, seq } of announced) this.#guarded(() => this.safety.leaves(address, seq, 'news'));
        publisher.offer(announced, before, after);
      },
      onOrphanAnswer: (replyTo, answer) => this.#tell(replyTo, { kind: 'answered', ...answer }),
      mailboxLimits: this.#options.mailboxLimits ?? MAILBOX_LIMITS,
      activeActors: this.#options.activeActors ?? 1_000,
    });
    this.#process = Object.assign(life, { host, transport });
    publisher.start();
    host.start().catch((error: unknown) => this.violations.push(error));
  }

  /** The process dies this very moment. */
  async crash(): Promise<void> {
    const process = this.#process;
    if (process === undefined) return;
    this.#process = undefined;
    process.isAlive = false;
    this.trace.add('the node crashes');
    await process.transport.close();
    await this.disk.unplug();
  }

  /** Sends a command over the network. Its outcome arrives once, several times or never. */
  send(address: Address, command: Command, arrived: (outcome: CommandOutcome) => void): void {
    this.#sent += 1;
    const replyTo = `client-${this.#sent}`;
    this.#answers.set(replyTo, arrived);
    this.#carry(
      () => {
        const host = this.#process?.host;
        host?.command(address, { ...command, replyTo }).then(
          (outcome) => {
            this.#guarded(() => this.safety.leaves(address, versionOf(outcome), outcome.kind));
            this.#tell(replyTo, outcome);
          },
          (error: unknown) => this.violations.push(error),
        );
      },
      { from: 'client', to: address, kind: command.event.type },
    );
  }

  /** Goes on by one event and all that follows from it. False: nothing is left to happen. */
  async step(): Promise<boolean> {
    const went = this.clock.step();
    await settled();
    if (this.violations.length > 0) throw this.violations[0];
    return went;
  }

  #tell(replyTo: string, outcome: CommandOutcome): void {
    this.#carry(() => this.#answers.get(replyTo)?.(outcome), {
      from: 'node',
      to: replyTo,
      kind: outcome.kind,
    });
  }

  #transport(): Transport {
    const inner = this.#medium.transport();
    return {
      open: (receiver) => inner.open(receiver),
      ask: (ask) => {
        this.#guarded(() =>
          this.safety.leaves(ask.from, Number(ask.cause.slice(ask.cause.lastIndexOf('/') + 1)), 'ask'),
        );
        inner.ask(ask);
      },
      close: () => inner.close(),
    };
  }

  /** Carries a service's inquiry to the coordinator, and the answer back. */
  readonly #inquire: Inquire = (transaction, branch, answered) => {
    const event = { type: 'inquire', transaction, branch };
    const to = addressOf('transaction', transaction);
    const answer = (outgoing: OutgoingAnswer) => {
      if (outgoing.kind !== 'reply') return;
      const { outcome } = outgoing.payload as { outcome?: unknown };
      this.#carry(() => this.#guarded(() => answered(outcome)), { from: to, to: 'service:psp', kind: 'outcome' });
    };
    this.#carry(() => this.#process?.host.receive({ to, event, cause: 'service:psp', answer }), {
      from: 'service:psp',
      to,
      kind: event.type,
    });
  };

  /** Loses, repeats, delays and, by its delays, reorders whatever crosses the network. */
  readonly #carry: Carry = (deliver, { from, to, kind }) => {
    if (this.random.chance(this.weather.loss)) return;
    const copies = this.random.chance(this.weather.repetition) ? 2 : 1;
    for (let copy = 0; copy < copies; copy += 1) {
      this.clock.schedule(this.weather.delayMs(this.random), () => {
        this.trace.add(`${from} → ${to} ${kind}`);
        deliver();
      });
    }
  };

  #guarded(check: () => void): void {
    try {
      check();
    } catch (error) {
      this.violations.push(error);
    }
  }
}

/** The version that an outcome shows to a client: none may be shown that is not on disk. */
function versionOf(outcome: CommandOutcome): number {
  if (outcome.kind === 'locked' || outcome.kind === 'refused') return outcome.state.seq;
  if (outcome.kind !== 'answered' || outcome.error) return 0;
  const { version } = JSON.parse(Buffer.from(outcome.bytes).toString('utf8')) as { version?: number };
  return version ?? 0;
}
