import { crc32 } from 'node:zlib';
import type { StoredRow } from '../../../runtime/ports.ts';

/**
 * A backup: the magic, then frames. Each frame is its type (one byte), the length of its payload, the CRC-32 of type
 * and payload (four bytes each, little-endian), and the payload. The first frame is the header, the last the trailer,
 * each JSON; those between are blocks of rows, deflated.
 */
export const MAGIC = Buffer.from('\x89ORDOBK\n', 'latin1');

/** Counts up when a change makes older files unreadable. */
export const BACKUP_FORMAT = 1;

export type FrameType = 'header' | 'block' | 'trailer';

const TYPES: Readonly<Record<FrameType, number>> = { header: 0x48, block: 0x42, trailer: 0x54 };
/** The bytes before a frame's payload. */
export const FRAME_HEAD = 9;
/** The largest payload: a file that claims more is damaged, and is not given the memory. */
export const MOST_FRAME_BYTES = 64 * 1024 * 1024;

/** What a backup says of itself before its rows. */
export interface BackupHeader {
  readonly format: number;
  /** The storage format of the rows. */
  readonly store: number;
  /** ISO 8601 */
  readonly takenAt: string;
  /** How many rows follow. */
  readonly rows: number;
  /** How many steps the actors had taken: the feed's head. */
  readonly steps: number;
}

/** What a backup says of itself after its rows. */
export interface BackupTrailer {
  readonly rows: number;
  /** SHA-256 over keys and values, each behind its length. A restored directory must give the same. */
  readonly rowsDigest: string;
  /** SHA-256 over everything before this frame. */
  readonly fileDigest: string;
}

export function frame(type: FrameType, payload: Uint8Array): Buffer {
  const bytes = Buffer.allocUnsafe(FRAME_HEAD + payload.length);
  bytes.writeUInt8(TYPES[type], 0);
  bytes.writeUInt32LE(payload.length, 1);
  bytes.writeUInt32LE(crc32(payload, crc32(bytes.subarray(0, 1))), 5);
  bytes.set(payload, FRAME_HEAD);
  return bytes;
}

/** Reads the nine bytes before a payload. `undefined`: this is no frame. */
export function readFrameHead(
  head: Buffer,
): { readonly type: FrameType; readonly length: number; readonly crc: number } | undefined {
  const type = (Object.keys(TYPES) as FrameType[]).find((one) => TYPES[one] === head.readUInt8(0));
  const length = head.readUInt32LE(1);
  if (type === undefined || length > MOST_FRAME_BYTES) return undefined;
  return { type, length, crc: head.readUInt32LE(5) };
}

/** Whether a payload is what was written in a frame with this head. */
export function fits(head: Buffer, payload: Buffer): boolean {
  return crc32(payload, crc32(head.subarray(0, 1))) === head.readUInt32LE(5);
}

/** The lengths of a row's key and value, as they stand before it. */
export function rowHead({ key, value }: StoredRow): Buffer {
  const head = Buffer.allocUnsafe(8);
  head.writeUInt32LE(key.length, 0);
  head.writeUInt32LE(value.length, 4);
  return head;
}

/** Reads the rows of an inflated block. `undefined`: this is no block. */
export function readRows(block: Buffer): readonly StoredRow[] | undefined {
  const rows: StoredRow[] = [];
  let at = 0;
  while (at < block.length) {
    if (at + 8 > block.length) return undefined;
    const keyEnd = at + 8 + block.readUInt32LE(at);
    const end = keyEnd + block.readUInt32LE(at + 4);
    if (end > block.length) return undefined;
    rows.push({ key: block.subarray(at + 8, keyEnd), value: block.subarray(keyEnd, end) });
    at = end;
  }
  return rows;
}
