/**
 * Something this machine lacks and Ordo could not get by itself.
 *
 * @typedef {'NATS_SERVER_MISSING' | 'INSTALL_FAILED'} SetupErrorCode
 */

/** An error of the setup: a stable code, and a message that says what to do next. */
export class SetupError extends Error {
  /**
   * @param {SetupErrorCode} code
   * @param {string} message
   * @param {ErrorOptions} [options]
   */
  constructor(code, message, options) {
    super(message, options);
    this.name = 'SetupError';
    /** @readonly */
    this.code = code;
  }
}
