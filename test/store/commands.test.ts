import { readdir, readFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { processContext } from '../../src/cli/context.ts';
import { createProgram, runProgram } from '../../src/cli/program.ts';
import { addStoreCommands } from '../../src/cli/store/commands.ts';
import { TestService } from '../service/fixtures/test-service.ts';
import { flipValue, remove } from './fixtures/behind.ts';
import { FilledStore, LIVES } from './fixtures/filled-store.ts';

let filled: FilledStore;
let service: TestService;
let serving: string;

beforeAll(async () => {
  filled = await FilledStore.make();
  serving = await filled.copy('serving');
  service = await TestService.start({ settings: { data: serving } });
});
afterAll(async () => {
  await service.stop();
  await filled.remove();
});

/** Runs the program; gives what it printed and ended with. */
async function ordo(...args: readonly string[]) {
  let output = '';
  let errors = '';
  const context = {
    ...processContext(),
    write: (text: string) => {
      output += text;
    },
    writeError: (text: string) => {
      errors += text;
    },
    env: { NATS_URL: service.url },
  };
  const exitCode = await runProgram(args, context, [addStoreCommands]);
  return { exitCode, output, errors };
}

describe('ordo backup and restore', () => {
  it('back up what is served, verify it and make a store of it', async () => {
    const file = filled.path('cli.ordobak');
    const made = await ordo('backup', file);
    expect(made).toMatchObject({ exitCode: 0, errors: '' });
    expect(made.output).toMatch(/cli\.ordobak is whole: \d+ rows, \d+ steps, taken at 2010-12-01T/);
    const verified = await ordo('restore', file, '--verify', '--json');
    expect(JSON.parse(verified.output)).toMatchObject({
      file,
      rows: expect.any(Number),
      sha256: expect.stringMatching(/^[0-9a-f]{64}$/),
    });
    const restored = await ordo('restore', file, '--data', filled.path('cli-restored'));
    expect(restored).toMatchObject({ exitCode: 0, output: expect.stringContaining('ordo serve --data') });
    expect(await ordo('doctor', '--data', filled.path('cli-restored'))).toMatchObject({ exitCode: 0 });
  });

  it('leave no other file behind than the one that was asked for', async () => {
    await ordo('backup', filled.path('only.ordobak'));
    expect((await readdir(filled.path('.'))).filter((name) => name.startsWith('only'))).toEqual(['only.ordobak']);
  });

  it('back up a stopped store too', async () => {
    const made = await ordo('backup', filled.path('stopped.ordobak'), '--data', await filled.copy('stopped'), '--json');
    expect(JSON.parse(made.output)).toMatchObject({ rows: expect.any(Number) });
  });

  it('never replace a file, nor fill a directory that holds something', async () => {
    const file = filled.path('twice.ordobak');
    await ordo('backup', file);
    const before = await readFile(file);
    expect(await ordo('backup', file)).toMatchObject({ exitCode: 3, errors: expect.stringContaining('FILE_EXISTS') });
    expect(await readFile(file)).toEqual(before);
    expect(await ordo('restore', file, '--data', serving)).toMatchObject({
      exitCode: 3,
      errors: expect.stringContaining('NOT_EMPTY'),
    });
  });

  it('leave nothing behind of a backup that fails', async () => {
    const damaged = await filled.copy('backup-damaged');
    await flipValue(damaged, '!actors!order/SO-1');
    const failed = await ordo('backup', filled.path('failed.ordobak'), '--data', damaged);
    expect(failed).toMatchObject({
      exitCode: 1,
      output: '',
      errors: expect.stringContaining('The record of order/SO-1'),
    });
    expect((await readdir(filled.path('.'))).filter((name) => name.startsWith('failed'))).toEqual([]);
  });
});

describe('ordo dump and load', () => {
  it('dump what is served, and make a store of it', async () => {
    const file = filled.path('cli.ndjson');
    expect(await ordo('dump', file)).toMatchObject({ exitCode: 0, output: expect.stringMatching(/bytes\n$/) });
    const loaded = await ordo('load', file, '--data', filled.path('cli-loaded'), '--json');
    expect(JSON.parse(loaded.output)).toMatchObject({ actors: expect.any(Number), entries: expect.any(Number) });
    await ordo('dump', filled.path('cli-again.ndjson'), '--data', filled.path('cli-loaded'));
    expect(await readFile(filled.path('cli-again.ndjson'), 'utf8')).toBe(await readFile(file, 'utf8'));
  });
});

describe('ordo doctor', () => {
  it('ends with 0 where all is sound, and shows what adds up', async () => {
    const { exitCode, output, errors } = await ordo('doctor');
    expect({ exitCode, errors }).toEqual({ exitCode: 0, errors: '' });
    expect(output).toMatch(/GBP +91\.50 +91\.50/);
    expect(output).toMatch(/\nsound\n$/);
  });

  it('ends with 1 where something is not, names it and says what to do', async () => {
    const data = await filled.copy('cli-damaged');
    await flipValue(data, `!actors!order/${LIVES.returned}`);
    const { exitCode, output, errors } = await ordo('doctor', '--data', data);
    expect({ exitCode, errors }).toEqual({ exitCode: 1, errors: expect.stringMatching(/^FINDINGS: /) });
    expect(output).toContain(
      'VALUE_DAMAGED: The record of order/SO-1 is damaged: its checksum does not match.\n  ordo doctor --rebuild',
    );
    expect(output).toMatch(/\nnot sound\n$/);
  });

  it('gives programs all of it as JSON', async () => {
    const data = await filled.copy('cli-json');
    await remove(data, '!counts!order!status=3Apaid');
    const { exitCode, output, errors } = await ordo('doctor', '--data', data, '--json');
    expect(exitCode).toBe(1);
    expect(JSON.parse(output)).toMatchObject({ findings: [{ code: 'COUNT_DIFFERS' }], report: { isSound: false } });
    expect(JSON.parse(errors)).toMatchObject({ code: 'FINDINGS' });
  });

  it('mends what can be mended, and says what it has done', async () => {
    const data = await filled.copy('cli-mend');
    await remove(data, '!counts!order!status=3Apaid');
    await flipValue(data, '!actors!stock/85123A');
    const { exitCode, output } = await ordo('doctor', '--data', data, '--rebuild');
    expect(exitCode).toBe(0);
    expect(output).toContain('mended COUNT_DIFFERS: ');
    expect(output).toContain('mended VALUE_DAMAGED: The record of stock/85123A');
    expect(output).toMatch(/a copy of what was replaced or taken out is in \S+cli-mend\.replaced-\S+\.ndjson/);
    expect(await ordo('doctor', '--data', data, '--rebuild')).toMatchObject({
      exitCode: 0,
      output: expect.stringMatching(/^There was nothing to mend/),
    });
  });

  it('mends only a store that is stopped, and never makes one', async () => {
    expect(await ordo('doctor', '--rebuild')).toMatchObject({ exitCode: 2, errors: expect.stringContaining('--data') });
    expect(await ordo('doctor', '--data', serving, '--rebuild')).toMatchObject({
      exitCode: 5,
      errors: expect.stringContaining('LEVEL_LOCKED'),
    });
    expect(await ordo('doctor', '--data', filled.path('nowhere'))).toMatchObject({
      exitCode: 4,
      errors: expect.stringContaining('NO_STORE'),
    });
    expect(await readdir(filled.path('.'))).not.toContain('nowhere');
    expect(await ordo('doctor', '--data', 'docs')).toMatchObject({
      exitCode: 4,
      errors: expect.stringContaining('NO_STORE'),
    });
  });
});

describe('ordo timers', () => {
  it('shows what is due', async () => {
    const { exitCode, output } = await ordo('timers', '--type', 'order', '--due-within', '31m', '--utc');
    expect(exitCode).toBe(0);
    expect(output).toMatch(/^due +actor +timer +leaves\n/);
    expect(output).toMatch(/08:56:02\S* +order\/SO 3\/ü +paymentWindow +order\.payment\.unpaid/);
  });
});

describe('wrong usage', () => {
  it.each<[why: string, args: string[], exitCode: number, text: string]>([
    ['no directory to restore into', ['restore', 'x'], 2, '--data'],
    ['no directory to load into', ['load', 'x'], 2, '--data'],
    ['a file that is not there', ['restore', '/nowhere/x', '--verify'], 2, 'no such file'],
    ['a file that is no backup', ['restore', 'package.json', '--verify'], 2, 'BACKUP_UNREADABLE'],
    ['a duration that is none', ['timers', '--due-within', 'soon'], 2, '5s'],
  ])('%s is told', async (_why, args, exitCode, text) => {
    expect(await ordo(...args)).toMatchObject({ exitCode, output: '', errors: expect.stringContaining(text) });
  });

  it('a file that is no dump is told, and the directory is left empty', async () => {
    const failed = await ordo('load', 'package.json', '--data', filled.path('no-dump'));
    expect(failed).toMatchObject({ exitCode: 2, errors: expect.stringContaining('DUMP_UNREADABLE') });
    expect(await readdir(filled.path('no-dump'))).toEqual([]);
  });
});

it.each(
  createProgram(processContext(), [addStoreCommands])
    .commands.map((command) => command.name())
    .filter((name) => ['backup', 'restore', 'dump', 'load', 'doctor', 'timers'].includes(name)),
)('help of %s teaches by example', async (name) => {
  const { exitCode, output } = await ordo(name, '--help');
  expect(exitCode).toBe(0);
  expect(output).toContain(`$ ordo ${name}`);
});
