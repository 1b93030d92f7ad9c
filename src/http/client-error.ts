import { STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import { type HttpProblemCode, httpErrorBody, problemMediaType, problemOf } from '../contracts/index.ts';

const codes: Readonly<Record<string, HttpProblemCode>> = {
  HPE_HEADER_OVERFLOW: 'HEADERS_TOO_LARGE',
  ERR_HTTP_REQUEST_TIMEOUT: 'REQUEST_TIMEOUT',
};

/** Answers what could not be read as a request, in raw bytes: there is nothing yet that could answer it. */
export function answerClientError({ code = '' }: { readonly code?: string }, socket: Socket): void {
  if (!socket.writable || code === 'ECONNRESET') {
    socket.destroy();
    return;
  }
  const problem = problemOf(httpErrorBody(codes[code] ?? 'MALFORMED_REQUEST'), undefined);
  const body = JSON.stringify(problem);
  const lines = [
    `HTTP/1.1 ${problem.status} ${STATUS_CODES[problem.status]}`,
    `Content-Type: ${problemMediaType}`,
    `Content-Length: ${Buffer.byteLength(body)}`,
    'Connection: close',
  ];
  socket.end(`${lines.join('\r\n')}\r\n\r\n${body}`);
}
