/** Every limit of a participant, in one place. */
export const participantLimits = {
  /** Handlers that run at the same time, unless the author says otherwise. */
  concurrency: 32,
  /** Prepares that may wait or run; beyond it they are answered BUSY, and asked again. */
  prepares: 1_024,
  /** Messages of all kinds that may wait or run: decisions have a reserve, since they free what prepares bind. */
  messages: 16_384,
  /** Bytes of what a vote keeps, as JSON. */
  keepBytes: 64 * 1024,
  /** Branches that are read and looked after in one round, and ended ones that are forgotten at a time. */
  round: 1_000,
  /** Inquiries under way at the same time. */
  inquiries: 32,
  /** Older branches of an order that are asked about before a vote. */
  olderBranches: 16,
} as const;

/** The pauses of a participant, in ms. */
export const participantPauses = {
  /** From one look at what is open to the next. */
  roundMs: 5_000,
  /** The same while the first look is held up, because as many branches as may be are being looked after. */
  crowdedMs: 500,
  /** Before a branch is looked after a second time; doubled each time, and up to a fifth longer at random. */
  firstMs: 5_000,
  /** The longest of them. */
  longestMs: 60_000,
  /** How long an inquiry waits for its answer. */
  inquiryMs: 5_000,
  /** How often it is logged that branches hear no decision. */
  complaintMs: 60_000,
  /** How long `stop` waits for handlers, unless the author says otherwise. */
  stopMs: 10_000,
  /** How long it then waits for those that heed their signal, and for the last answers to leave. */
  signalMs: 1_000,
} as const;
