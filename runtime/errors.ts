/** The codes of errors that the runtime and its adapters throw. docs/errors.md has a paragraph for each. */
export type RuntimeErrorCode =
  | 'LEVEL_LOCKED'
  | 'STORE_CORRUPT'
  | 'STORE_FAILED'
  | 'VERSION_UNKNOWN'
  | 'MACHINE_REFUSED'
  | 'TRANSPORT_FAILED';

/** An error with a stable code, a sentence that says what to do next, and its cause. */
export class RuntimeError extends Error {
  readonly code: RuntimeErrorCode;

  constructor(code: RuntimeErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'RuntimeError';
    this.code = code;
  }
}

/** Whether the store itself has failed, beyond one damaged value: then only a new start helps. */
export function isStoreFailure(error: unknown): boolean {
  return error instanceof RuntimeError && error.code === 'STORE_FAILED';
}

/** The text of anything that was thrown. */
export function messageOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown);
}
