import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const ROOT = join(import.meta.dirname, '../..');

/** For each file: what it may import, and what the linter must refuse. */
const ARROWS: readonly { file: string; may: readonly string[]; mayNot: readonly string[] }[] = [
  {
    file: 'machines/order.ts',
    may: ['xstate', './effects.ts', './order/guards.ts'],
    mayNot: ['zod', 'node:fs', 'nats', '@scure/base', '../runtime/step.ts', '../src/contracts/order.ts'],
  },
  {
    file: 'machines/order/guards.ts',
    may: ['xstate', './lines.ts', '../effects.ts'],
    mayNot: ['level', '../../runtime/address.ts', '../../src/node.ts', '../../test/x.ts'],
  },
  {
    file: 'runtime/host.ts',
    may: ['xstate', 'node:crypto', 'msgpackr', './ports.ts', './step.ts'],
    mayNot: ['../machines/order.ts', '../src/node.ts', './level/store.ts', './nats/transport.ts', './memory/store.ts'],
  },
  {
    file: 'runtime/upgrade/survey.ts',
    may: ['xstate', 'node:crypto', '../ports.ts', '../record.ts', './record-check.ts'],
    mayNot: ['level', '../level/store.ts', '../memory/store.ts', '../../machines/order.ts', '../../src/node.ts'],
  },
  {
    file: 'runtime/recovery.ts',
    may: [],
    mayNot: ['level', 'classic-level', 'abstract-level', 'nats', 'pino', 'prom-client', '@opentelemetry/api'],
  },
  {
    file: 'runtime/level/store.ts',
    may: ['level', 'classic-level', 'node:fs', './keys.ts', '../ports.ts', '../errors.ts', '../address.ts'],
    mayNot: ['nats', 'xstate', '../host.ts', '../memory/store.ts', '../nats/transport.ts', '../../machines/order.ts'],
  },
  {
    file: 'runtime/nats/transport.ts',
    may: ['nats', './headers.ts', '../ports.ts', '../envelope.ts', '../transport.ts'],
    mayNot: ['level', 'xstate', '../host.ts', '../level/store.ts', '../memory/transport.ts', '../../src/node.ts'],
  },
  {
    file: 'runtime/memory/store.ts',
    may: ['node:events', './transport.ts', '../ports.ts', '../errors.ts'],
    mayNot: ['level', 'nats', '../host.ts', '../level/store.ts', '../nats/transport.ts', '../../src/node.ts'],
  },
  {
    file: 'src/contracts/order.ts',
    may: ['zod', './schema/text.ts'],
    mayNot: ['nats', 'node:crypto', '../node.ts', '../../runtime/address.ts', '../../machines/order.ts'],
  },
  {
    file: 'src/contracts/schema/text.ts',
    may: ['zod', './values.ts', '../limits.ts'],
    mayNot: ['luxon', '../../node.ts', '../../../runtime/address.ts', '../../../machines/order.ts'],
  },
  {
    file: 'src/client/client.ts',
    may: ['nats', '@opentelemetry/api', './request.ts', '../contracts/order.ts'],
    mayNot: [
      'level',
      'zod',
      '@opentelemetry/sdk-trace-node',
      '../node.ts',
      '../participant/sdk.ts',
      '../../runtime/address.ts',
    ],
  },
  {
    file: 'src/client/follow/live.ts',
    may: ['nats', './backlog.ts', '../errors.ts', '../../contracts/announcements.ts'],
    mayNot: ['zod', 'node:events', '../../node.ts', '../../participant/sdk.ts', '../../../runtime/address.ts'],
  },
  {
    file: 'src/participant/protocol/vote.ts',
    may: ['nats', 'level', 'node:zlib', './outcome.ts', '../sdk.ts', '../../contracts/vote.ts'],
    mayNot: [
      'xstate',
      'msgpackr',
      '../../node.ts',
      '../../../runtime/level/store.ts',
      '../../client/client.ts',
      '../../../machines/participant.ts',
    ],
  },
  {
    file: 'src/documents/documents.ts',
    may: ['zod', './examples.ts', './asyncapi/asyncapi.ts', '../contracts/index.ts'],
    mayNot: ['node:fs', 'nats', '../node.ts', '../api/endpoints.ts', '../../machines/order.ts', '../../test/x.ts'],
  },
  {
    file: 'src/documents/openapi/operations.ts',
    may: ['zod', './problems.ts', '../schemas/names.ts', '../../contracts/index.ts'],
    mayNot: ['fastify', '../../http/server.ts', '../../../runtime/host.ts'],
  },
  { file: 'src/documents/write.ts', may: ['node:fs', './files.ts'], mayNot: ['../node.ts'] },
  {
    file: 'src/setup/prepare.mjs',
    may: ['node:fs', './dependencies.mjs'],
    mayNot: ['commander', 'tsx/esm/api', '../main.ts', '../../runtime/errors.ts'],
  },
  {
    file: 'src/api/orders.ts',
    may: ['zod', 'nats', '../contracts/order.ts', '../../machines/order.ts', '../../runtime/host.ts'],
    mayNot: ['../node.ts', '../../src/node.ts', '../../test/fixture.ts', 'prom-client', '@opentelemetry/api'],
  },
  {
    file: 'src/observation/metrics.ts',
    may: ['prom-client', '@opentelemetry/api', '../api/observer.ts', '../../runtime/instruments.ts'],
    mayNot: ['../node.ts', '../../test/fixture.ts'],
  },
  {
    file: 'src/http/server.ts',
    may: [
      'fastify',
      'node:http',
      './query.ts',
      '../api/endpoints.ts',
      '../contracts/index.ts',
      '../../runtime/ports.ts',
    ],
    mayNot: ['nats', 'zod', '../node.ts', '../client/index.ts', '../../runtime/host.ts', '../../machines/order.ts'],
  },
  {
    file: 'src/store/doctor/books.ts',
    may: ['node:util', './found.ts', '../errors.ts', '../../../machines/stock.ts', '../../../runtime/level/items.ts'],
    mayNot: [
      'nats',
      'level',
      'commander',
      '../../node.ts',
      '../../contracts/admin.ts',
      '../../api/failure.ts',
      '../../cli/program.ts',
    ],
  },
  { file: 'src/nats-server.ts', may: ['./setup/nats-server.mjs'], mayNot: ['./node.ts'] },
  { file: 'src/node.ts', may: ['./api/orders.ts', '../machines/order.ts', '../runtime/level/store.ts'], mayNot: [] },
  { file: 'src/main.ts', may: ['./node.ts', './cli/program.ts'], mayNot: ['../test/fixture.ts'] },
  { file: 'src/cli/serve.ts', may: ['../node.ts', 'commander'], mayNot: ['../../test/fixture.ts'] },
  { file: 'test/crash/kill.test.ts', may: ['../../src/node.ts', '../../runtime/host.ts', 'level'], mayNot: [] },
];

const cases = ARROWS.flatMap(({ file, may, mayNot }) =>
  [...may.map((imported) => ({ imported, allowed: true })), ...mayNot.map((imported) => ({ imported, allowed: false }))]
    // A file of the table has one import a line, in this order; the linter's complaints name the line.
    .map((arrow, index) => ({ ...arrow, file, line: index + 1, verb: arrow.allowed ? 'may' : 'may not' })),
);

let folder: string;
let refused: ReadonlySet<string>;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ordo-arrows-'));
  await cp(join(ROOT, 'biome.json'), join(folder, 'biome.json'));
  for (const { file, may, mayNot } of ARROWS) {
    await mkdir(dirname(join(folder, file)), { recursive: true });
    await writeFile(join(folder, file), [...may, ...mayNot].map((name) => `export * from '${name}';\n`).join(''));
  }
  refused = await restrictedImports(folder);
});

afterAll(() => rm(folder, { recursive: true, force: true }));

/** Lints a folder; gives `file:line` of every import that the arrows forbid. */
async function restrictedImports(root: string): Promise<ReadonlySet<string>> {
  const biome = join(ROOT, 'node_modules/@biomejs/biome/bin/biome');
  const only = '--only=style/noRestrictedImports';
  const args = [biome, 'lint', '--vcs-enabled=false', '--reporter=json', '--max-diagnostics=none', only, '.'];
  const report = await new Promise<string>((resolve) => {
    // It exits with 1 because it has something to complain about.
    execFile(process.execPath, args, { cwd: root, maxBuffer: 2 ** 26 }, (_, stdout) => resolve(stdout));
  });
  const { diagnostics } = JSON.parse(report) as {
    diagnostics: { location: { path: string; start: { line: number } } }[];
  };
  return new Set(diagnostics.map(({ location }) => `${location.path}:${location.start.line}`));
}

describe('The linter keeps the import arrows', () => {
  it.each(cases)('$file $verb import $imported', ({ file, line, allowed }) => {
    expect(refused.has(`${file}:${line}`)).toBe(!allowed);
  });
});
