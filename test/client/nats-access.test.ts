import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { connectClient, type NatsAccess, OrdoError } from '../../src/client/index.ts';
import { loopbackCertificate, loopbackKey } from '../fixtures/loopback-certificate.ts';
import { makeNatsAccounts } from '../fixtures/nats-accounts.ts';
import { type ConfiguredNats, startConfiguredNats } from '../service/fixtures/configured-nats.ts';

/** Connects and is answered by the server itself. */
async function reach(access: NatsAccess): Promise<void> {
  const client = await connectClient(access);
  await client.connection.flush();
  await client.close();
}

/** The error of a connection that does not come about. */
async function refusal(access: NatsAccess): Promise<OrdoError> {
  const error: unknown = await reach(access).catch((thrown: unknown) => thrown);
  if (!(error instanceof OrdoError)) throw new Error(`It was let in, or failed otherwise: ${error}`);
  return error;
}

/** All that an error says, its causes included. */
function words(error: unknown): string {
  return error instanceof Error ? `${error.stack} ${JSON.stringify(error)} ${words(error.cause)}` : '';
}

describe('A NATS server that wants a user and a password', () => {
  let nats: ConfiguredNats;
  const password = 's3cret/@:, %';
  beforeAll(async () => {
    nats = await startConfiguredNats(`authorization: { user: ann, password: ${JSON.stringify(password)} }`);
  });
  afterAll(() => nats.stop());
  const at = (userInfo: string): string => nats.url.replace('//', `//${userInfo}@`);

  it('lets in whoever has them in the address', async () => {
    await reach({ url: at(`ann:${encodeURIComponent(password)}`) });
  });

  it('is one of several servers, and found whichever answers', async () => {
    await reach({ url: `${at(`ann:${encodeURIComponent(password)}`)},nats://127.0.0.1:1` });
  });

  it.each(['ann:wr0ng', 'wr0ng'])('lets in nobody else, and the error does not repeat %s', async (userInfo) => {
    const error = await refusal({ url: at(userInfo) });
    expect(error).toMatchObject({ code: 'NOT_AUTHORIZED', number: 401, retriable: false });
    expect(error.message).toContain(nats.url);
    expect(words(error)).not.toContain('wr0ng');
  });

  it('lets in nobody without', async () => {
    expect((await refusal({ url: nats.url })).code).toBe('NOT_AUTHORIZED');
  });
});

it('a token goes before the @ of the address', async () => {
  const nats = await startConfiguredNats('authorization: { token: "t0ken" }');
  try {
    await reach({ url: nats.url.replace('//', '//t0ken@') });
    expect((await refusal({ url: nats.url.replace('//', '//other@') })).code).toBe('NOT_AUTHORIZED');
  } finally {
    await nats.stop();
  }
});

describe('A NATS server with accounts', () => {
  const accounts = makeNatsAccounts();
  let nats: ConfiguredNats;
  beforeAll(async () => {
    nats = await startConfiguredNats(accounts.configuration);
  });
  afterAll(() => nats.stop());

  it("lets in who has the user's credentials", async () => {
    await reach({ url: nats.url, credentials: Buffer.from(accounts.credentials) });
  });

  it.each([
    ['of somebody else', makeNatsAccounts().credentials],
    ['that are none', 'nothing of the kind'],
  ])('lets in nobody with credentials %s', async (_which, credentials) => {
    const error = await refusal({ url: nats.url, credentials: Buffer.from(credentials) });
    expect(error.code).toBe('NOT_AUTHORIZED');
    expect(words(error)).not.toContain(accounts.seed);
  });
});

describe('A NATS server that speaks TLS', () => {
  let nats: ConfiguredNats;
  beforeAll(async () => {
    const files = { 'cert.pem': loopbackCertificate, 'key.pem': loopbackKey };
    nats = await startConfiguredNats('tls: { cert_file: "cert.pem", key_file: "key.pem" }', files);
  });
  afterAll(() => nats.stop());

  it('is trusted where the one who signed its certificate is named', async () => {
    await reach({ url: nats.url.replace('nats:', 'tls:'), tls: { ca: loopbackCertificate } });
  });

  it('is not trusted otherwise', async () => {
    const error = await refusal({ url: nats.url.replace('nats:', 'tls:') });
    expect(error.code).toBe('CONNECTION_FAILED');
    expect(error.message).toMatch(/tls:\/\/127\.0\.0\.1.*self.signed/i);
  });
});

it('tls:// never speaks to a server that does not', async () => {
  const nats = await startConfiguredNats('');
  try {
    expect((await refusal({ url: nats.url.replace('nats:', 'tls:') })).code).toBe('CONNECTION_FAILED');
  } finally {
    await nats.stop();
  }
});

it('an address that cannot be read is INVALID_NATS_URL, without what may be a secret', async () => {
  const error = await refusal({ url: 'nats://ann:s3cret@host:port' });
  expect(error).toMatchObject({ code: 'INVALID_NATS_URL', number: 400 });
  expect(error.message).toContain('nats://***@host:port');
  expect(words(error)).not.toContain('s3cret');
});
