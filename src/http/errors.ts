import { messageOf } from '../../runtime/errors.ts';
import type { HttpAddress } from '../settings.ts';

export type HttpServerErrorCode = 'HTTP_PORT_TAKEN' | 'HTTP_ADDRESS_UNUSABLE';

/** Why HTTP is not served: a stable code, and a message that says what to do next. */
export class HttpServerError extends Error {
  readonly code: HttpServerErrorCode;

  constructor(code: HttpServerErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'HttpServerError';
    this.code = code;
  }
}

/** What a failed attempt to listen means to whoever has set the address. */
export function listenError({ host, port }: HttpAddress, cause: unknown): HttpServerError {
  const advice = 'Choose another with --http or ORDO_HTTP, or do without HTTP with --http off.';
  if ((cause as NodeJS.ErrnoException).code === 'EADDRINUSE') {
    const message = `Port ${port} on ${host} is taken, so HTTP cannot be served there. ${advice}`;
    return new HttpServerError('HTTP_PORT_TAKEN', message, { cause });
  }
  const message = `HTTP cannot be served on ${host}, port ${port}: ${messageOf(cause)}. ${advice}`;
  return new HttpServerError('HTTP_ADDRESS_UNUSABLE', message, { cause });
}
