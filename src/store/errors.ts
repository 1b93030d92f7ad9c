/** What can be wrong with a file or a directory that a store tool is given. docs/errors.md has a paragraph for each. */
export type StoreToolErrorCode =
  | 'NO_STORE'
  | 'NOT_EMPTY'
  | 'FILE_EXISTS'
  | 'BACKUP_UNREADABLE'
  | 'BACKUP_INCOMPLETE'
  | 'BACKUP_DAMAGED'
  | 'DUMP_UNREADABLE'
  | 'DUMP_INCOMPLETE'
  | 'DUMP_DAMAGED'
  | 'FINDINGS'
  | 'INTERRUPTED';

/** An error of a store tool: a stable code, and a sentence that says what to do next. */
export class StoreToolError extends Error {
  readonly code: StoreToolErrorCode;

  constructor(code: StoreToolErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'StoreToolError';
    this.code = code;
  }
}
