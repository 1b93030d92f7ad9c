import { randomBytes } from 'node:crypto';
import type { Clock } from '../../../runtime/ports.ts';
import { limits, type PieceBody } from '../../contracts/index.ts';
import { failure, RETRY_AFTER_MS } from '../failure.ts';

/** Long work that is pulled, a piece at a time. */
export interface Pulled<Piece> {
  /** The next piece. Called again only once it has resolved, and no more after one that is the last. */
  next(): Promise<Piece & { readonly last: boolean }>;
  /** Lets go of whatever it holds, finished or not. */
  close(): Promise<void>;
}

interface Session {
  readonly pulled: Pulled<object>;
  piece: number;
  answer: Promise<object>;
  isOver: boolean;
  cancelIdle: () => void;
}

/** Work that its client pulls on. It is let go of when it is closed, fails, is idle too long or the service stops. */
export class Sessions {
  readonly #clock: Clock;
  readonly #sessions = new Map<string, Session>();
  readonly #stopping: AbortSignal;

  constructor(clock: Clock, stopping: AbortSignal) {
    this.#clock = clock;
    this.#stopping = stopping;
    stopping.addEventListener('abort', () => {
      for (const name of [...this.#sessions.keys()]) this.#letGo(name);
    });
  }

  /**
   * Answers a request for a piece.
   *
   * @param begin starts new work.
   * @throws ApiFailure BUSY, SESSION_NOT_FOUND, INVALID_REQUEST or SHUTTING_DOWN, and what the work throws.
   */
  async answer<Piece extends object>(
    { session: id, piece, close }: PieceBody,
    begin: () => Pulled<Piece>,
  ): Promise<Piece & { readonly session: string; readonly piece: number; readonly last: boolean }> {
    if (this.#stopping.aborted) throw failure('SHUTTING_DOWN', 'The service is stopping; begin again in a moment.', {});
    if (id === undefined && (piece > 0 || close)) throw withoutSession();
    const name = id ?? this.#begin(begin);
    const session = this.#sessions.get(name);
    if (session === undefined) throw notFound(name);
    session.cancelIdle();
    const isNext = id !== undefined && piece === session.piece + 1 && !session.isOver && !close;
    if (isNext) this.#goOn(name, session);
    else if (piece !== session.piece && !close) throw outOfOrder(piece, session);
    const answer = { ...(await session.answer), session: name, piece: session.piece };
    if (close) await this.#end(name);
    else this.#waitFor(name, session);
    return answer as Piece & { readonly session: string; readonly piece: number; readonly last: boolean };
  }

  #begin(begin: () => Pulled<object>): string {
    if (this.#sessions.size >= limits.sessions) {
      const message = `${limits.sessions} sessions are open already; wait for one to end, or for an idle one to be closed.`;
      throw failure('BUSY', message, { retryAfterMs: RETRY_AFTER_MS });
    }
    const name = randomBytes(12).toString('base64url');
    const session: Session = {
      pulled: begin(),
      piece: -1,
      answer: Promise.resolve({}),
      isOver: false,
      cancelIdle: () => {},
    };
    this.#sessions.set(name, session);
    this.#goOn(name, session);
    return name;
  }

  #goOn(name: string, session: Session): void {
    session.piece += 1;
    session.answer = session.pulled.next().then(
      async (piece) => {
        session.isOver = piece.last;
        // Its last piece may be asked for again, but what it was made from is not needed any more.
        if (piece.last) await session.pulled.close();
        return piece;
      },
      async (error: unknown) => {
        await this.#end(name);
        throw error;
      },
    );
  }

  #waitFor(name: string, session: Session): void {
    session.cancelIdle();
    session.cancelIdle = this.#clock.schedule(limits.sessionIdleMs, () => this.#letGo(name));
  }

  /** Ends a session that nobody asks about: what goes wrong then is told to nobody. */
  #letGo(name: string): void {
    this.#end(name).catch(() => undefined);
  }

  async #end(name: string): Promise<void> {
    const session = this.#sessions.get(name);
    if (session === undefined) return;
    this.#sessions.delete(name);
    session.cancelIdle();
    await session.pulled.close();
  }
}

function withoutSession() {
  const why = 'must name the session: only the first piece is asked for without one';
  return failure('INVALID_REQUEST', `session ${why}.`, { fields: [{ path: 'session', why }] });
}

function notFound(name: string) {
  const message = `There is no session ${name}: it was closed, or idle for ${limits.sessionIdleMs / 1_000} s. Begin again.`;
  return failure('SESSION_NOT_FOUND', message, {});
}

function outOfOrder(piece: number, { piece: newest, isOver }: Session) {
  const why = isOver ? `must be ${newest}, which was the last` : `must be ${newest} (again) or ${newest + 1}`;
  return failure('INVALID_REQUEST', `Piece ${piece} ${why}.`, { fields: [{ path: 'piece', why }] });
}
