import { z } from 'zod';

/** Half of a surrogate pair on its own: a JSON string can hold it (`"\ud800"`), UTF-8 cannot. */
const loneSurrogate = /[\ud800-\udfff]/u;

const encoder = new TextEncoder();

/** Whether a text has a UTF-8 form at all. */
export function isWellFormed(text: string): boolean {
  return !loneSurrogate.test(text);
}

/** How many bytes a text takes in UTF-8. */
export function utf8Bytes(text: string): number {
  return encoder.encode(text).length;
}

/** Whether a text takes at most `maxBytes` in UTF-8; only encodes it where its length leaves that open. */
export function fitsInBytes(text: string, maxBytes: number): boolean {
  return text.length * 3 <= maxBytes || (text.length <= maxBytes && utf8Bytes(text) <= maxBytes);
}

/** Why a text is not one of 1 to `maxBytes` bytes of UTF-8; undefined when it is. */
export function whyNotText(text: string, minBytes: number, maxBytes: number): string | undefined {
  if (text.length < minBytes) return 'must not be empty';
  if (!isWellFormed(text)) return 'must be valid Unicode: it holds half of a surrogate pair';
  if (!fitsInBytes(text, maxBytes)) return `must be at most ${maxBytes} bytes of UTF-8, but has ${utf8Bytes(text)}`;
  return undefined;
}

/** `maxLength` counts characters, of which each has a byte or more: the description tells the limit itself. */
function bounded(minBytes: number, maxBytes: number, about: string | undefined) {
  const limit = `At most ${maxBytes} bytes of UTF-8.`;
  return z
    .string()
    .check((context) => {
      const why = whyNotText(context.value, minBytes, maxBytes);
      if (why !== undefined) context.issues.push({ code: 'custom', input: context.value, message: why });
    })
    .meta({
      ...(minBytes > 0 && { minLength: minBytes }),
      maxLength: maxBytes,
      description: about === undefined ? limit : `${about} ${limit}`,
    });
}

/** A text of 1 to `maxBytes` bytes of UTF-8; `about` says in a sentence what it is, for the documents. */
export function text(maxBytes: number, about?: string) {
  return bounded(1, maxBytes, about);
}

/** A text of at most `maxBytes` bytes of UTF-8 that may be empty. */
export function optionalText(maxBytes: number, about?: string) {
  return bounded(0, maxBytes, about);
}
