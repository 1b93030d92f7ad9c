import type { JsonObject } from '../../contracts/index.ts';

type Named = Readonly<Record<string, JsonObject>>;

/** What a section of the interface adds to the document. */
export interface Parts {
  readonly channels: Named;
  readonly operations: Named;
  /** Under `components`. */
  readonly messages: Named;
}

/** Several sections as one. */
export function merged(sections: readonly Parts[]): Parts {
  return {
    channels: Object.assign({}, ...sections.map(({ channels }) => channels)) as Named,
    operations: Object.assign({}, ...sections.map(({ operations }) => operations)) as Named,
    messages: Object.assign({}, ...sections.map(({ messages }) => messages)) as Named,
  };
}

/** A reference into the document; names may hold dots, which a JSON pointer takes as they are. */
export function at(...path: readonly string[]): JsonObject {
  return { $ref: `#/${path.join('/')}` };
}

/**
 * The channel of the replies to a channel. It has no address: a reply goes to the subject that the request names, an
 * inbox of the one who asks.
 */
export function replyChannel(messages: Named): JsonObject {
  return {
    address: null,
    description: 'The reply subject of the request: an inbox of the one who asks.',
    messages,
  };
}

/** The channel of a key, and what it says about its parameters. */
export function parameters(...names: readonly string[]): JsonObject {
  return Object.fromEntries(names.map((name) => [name, at('components', 'parameters', name)]));
}
