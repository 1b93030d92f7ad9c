import { execFile } from 'node:child_process';
import { copyFile, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import manifest from '../../package.json' with { type: 'json' };
import { ServeProcess } from '../service/fixtures/serve-process.ts';
import { shop } from './shop.ts';

const ROOT = join(import.meta.dirname, '../..');
const LOADED_MODULES = join(import.meta.dirname, 'loaded-modules.mjs');
/** What the client needs, and what that needs. */
const clientPackages = ['@opentelemetry/api', 'nats', 'nkeys.js', 'ordo', 'tweetnacl', 'zod'];

const run = promisify(execFile);
let folder: string;

/** Runs npm as from a shell: not as part of the `npm test` that this may be. */
async function npm(args: readonly string[], cwd: string): Promise<string> {
  const own = Object.entries(process.env).filter(
    ([name]) => !/^(npm_(?!config_(cache|registry))|INIT_CWD$)/i.test(name),
  );
  const options = { cwd, env: Object.fromEntries(own), shell: process.platform === 'win32' };
  return (await run('npm', [...args], options)).stdout;
}

async function node(args: readonly string[]): Promise<string> {
  return (await run(process.execPath, [...args], { cwd: folder })).stdout;
}

/** Every example of a page, one after another: one program. */
async function examplesOf(page: string): Promise<string> {
  const text = await readFile(join(ROOT, 'docs', page), 'utf8');
  return [...text.matchAll(/^```ts\n(.*?)^```$/gms)].map(([, code]) => code).join('\n');
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ordo-package-'));
  await npm(['pack', '--silent', '--pack-destination', folder], ROOT);
  await writeFile(join(folder, 'package.json'), JSON.stringify({ name: 'shop', private: true, type: 'module' }));
  const wanted = [`./ordo-${manifest.version}.tgz`, `@types/node@${manifest.devDependencies['@types/node']}`];
  await npm(['install', '--prefer-offline', '--no-audit', '--no-fund', ...wanted], folder);
}, 300_000);
afterAll(() => rm(folder, { recursive: true, force: true }));

describe('The package, installed in another project', () => {
  it('holds what is run and its types, not the sources and tests', async () => {
    const installed = join(folder, 'node_modules', 'ordo');
    expect((await readdir(installed)).toSorted()).toEqual(['LICENSE', 'README.md', 'dist', 'package.json', 'src']);
    const files = await readdir(installed, { recursive: true });
    expect(files.filter((file) => /(?<!\.d)\.m?ts$/.test(file) || /(^|\/)test\//.test(file))).toEqual([]);
  });

  it.each([
    ['ordo', clientPackages],
    ['ordo/client', clientPackages],
    ['ordo/contracts', ['ordo', 'zod']],
    ['ordo/participant', ['nats', 'nkeys.js', 'ordo', 'tweetnacl', 'zod']],
  ])('loads nothing of the service with %s', async (name, packages) => {
    await copyFile(LOADED_MODULES, join(folder, 'loaded-modules.mjs'));
    const loaded: { packages: string[]; own: string[] } = JSON.parse(await node(['loaded-modules.mjs', name]));
    expect(loaded.packages).toEqual(packages);
    const exported = /^dist\/src\/(index\.js|client\/|contracts\/|participant\/)/;
    expect(loaded.own.filter((file) => !exported.test(file))).toEqual([]);
  });

  it('type-checks strictly, as do the examples of its pages; its own declarations too', async () => {
    await writeFile(join(folder, 'shop.ts'), shop);
    await writeFile(join(folder, 'client-page.ts'), await examplesOf('client.md'));
    const compilerOptions = {
      target: 'es2023',
      module: 'nodenext',
      types: ['node'],
      outDir: 'out',
      strict: true,
      exactOptionalPropertyTypes: true,
      noUncheckedIndexedAccess: true,
      skipLibCheck: false,
    };
    await writeFile(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions, include: ['*.ts'] }));
    const compiler = join(ROOT, 'node_modules/typescript/bin/tsc');
    const said = await node([compiler, '-p', '.']).catch((error: { stdout: string }) => error.stdout);
    // nats's own declarations do not hold under exactOptionalPropertyTypes.
    const complaints = said.split('\n').filter((line) => /^\S/.test(line) && !line.startsWith('node_modules/nats/'));
    expect(complaints).toEqual([]);
  });

  it('has an ordo command', async () => {
    expect(await npm(['exec', '--no', '--', 'ordo', '--version'], folder)).toBe(`${manifest.version}\n`);
    expect(await npm(['exec', '--no', '--', 'ordo', '--help'], folder)).toContain('serve');
  });

  it('runs the service, and a program with a client and a participant against it', async () => {
    const args = ['--data', join(folder, 'data'), '--nats-port', '0', '--participant', 'payment=service:psp'];
    const service = new ServeProcess(args, { start: join(folder, 'node_modules', '.bin', 'ordo') });
    try {
      const url = await service.ready();
      expect(JSON.parse(await node([join('out', 'shop.js'), url]))).toEqual({
        total: 1530,
        failures: ['last year', 'isPaidOrOnAccount', 'lines.0.unitPrice'],
        status: 'paid',
        captured: [1530],
        heard: 'placed SO-1 at version 1',
      });
    } finally {
      expect(await service.end('SIGTERM')).toBe(0);
    }
  });
});
