import { definitions } from '../machines/index.ts';
import type { Definition } from '../runtime/definition.ts';
import { register } from '../runtime/registration.ts';
import { checkProtocolEvent } from './contracts/index.ts';

/** The machines as the runtime runs them: each with the check of what other actors and services may send to it. */
export function actorDefinitions(): ReadonlyMap<string, Definition> {
  return register(
    definitions.map((definition) => ({
      ...definition,
      check: (event) => checkProtocolEvent(definition.type, event),
    })),
  );
}
