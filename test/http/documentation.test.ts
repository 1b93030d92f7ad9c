import { execFile, execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { endpointRoutes, httpProblemKinds, serviceRoutes, tutorialRoutes } from '../../src/contracts/index.ts';
import { httpLimits } from '../../src/http/server.ts';
import { ServeProcess } from '../service/fixtures/serve-process.ts';
import { HttpClient } from './fixtures/http-client.ts';

const page = readFileSync(new URL('../../docs/http.md', import.meta.url), 'utf8');

/** Every command of the page, with the status that the comment before it says. */
const examples = [...page.matchAll(/```sh\n(.*?)```/gs)].flatMap(([, block = '']) =>
  [...block.matchAll(/^# (\d{3})(.*)\n((?:.*\\\n)*.+)$/gm)].map(([, status, , command = '']) => ({
    status: Number(status),
    command,
  })),
);

function hasCurl(): boolean {
  try {
    execFileSync('curl', ['--version'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

describe('docs/http.md', () => {
  it.each([...endpointRoutes, ...tutorialRoutes, ...serviceRoutes])('has $method $path in its table', (route) => {
    const row = page.split('\n').find((line) => line.startsWith(`| \`${route.method} ${route.path}\` |`));
    expect(row).toBeDefined();
    if ('endpoint' in route) expect(row).toContain(`\`${route.endpoint}\``);
  });

  it.each(Object.entries(httpProblemKinds))('has %s in its table', (code, { status }) => {
    expect(page).toContain(`| ${code} | ${status} |`);
  });

  it('has the limits as they are', () => {
    const { headerBytes, headersTimeoutMs, requestTimeoutMs, keepAliveMs, silenceMs, connections } = httpLimits;
    expect(page).toContain(`| ${headerBytes / 1_024} KB, then 431 |`);
    expect(page).toContain(`| ${headersTimeoutMs / 1_000} s / ${requestTimeoutMs / 1_000} s, then 408 |`);
    expect(page).toContain(`| ${keepAliveMs / 1_000} s |`);
    expect(page).toContain(`| ${silenceMs / 60_000} minutes |`);
    expect(page).toContain(`| ${connections.toLocaleString('en')};`);
  });
});

// Without curl there is nothing to run them with.
describe.skipIf(!hasCurl())('The examples of docs/http.md', () => {
  let data: string;
  let service: ServeProcess;
  let url: string;
  beforeAll(async () => {
    data = await mkdtemp(join(tmpdir(), 'ordo-http-'));
    service = new ServeProcess(['--data', data, '--nats-port', '0', '--http', '127.0.0.1:0']);
    await service.ready();
    ({ url } = new HttpClient({ node: service }));
  });
  afterAll(async () => {
    await service.end('SIGTERM');
    await rm(data, { recursive: true });
  });

  /** Runs one as a shell would, on the service of this page. */
  function run(command: string): Promise<string> {
    const script = `curl() { command curl -s -o /dev/null -w '%{http_code}' "$@"; }\n${command}`;
    return new Promise((resolve) => {
      execFile('bash', ['-c', script.replaceAll('http://localhost:8080', url)], (_, output) => resolve(output));
    });
  }

  it('are found', () => {
    expect(examples.length).toBe([...page.matchAll(/^curl /gm)].length);
    expect(examples.length).toBeGreaterThan(20);
  });

  it('are answered as the page says, one after another', async () => {
    for (const { status, command } of examples) {
      const answered = await run(command);
      expect(`${command} → ${answered}`).toBe(`${command} → ${status}`);
    }
  });
});
