import { StoreToolError } from '../errors.ts';

/** The longest line: the largest record has a tenth of it. A file without line breaks is not given the memory. */
const MOST_LINE_BYTES = 64 * 1024 * 1024;
const LINE_BREAK = 0x0a;

/** The lines of a text, as bytes and without their line breaks; an empty one at the end does not count. */
export async function* readLines(input: AsyncIterable<Uint8Array>, name: string): AsyncGenerator<Uint8Array> {
  let pending: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of input) {
    let rest = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
    for (let end = rest.indexOf(LINE_BREAK); end !== -1; end = rest.indexOf(LINE_BREAK)) {
      yield Buffer.concat([...pending, rest.subarray(0, end)]);
      pending = [];
      bytes = 0;
      rest = rest.subarray(end + 1);
    }
    if (rest.length === 0) continue;
    pending.push(rest);
    bytes += rest.length;
    if (bytes > MOST_LINE_BYTES) {
      const message = `${name} has a line of more than ${MOST_LINE_BYTES} bytes, which no dump has. Name a file that ordo dump made.`;
      throw new StoreToolError('DUMP_UNREADABLE', message);
    }
  }
  if (bytes > 0) yield Buffer.concat(pending);
}
