declare const brand: unique symbol;

/** An actor's address: its type, a slash, its key as it is: `order/SO-1001`, `stock/BANK CHARGES`. */
export type Address = string & { readonly [brand]: 'Address' };

const UNSAFE = /[^A-Za-z0-9_-]/;

export function addressOf(type: string, key: string): Address {
  return `${type}/${key}` as Address;
}

/** `order` of `order/SO-1001`. */
export function typeOf(address: Address): string {
  return address.slice(0, address.indexOf('/'));
}

/** `SO-1001` of `order/SO-1001`. */
export function keyOf(address: Address): string {
  return address.slice(address.indexOf('/') + 1);
}

/**
 * Writes any non-empty text as one token of a NATS subject (and of a store key): bytes other than
 * `A-Z a-z 0-9 _ -` become `=` and two upper-case hexadecimal digits.
 */
export function encodeToken(text: string): string {
  if (!UNSAFE.test(text)) return text;
  let token = '';
  for (const byte of Buffer.from(text, 'utf8')) {
    const char = String.fromCharCode(byte);
    token += UNSAFE.test(char) ? `=${byte.toString(16).toUpperCase().padStart(2, '0')}` : char;
  }
  return token;
}

/** Reads a token that `encodeToken` wrote. Any other spelling of the same text gives `undefined`. */
export function decodeToken(token: string): string | undefined {
  if (token === '') return undefined;
  if (!UNSAFE.test(token)) return token;
  const bytes: number[] = [];
  for (let index = 0; index < token.length; index += 1) {
    if (token[index] === '=') {
      const byte = Number.parseInt(token.slice(index + 1, index + 3), 16);
      if (Number.isNaN(byte)) return undefined;
      bytes.push(byte);
      index += 2;
    } else {
      bytes.push(token.charCodeAt(index));
    }
  }
  const text = Buffer.from(bytes).toString('utf8');
  return encodeToken(text) === token ? text : undefined;
}

/** The address with its key as a token: what stands in store keys, sorts by bytes and holds no separator. */
export function encodeAddress(address: Address): string {
  return `${typeOf(address)}/${encodeToken(keyOf(address))}`;
}

/** The way back from `encodeAddress`; `undefined` for anything else. */
export function decodeAddress(encoded: string): Address | undefined {
  const slash = encoded.indexOf('/');
  if (slash <= 0) return undefined;
  const key = decodeToken(encoded.slice(slash + 1));
  return key === undefined ? undefined : addressOf(encoded.slice(0, slash), key);
}
