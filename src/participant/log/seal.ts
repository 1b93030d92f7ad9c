import { crc32 } from 'node:zlib';

const CRC_BYTES = 4;

/** A value as it is stored: its JSON behind a CRC-32 of its key and that JSON. */
export function seal(key: string, value: unknown): Buffer {
  const json = Buffer.from(JSON.stringify(value));
  const sealed = Buffer.allocUnsafe(CRC_BYTES + json.length);
  sealed.writeUInt32LE(crc32(json, crc32(key)));
  json.copy(sealed, CRC_BYTES);
  return sealed;
}

/** Reads what `seal` wrote under this key; undefined for anything else, which is damaged or has strayed from its key. */
export function unseal(key: string, sealed: Buffer): unknown {
  if (sealed.length <= CRC_BYTES) return undefined;
  const json = sealed.subarray(CRC_BYTES);
  return crc32(json, crc32(key)) === sealed.readUInt32LE() ? JSON.parse(json.toString()) : undefined;
}
