import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ServeProcess } from '../service/fixtures/serve-process.ts';
import { HttpClient } from './fixtures/http-client.ts';

let root: string;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'ordo-http-'));
});
afterAll(() => rm(root, { recursive: true }));

function serve(name: string, http: string): ServeProcess {
  return new ServeProcess(['--data', join(root, name), '--nats-port', '0'], { env: { ORDO_HTTP: http } });
}

describe('ordo serve', () => {
  it('says where it answers over HTTP, answers there, and ends well with connections open', async () => {
    const process = serve('a', '127.0.0.1:0');
    const nats = await process.ready();
    const http = new HttpClient({ node: process });
    expect(process.output).toBe(`ready ${nats} ${http.url}\n`);
    expect((await http.get('/readyz')).status).toBe(200);
    expect((await http.post('/order')).status).toBe(201);

    const second = serve('b', http.url.replace('http://', ''));
    expect(await second.ended()).toBeGreaterThan(0);
    expect(second.errors).toMatch(/HTTP_PORT_TAKEN: Port \d+ on 127\.0\.0\.1 is taken.*--http/);
    expect(second.output).toBe('');

    expect(await process.end('SIGTERM')).toBe(0);
    expect(process.log.filter(({ level }) => Number(level) >= 40)).toEqual([]);
  });
});
