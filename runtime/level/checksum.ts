import { crc32 } from 'node:zlib';

const SIZE = 4;

/**
 * A payload behind the CRC-32 of its key and itself. The key is part of it, so that a value that has strayed to
 * another key is found as well as one that has changed.
 */
export function seal(key: string, payload: Uint8Array): Buffer {
  return sealed(Buffer.allocUnsafe(SIZE + payload.length), key, payload);
}

let scratch = Buffer.allocUnsafeSlow(64 * 1024);

/** The same, in memory that the next call uses again: for a value that is copied before that. */
export function sealInPlace(key: string, payload: Uint8Array): Buffer {
  const size = SIZE + payload.length;
  if (scratch.length < size) scratch = Buffer.allocUnsafeSlow(2 * size);
  return sealed(scratch.subarray(0, size), key, payload);
}

function sealed(value: Buffer, key: string, payload: Uint8Array): Buffer {
  value.set(payload, SIZE);
  value.writeUInt32LE(crc32(payload, crc32(key)), 0);
  return value;
}

/** The payload, or `undefined` when it is not what was written under this key. */
export function unseal(key: string, value: Buffer): Buffer | undefined {
  if (value.length < SIZE) return undefined;
  const payload = value.subarray(SIZE);
  return value.readUInt32LE(0) === crc32(payload, crc32(key)) ? payload : undefined;
}
