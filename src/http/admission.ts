import type { IncomingMessage } from 'node:http';
import { type HttpFailure, httpFailure } from './failure.ts';

const safeMethods: ReadonlySet<string | undefined> = new Set(['GET', 'HEAD', 'OPTIONS']);

/** Whether only this machine can reach an address. */
export function isLoopback(host: string): boolean {
  return host === 'localhost' || host.endsWith('.localhost') || host === '::1' || /^127(?:\.\d{1,3}){3}$/.test(host);
}

/**
 * Why a request is not let in, whatever it asks for; undefined where it is.
 *
 * A browser on this machine runs pages of strangers, and those can reach loopback too. Two things keep them out. A page
 * whose own name has been made to point here (DNS rebinding) sends that name as Host: a service on loopback takes
 * loopback names only. And a page of another origin says so in `Sec-Fetch-Site` or `Origin`: it may not change anything.
 * What it reads it cannot see, since no answer allows another origin to.
 */
export function whyNotAdmitted(
  { method, url = '', headers }: IncomingMessage,
  onLoopback: boolean,
): HttpFailure | undefined {
  if (!/^[\x21-\x7e]*$/.test(url)) {
    return httpFailure('MALFORMED_REQUEST', 'The path and the query must be percent-encoded.');
  }
  const host = headers.host ?? '';
  // Who sends none (HTTP/1.0) is no browser.
  if (onLoopback && host !== '' && !isLoopback(hostname(host))) return httpFailure('MISDIRECTED');
  if (!safeMethods.has(method) && isForeign(headers, host)) return httpFailure('FOREIGN_ORIGIN');
  return undefined;
}

/** `[::1]:8080` → `::1`, `LOCALHOST:8080` → `localhost` */
function hostname(host: string): string {
  return host
    .toLowerCase()
    .replace(/:\d*$/, '')
    .replace(/^\[(.*)\]$/, '$1')
    .replace(/\.$/, '');
}

function isForeign({ origin, 'sec-fetch-site': site }: IncomingMessage['headers'], host: string): boolean {
  // Where a browser says it, it is right also behind a proxy that has changed Host. 'none': the user has asked for it.
  if (site !== undefined) return site !== 'same-origin' && site !== 'none';
  return origin !== undefined && origin.toLowerCase().replace(/^https?:\/\//, '') !== host.toLowerCase();
}
