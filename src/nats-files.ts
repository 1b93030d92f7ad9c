import { readFile } from 'node:fs/promises';
import type { NatsAccess } from './client/index.ts';

/** Paths of the files that a NATS server may want of whoever connects; each may be missing. */
export interface NatsFiles {
  /** A user's JWT and key, as `nsc` writes them. */
  readonly creds: string | undefined;
  /** PEM: who has signed the server's certificate, and a certificate of one's own with its key. */
  readonly ca: string | undefined;
  readonly cert: string | undefined;
  readonly key: string | undefined;
}

/** A file that was named for NATS and cannot be read. */
export class NatsFileError extends Error {
  override readonly name = 'NatsFileError';
  readonly code = 'NATS_FILE_UNREADABLE';
}

/** The paths as the environment gives them; the variables are those of the `nats` command line. */
export function natsFilesOf(env: Readonly<Record<string, string | undefined>>): NatsFiles {
  return {
    creds: env.NATS_CREDS || undefined,
    ca: env.NATS_CA || undefined,
    cert: env.NATS_CERT || undefined,
    key: env.NATS_KEY || undefined,
  };
}

/**
 * Reads the files that go with an address.
 *
 * @throws {NatsFileError} naming the file.
 */
export async function readNatsAccess(url: string, files: NatsFiles): Promise<NatsAccess> {
  const credentials = await contentOf(files.creds);
  const ca = await contentOf(files.ca);
  const cert = await contentOf(files.cert);
  const key = await contentOf(files.key);
  const tls = {
    ...(ca !== undefined && { ca: ca.toString() }),
    ...(cert !== undefined && { cert: cert.toString() }),
    ...(key !== undefined && { key: key.toString() }),
  };
  return {
    url,
    ...(credentials !== undefined && { credentials }),
    ...(Object.keys(tls).length > 0 && { tls }),
  };
}

async function contentOf(path: string | undefined): Promise<Buffer | undefined> {
  if (path === undefined) return undefined;
  try {
    return await readFile(path);
  } catch (cause) {
    const message = `The file ${path}, which NATS may want, cannot be read: ${(cause as Error).message}.`;
    throw new NatsFileError(message, { cause });
  }
}
