/** Why an import cannot go on. Each code has one meaning; the message says what to do next. */
export type ImportErrorCode =
  | 'FILE_UNREADABLE'
  | 'HEADER_UNKNOWN'
  | 'ROW_INVALID'
  | 'LOG_INVALID'
  | 'EXPECTATION_UNKNOWN'
  /** The service no longer answers. */
  | 'SERVICE_GONE'
  /** The run was stopped before its end. */
  | 'INTERRUPTED'
  /** The report shows failures or figures that do not agree. */
  | 'IMPORT_DIFFERS';

/** The input cannot be understood, the service cannot be reached, or the outcome is not as it must be. */
export class ImportError extends Error {
  override readonly name = 'ImportError';
  readonly code: ImportErrorCode;

  constructor(code: ImportErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}
