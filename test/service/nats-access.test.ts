import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { processContext } from '../../src/cli/context.ts';
import { runProgram } from '../../src/cli/program.ts';
import { makeNatsAccounts } from '../fixtures/nats-accounts.ts';
import { startConfiguredNats } from './fixtures/configured-nats.ts';
import { ServeProcess } from './fixtures/serve-process.ts';

let directory: string;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'ordo-access-'));
});
afterAll(() => rm(directory, { recursive: true }));

/** Runs a command of the command line with this environment. */
async function ordo(args: readonly string[], env: Readonly<Record<string, string>>) {
  let output = '';
  let errors = '';
  const write = (text: string): void => {
    output += text;
  };
  const writeError = (text: string): void => {
    errors += text;
  };
  const exitCode = await runProgram(args, { ...processContext(), write, writeError, env });
  return { exitCode, output, errors };
}

const placing = ['place', '--id', 'SO-1', '--customer', 'C', '--currency', 'GBP', '--fee', 'POST:500'];

describe('On a NATS server that lets in only who is known,', () => {
  it('service and command line take user and password from the address, and show neither', async () => {
    const password = 's3cret/pass word';
    const nats = await startConfiguredNats(`authorization: { user: ordo, password: ${JSON.stringify(password)} }`);
    const url = nats.url.replace('//', `//ordo:${encodeURIComponent(password)}@`);
    const env = { NATS_URL: url };
    const serve = new ServeProcess(['--data', join(directory, 'password'), '--log', 'trace'], { env });
    try {
      expect(await serve.ready()).toBe(nats.url);
      const placed = await ordo(placing, env);
      expect(placed).toMatchObject({ exitCode: 0, errors: '' });
      const refused = await ordo(['get', 'SO-1', '--nats', nats.url], env);
      expect(refused).toMatchObject({ exitCode: 2, output: '' });
      expect(refused.errors).toMatch(/^NOT_AUTHORIZED.*\n.*put user and password into --nats or NATS_URL/);
      expect(await serve.end('SIGTERM')).toBe(0);
      for (const said of [serve.output, serve.errors, placed.output]) {
        expect(said).not.toContain('s3cret');
        expect(said).not.toContain(encodeURIComponent(password));
      }
    } finally {
      await nats.stop();
    }
  });

  it('the service does not start with a wrong password, and does not repeat it', async () => {
    const nats = await startConfiguredNats('authorization: { user: ordo, password: right }');
    const url = nats.url.replace('//', '//ordo:wr0ng@');
    const serve = new ServeProcess(['--data', join(directory, 'wrong'), '--nats', url]);
    try {
      expect(await serve.ended()).toBe(5);
      expect(serve.errors).toMatch(/TRANSPORT_FAILED: The NATS server at nats:\/\/127\.0\.0\.1:\d+ could not be used/);
      expect(serve.errors + serve.output).not.toContain('wr0ng');
    } finally {
      await nats.stop();
    }
  });

  it('service and command line take credentials from a file', async () => {
    const { configuration, credentials, seed } = makeNatsAccounts();
    const nats = await startConfiguredNats(configuration);
    const file = join(directory, 'ordo.creds');
    await writeFile(file, credentials);
    const serve = new ServeProcess(['--data', join(directory, 'creds'), '--nats', nats.url, '--creds', file]);
    try {
      expect(await serve.ready()).toBe(nats.url);
      expect(await ordo(placing, { NATS_URL: nats.url, NATS_CREDS: file })).toMatchObject({ exitCode: 0, errors: '' });
      expect((await ordo(['get', 'SO-1', '--creds', file], { NATS_URL: nats.url })).output).toMatch(/^SO-1 {2}pending/);
      expect((await ordo(['get', 'SO-1'], { NATS_URL: nats.url })).exitCode).toBe(2);
      expect(await serve.end('SIGTERM')).toBe(0);
      expect(serve.errors).not.toContain(seed);
    } finally {
      await nats.stop();
    }
  });

  it('a file of credentials that is not there is named', async () => {
    const nowhere = join(directory, 'nowhere.creds');
    const serve = new ServeProcess([
      '--data',
      join(directory, 'none'),
      '--nats',
      'nats://127.0.0.1:1',
      '--creds',
      nowhere,
    ]);
    expect(await serve.ended()).toBe(2);
    expect(serve.errors).toContain(`NATS_FILE_UNREADABLE: The file ${nowhere}`);
    const { exitCode, errors } = await ordo(['list', '--creds', nowhere], {});
    expect(exitCode).toBe(2);
    expect(errors).toContain(nowhere);
  });
});
