/**
 * What went on, for whoever counts it. Called on the way of every command: an implementation counts and returns, and
 * never throws. How full the host is stands in `Host.load`, and is looked up when somebody wants to know.
 */
export interface Instruments {
  /** A batch is on disk, its effects are not out yet: how many actors and steps shared it, and how long the write took. */
  batchWritten(actors: number, steps: number, ms: number): void;
  /** An ask was sent again, since no answer had come; `to` is an actor's address or `service:<name>`. */
  askRepeated(to: string): void;
  /** A timer has fired, so many ms after it was due. */
  timerFired(lateMs: number): void;
  /** A protocol message or an answer found no room and was dropped: whoever asked asks again. */
  mailDropped(): void;
}

/** For a host whose doings nobody counts. */
export const NO_INSTRUMENTS: Instruments = {
  batchWritten() {},
  askRepeated() {},
  timerFired() {},
  mailDropped() {},
};
