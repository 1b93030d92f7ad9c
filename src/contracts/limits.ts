/**
 * Every limit of the interface, in one place. Beyond the first ones (down to `whatIfEvents`) a message is answered TOO_LARGE;
 * beyond the others INVALID_REQUEST (or INVALID_ID where the value stands in a subject).
 */
export const limits = {
  /** Bytes of a whole message. */
  messageBytes: 512 * 1024,
  /** Lines an order, and lines named in one ship, cancel or return. */
  lines: 2_000,
  /** Fees an order. */
  fees: 100,
  /** Bytes of an order's metadata, written as JSON. */
  metadataBytes: 16 * 1024,
  /** Bytes of an address, written as JSON. */
  addressBytes: 16 * 1024,
  /** Events in one what-if. */
  whatIfEvents: 100,
  /** Levels of nesting in metadata and addresses. */
  nestingLevels: 32,

  /** UTF-8 bytes of an order's id. */
  orderIdBytes: 100,
  /** UTF-8 bytes of a SKU. */
  skuBytes: 128,
  /** UTF-8 bytes of a transaction's id: the order's id, `~` and a number. */
  transactionIdBytes: 128,
  /** UTF-8 bytes of a request id. */
  requestIdBytes: 128,
  /** UTF-8 bytes of `by`. */
  byBytes: 128,
  /** UTF-8 bytes of a customer, a fee's code, a carrier, a tracking number, a parcel's id, a provider. */
  nameBytes: 128,
  /** UTF-8 bytes of a line's or a fee's name, and of a reason. */
  textBytes: 500,
  /** UTF-8 bytes of a note. */
  noteBytes: 2_000,
  /** UTF-8 bytes of a payment token: some providers hand out whole signed documents. */
  tokenBytes: 4_096,
  /** UTF-8 bytes of a list's cursor. */
  cursorBytes: 1_024,

  /** The largest amount, quantity or sum: 2^53−1, beyond which a JSON number is no longer exact. */
  amount: Number.MAX_SAFE_INTEGER,
  /** The most digits after the decimal point that a currency amount may have. */
  digits: 6,
  /** The largest page of a list or a history. */
  page: 500,
  /** The longest wait, in milliseconds. */
  waitMs: 300_000,
  /** How many fields an INVALID_REQUEST names at most. */
  reportedFields: 20,

  /** UTF-8 bytes of a session's name. */
  sessionBytes: 64,
  /** How many sessions of backup, dump and doctor a service has open at once. */
  sessions: 4,
  /** How long a session waits for its next piece before it is closed, in milliseconds. */
  sessionIdleMs: 60_000,
  /** Bytes of a file in one piece, before they are written in base64. */
  pieceBytes: 192 * 1024,
  /** How many findings an examination lists; beyond that they are only counted. */
  findings: 1_000,
} as const;
