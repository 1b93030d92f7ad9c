import { type Active, ActiveActors, activate } from './activation.ts';
import type { Address } from './address.ts';
import { Alarm } from './alarm.ts';
import { examine, remembered } from './commands.ts';
import type { ActorState } from './definition.ts';
import { fireDueTimers } from './due-timers.ts';
import { isStoreFailure } from './errors.ts';
import { failMail } from './failed-mail.ts';
import { type Announced, GroupCommit, type Pending } from './group-commit.ts';
import type { HostOptions, Load, Look } from './host-options.ts';
import { type Instruments, NO_INSTRUMENTS } from './instruments.ts';
import { CHAIN_START } from './journal.ts';
import { type Command, type CommandOutcome, type Mail, mailOfAnswer, mailOfMessage } from './mail.ts';
import { MAILBOX_LIMITS, Mailboxes } from './mailbox.ts';
import { REPETITION_PAUSES, Repetition, stillOpen } from './repetition.ts';
import { answerType, newActor, type Stepped, stateOf, step } from './step.ts';
import { NO_TRACING, type Tracing } from './tracing.ts';
import { type IncomingAnswer, type IncomingMessage, outgoing } from './transport.ts';
import { WaitingCommands } from './waiting.ts';
import { Watchers } from './watchers.ts';

/**
 * The one loop in which every actor lives:
 *
 *     mail ─► mailbox ─► step (pure) ─► one record, one batch, sync ─► release: answers, asks, events, timers
 *
 * It knows actors, not orders. Its promise: nothing leaves before the step that caused it, or the state that it was
 * read from, is on disk.
 */
export class Host {
  readonly #options: HostOptions;
  readonly #instruments: Instruments;
  readonly #tracing: Tracing;
  readonly #mailboxes: Mailboxes;
  readonly #actors: ActiveActors;
  readonly #commit: GroupCommit;
  readonly #alarm: Alarm;
  readonly #repetition: Repetition;
  readonly #watchers = new Watchers();
  readonly #waiting = new WaitingCommands();
  #turnIsDue = false;
  #phase: 'starting' | 'open' | 'stopping' | 'failed' = 'starting';
  #whenQuiet: (() => void) | undefined;

  constructor(options: HostOptions) {
    this.#options = options;
    this.#instruments = options.instruments ?? NO_INSTRUMENTS;
    this.#tracing = options.tracing ?? NO_TRACING;
    this.#mailboxes = new Mailboxes(options.mailboxLimits ?? MAILBOX_LIMITS);
    this.#actors = new ActiveActors(options.activeActors ?? 50_000);
    const onFatal = (error: unknown) => this.#fail(error);
    this.#commit = new GroupCommit({
      store: options.store,
      headOf: (address) => this.#actors.headOf(address) ?? CHAIN_START,
      setHead: (address, head) => this.#actors.setHead(address, head),
      onWritten: (written, announced, before) => this.#written(written, announced, before),
      onFenced: (address, mails) => this.#fenced(address, mails),
      onFatal,
      instruments: this.#instruments,
    });
    this.#alarm = new Alarm({
      store: options.store,
      clock: options.clock,
      wake: (address) => new Promise((done) => this.#put(address, { kind: 'wake', done })),
      onFatal,
    });
    this.#repetition = new Repetition({
      clock: options.clock,
      pauses: options.repetitionPauses ?? REPETITION_PAUSES,
      random: options.random,
      instruments: this.#instruments,
      send: (from, asked) => {
        if (this.#phase === 'failed') return;
        options.transport.ask(outgoing(from, asked, this.#tracing.asked(from, asked)));
      },
    });
  }

  /** Begins to take messages and takes up what was open when the last process ended. Reads nothing else. */
  async start(): Promise<void> {
    await this.#options.transport.open({
      message: (message) => this.receive(message),
      answer: (answer) => this.#takeAnswer(answer),
    });
    this.#phase = 'open';
    await this.#alarm.recover();
  }

  /**
   * Sends a command to an actor. Resolves once its outcome is on disk: for a command that starts a transaction, after
   * that transaction's outcome.
   */
  command(address: Address, command: Command): Promise<CommandOutcome> {
    if (this.#phase !== 'open') {
      return Promise.resolve({ kind: this.#phase === 'failed' ? 'unavailable' : 'stopping' });
    }
    return new Promise((tell) => {
      const kept = this.#put(address, { kind: 'command', command, tell });
      if (!kept) tell({ kind: 'busy' });
    });
  }

  /** Looks at an actor. Resolves once what it shows is on disk; `undefined` for one that has no record. */
  async look(address: Address): Promise<Look | undefined> {
    const { actor } = this.#actors.get(address) ?? this.#read(address);
    // Also an absence may be read from a step that is not on disk yet: that of an actor that was just forgotten.
    if (!(await this.#synced(address))) return this.look(address);
    if (actor.record === null) return undefined;
    return { state: stateOf(actor), snapshot: actor.snapshot, definition: actor.definition };
  }

  /** Calls back with an actor's state after every write of it. The answer ends it. */
  watch(address: Address, callback: (state: ActorState) => void): () => void {
    return this.#watchers.add(address, callback);
  }

  /** Asks again now whatever the actor is waiting for. */
  repeatAsks(address: Address): Promise<void> {
    return new Promise((done) => {
      if (!this.#put(address, { kind: 'repeat', done })) done();
    });
  }

  /** How full it is, for operators. */
  get load(): Load {
    return { ...this.#mailboxes.depth, ...this.#actors.load, waiting: this.#waiting.size };
  }

  /**
   * Takes no more commands, finishes what is under way, closes the transport.
   *
   * @param graceMs how long transactions may take to settle; they go on after the next start.
   * @returns whether every command that was taken has been answered. After a failure, nobody is.
   */
  async stop(graceMs: number): Promise<boolean> {
    if (this.#phase === 'failed') return false;
    this.#phase = 'stopping';
    const isQuiet = await new Promise<boolean>((resolve) => {
      const cancel = this.#options.clock.schedule(graceMs, () => resolve(false));
      this.#whenQuiet = () => {
        cancel();
        resolve(true);
      };
      this.#checkQuiet();
    });
    this.#alarm.stop();
    await this.#options.transport.close();
    await this.#commit.idle();
    // What was written last has begun to be asked only now.
    for (const active of this.#actors.values()) active.stopRepeating?.();
    return isQuiet;
  }

  // ── mail ──────────────────────────────────────────────────────────────────────────────────────────────────────

  /** Takes a protocol message, from the transport or from whoever speaks for an outside participant. */
  receive(message: IncomingMessage): void {
    const mail = mailOfMessage(this.#options.definitions, message);
    if (typeof mail === 'string') message.answer({ kind: 'failure', message: mail });
    else this.#put(message.to, mail);
  }

  #takeAnswer(answer: IncomingAnswer): void {
    const mail = mailOfAnswer(this.#options.definitions, answer);
    if (mail !== undefined) this.#put(answer.to, mail);
  }

  #put(address: Address, mail: Mail): boolean {
    if (this.#phase === 'failed') return false;
    const kept = this.#mailboxes.put(address, mail);
    if (kept) this.#scheduleTurn();
    else if (mail.kind !== 'command') this.#instruments.mailDropped();
    return kept;
  }

  #scheduleTurn(): void {
    if (this.#turnIsDue) return;
    this.#turnIsDue = true;
    // After what is being read from the network right now has been delivered: it shares one batch.
    queueMicrotask(() => {
      this.#turnIsDue = false;
      this.#turn();
    });
  }

  // ── step ──────────────────────────────────────────────────────────────────────────────────────────────────────

  #turn(): void {
    if (this.#phase === 'failed') return;
    const most = this.#options.batchSteps ?? 1_024;
    for (const [address, mails] of this.#mailboxes.takeMessages())
      for (const mail of mails) this.#handle(address, mail);
    const room = () => most - this.#commit.filling;
    for (const [address, mails] of this.#mailboxes.takeCommands(room))
      for (const mail of mails) this.#handle(address, mail);
    this.#commit.flush();
    const isNeeded = (address: Address) => this.#mailboxes.has(address) || this.#commit.isDirty(address);
    if (this.#actors.passivate(isNeeded) > 0) this.#alarm.sweepLater();
    this.#checkQuiet();
  }

  #handle(address: Address, mail: Mail): void {
    try {
      const active = this.#actors.touch(address) ?? this.#activated(address);
      switch (mail.kind) {
        case 'command':
          return this.#handleCommand(active, mail);
        case 'message':
          return this.#handleMessage(active, mail);
        case 'answer':
          return this.#handleAnswer(active, mail);
        case 'wake':
          return this.#handleWake(active, mail);
        case 'repeat':
          return this.#askAgain(active, mail, mail.done);
      }
    } catch (error) {
      if (isStoreFailure(error)) return this.#fail(error);
      failMail(this.#options.log, address, mail, error);
    }
  }

  /** Reads an actor without keeping it, unless the reading has migrated it. */
  #read(address: Address): Active {
    const { store, definitions, clock } = this.#options;
    const { active, migration } = activate(store, definitions, address, clock.now());
    if (migration === undefined) return active;
    const kept = this.#activated(address);
    this.#commit.flush();
    return kept;
  }

  /** Brings an actor into memory. What it was waiting for when it left is asked again. */
  #activated(address: Address): Active {
    const { store, definitions, clock } = this.#options;
    const { active, migration } = activate(store, definitions, address, clock.now());
    this.#actors.add(active);
    if (migration !== undefined) this.#commit.add(migration, undefined, () => {});
    this.#askAgain(active, undefined, () => {});
    return active;
  }

  /** Asks what is open now again, once that is on disk. What a later step asks waits for its own write. */
  #askAgain(active: Active, mail: Mail | undefined, done: () => void): void {
    const asks = active.actor.record?.asks ?? [];
    this.#commit.whenSynced(active.actor.address, mail, () => {
      this.#repetition.begin(active, stillOpen(active, asks));
      done();
    });
  }

  #handleCommand(active: Active, mail: Extract<Mail, { kind: 'command' }>): void {
    const { command, tell } = mail;
    const { address } = active.actor;
    const { store, clock } = this.#options;
    const examined = examine(active.actor, command, clock.now());
    switch (examined.kind) {
      case 'tell':
        return this.#commit.whenSynced(address, mail, () => tell(examined.outcome));
      case 'repeat':
        return this.#commit.whenSynced(address, mail, () => tell(remembered(store, address, examined.seq)));
      case 'join':
        this.#waiting.add(address, examined.seq, tell);
        // Should the step be fenced that it waits for, it is taken anew like the first.
        return this.#commit.whenSynced(address, mail, () => {});
      case 'try':
        break;
    }
    const before = active.actor;
    const result = step(before, { kind: 'command', ...command }, clock.now(), this.#tracing.ownTrace);
    if (result.kind === 'refused') {
      const { refusal } = result;
      const outcome: CommandOutcome =
        before.record === null ? { kind: 'absent' } : { kind: 'refused', state: stateOf(before), refusal };
      return this.#commit.whenSynced(address, mail, () => tell(outcome));
    }
    if (result.kind !== 'stepped') throw new Error(`A command of ${address} came to nothing: ${result.kind}`);
    this.#waiting.add(address, result.actor.seq, tell);
    this.#take(active, result, mail, () => {});
  }

  #handleMessage(active: Active, mail: Extract<Mail, { kind: 'message' }>): void {
    const { address } = active.actor;
    const result = step(active.actor, mail.input, this.#options.clock.now(), this.#tracing.ownTrace);
    switch (result.kind) {
      case 'replied':
        return this.#commit.whenSynced(address, mail, () => mail.answer({ kind: 'reply', payload: result.payload }));
      case 'refused':
        return this.#commit.whenSynced(address, mail, () => mail.answer({ kind: 'refusal', refusal: result.refusal }));
      case 'stepped':
        return this.#take(active, result, mail, () => {
          if (result.reply !== undefined) mail.answer({ kind: 'reply', payload: result.reply.payload });
        });
      case 'stale':
        return;
    }
  }

  #handleAnswer(active: Active, mail: Extract<Mail, { kind: 'answer' }>): void {
    const { definition, record, address } = active.actor;
    const ask = record?.asks.find(({ id }) => id === mail.input.ask);
    const wrong =
      ask === undefined ? undefined : definition.check({ ...mail.input.answer, type: answerType(ask.event.type) });
    if (wrong !== undefined) {
      this.#options.log.warn({ address, ask: mail.input.ask, wrong }, 'A malformed answer; it is asked again');
      return;
    }
    const input = ask === undefined ? mail.input : { ...mail.input, cause: `answer:${ask.to}` };
    const result = step(active.actor, input, this.#options.clock.now(), this.#tracing.ownTrace);
    if (result.kind === 'stepped') this.#take(active, result, mail, () => {});
    else
      this.#options.log.debug({ address, ask: mail.input.ask, result: result.kind }, 'An answer that changes nothing');
  }

  #handleWake(active: Active, mail: Extract<Mail, { kind: 'wake' }>): void {
    const { address } = active.actor;
    const now = this.#options.clock.now();
    const next = fireDueTimers(active, now, this.#tracing.ownTrace, {
      take: (stepped, { dueAt }) => {
        this.#instruments.timerFired(now - dueAt);
        this.#take(active, stepped, undefined, () => {});
      },
      onFailed: ({ id }, err) => this.#options.log.error({ address, timer: id, err }, 'A timer has failed; it stays'),
    });
    if (next !== undefined) this.#alarm.expect(next);
    mail.done();
  }

  // ── write ─────────────────────────────────────────────────────────────────────────────────────────────────────

  /** Takes a step over into memory and into the batch that fills. Its effects wait for the sync. */
  #take(active: Active, result: Stepped, mail: Mail | undefined, release: () => void): void {
    const { address, definition, seq } = result.actor;
    active.actor = result.forgotten ? newActor(address, definition, seq) : result.actor;
    const takenAt = this.#tracing.now();
    this.#commit.add(result, mail, () => {
      this.#settle(address, result);
      // A later step may have canceled or replaced an ask meanwhile: then it never leaves.
      this.#repetition.begin(active, active.actor === result.actor ? result.asks : stillOpen(active, result.asks));
      release();
      this.#tracing.stepped(result, takenAt);
    });
  }

  // ── release ───────────────────────────────────────────────────────────────────────────────────────────────────

  #written(written: readonly Pending[], announced: readonly Announced[], before: number): void {
    for (const { address, actor, forgotten } of written) {
      const due = forgotten ? [] : (actor.record?.timers ?? []);
      if (due.length > 0) this.#alarm.expect(Math.min(...due.map(({ dueAt }) => dueAt)));
      this.#watchers.tell(address, () => stateOf(actor));
    }
    this.#options.onAnnounced(announced, before, this.#options.store.feedHead);
    // The next batch has been filling meanwhile, and mail may have waited for room.
    this.#scheduleTurn();
  }

  #settle(address: Address, { settled, answer }: Stepped): void {
    if (answer === undefined) return;
    for (const { seq, replyTo, trace } of settled) {
      const isTold = this.#waiting.tell(address, seq, { kind: 'answered', ...answer });
      if (!isTold && replyTo !== undefined) this.#options.onOrphanAnswer(replyTo, answer, trace);
    }
  }

  /** Resolves when what is in memory of an actor is on disk; false: it never will be, and has been read again. */
  #synced(address: Address): Promise<boolean> {
    return new Promise((resolve) => {
      const fenced: Mail = { kind: 'wake', done: () => resolve(false) };
      this.#commit.whenSynced(address, fenced, () => resolve(true));
    });
  }

  // ── trouble ───────────────────────────────────────────────────────────────────────────────────────────────────

  /** Somebody else has written this actor: what we know of it is void. Read it again and take its mail again. */
  #fenced(address: Address, mails: readonly Mail[]): void {
    this.#options.log.warn({ address, mails: mails.length }, 'Another node has written this actor; reading it again');
    for (const mail of mails) if (mail.kind === 'command') this.#waiting.forget(mail.tell);
    this.#actors.remove(address);
    // Waking it brings back the timers that had fired in vain.
    this.#mailboxes.putBack(address, [...mails, { kind: 'wake', done: () => {} }]);
    this.#scheduleTurn();
  }

  #fail(error: unknown): void {
    if (this.#phase === 'failed') return;
    this.#phase = 'failed';
    this.#alarm.stop();
    this.#options.onFatal(error);
  }

  #checkQuiet(): void {
    if (this.#whenQuiet === undefined) return;
    if (this.#mailboxes.isEmpty && this.#commit.isIdle && this.#waiting.size === 0) this.#whenQuiet();
  }
}
