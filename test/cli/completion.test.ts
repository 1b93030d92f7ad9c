import { execFile } from 'node:child_process';
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { CommandLine } from '../fixtures/command-line.ts';
import { orderView } from '../fixtures/views.ts';

let ordo: CommandLine;

beforeAll(async () => {
  ordo = await CommandLine.start();
});
afterAll(() => ordo.stop());
afterEach(() => ordo.quiet());

/** What the tab key would offer at the end of these words, and what else the shell is told to do. */
async function offered(words: readonly string[], flags: readonly string[] = []) {
  const { output, errors, exitCode } = await ordo.run(['complete', '--', ...flags, ...words]);
  expect({ errors, exitCode }).toEqual({ errors: '', exitCode: 0 });
  const lines = output.trimEnd().split('\n');
  const directive = lines.pop();
  return { values: lines.map((line) => line.split('\t')[0]), lines, directive };
}

const noFiles = ':4';
const files = ':0';

describe('the tab key completes', () => {
  it.each([
    ['commands', ['pa'], ['pay', 'payments'], noFiles],
    ['commands within a command', ['tx', 're'], ['retry', 'resolve'], noFiles],
    ['flags', ['pay', 'SO-1', '--to'], ['--token'], noFiles],
    ['the values of a flag', ['list', '--status', 'c'], ['completed', 'canceled'], noFiles],
    ['a value behind =', ['tx', 'list', '--state=in'], ['inDoubt'], noFiles],
    ['after a flag that takes no value', ['tx', '--json', 'sho'], ['show'], noFiles],
    ['shells', ['complete', ''], ['bash', 'zsh', 'fish'], noFiles],
    ['topics', ['help', 'exit'], ['exit-codes'], noFiles],
    ['files where one is wanted', ['place', 'or'], [], files],
    ['files as the value of a flag', ['list', '--creds', ''], [], files],
    ['no flags after --', ['note', 'SO-1', '--', '-'], [], noFiles],
    ['nothing where the value is free', ['pay', 'SO-1', '--token', ''], [], noFiles],
    ['nothing of a command that is none', ['nothing', ''], [], noFiles],
  ])('%s', async (_what, words, values, directive) => {
    expect(await offered(words)).toMatchObject({ values, directive });
  });

  it('commands with a word on what each does', async () => {
    expect((await offered(['hist'])).lines).toEqual(['history\twhat happened to an order, oldest first']);
  });

  it('orders of the running service, those of the last day before all others', async () => {
    await ordo.serve(({ body }) => ({
      orders: 'placedFrom' in (body as object) ? [orderView({ id: 'NEW-1' })] : [orderView({ id: 'OLD-1' })],
      cursor: null,
    }));
    expect((await offered(['get', ''])).lines).toEqual(['NEW-1\tpaid, C-17']);
    expect((await offered(['get', 'OLD'])).values).toEqual([]);
  });

  it('all orders where the last day had none', async () => {
    await ordo.serve(({ body }) => ({
      orders: 'placedFrom' in (body as object) ? [] : [orderView({ id: 'OLD-1' })],
      cursor: null,
    }));
    expect((await offered(['pay', 'O'])).values).toEqual(['OLD-1']);
  });

  it('transactions, those in doubt first and each once', async () => {
    const at = '2010-12-01T08:26:00.000Z';
    const view = (id: string) => ({
      id,
      order: 'S',
      operation: 'pay',
      state: 'x',
      startedAt: at,
      deadline: at,
      branches: [],
    });
    await ordo.serve(({ body }) => ({
      transactions: (body as { state?: string }).state === 'inDoubt' ? [view('S-2~1')] : [view('S-1~1'), view('S-2~1')],
      cursor: null,
    }));
    expect((await offered(['tx', 'resolve', 'S'])).values).toEqual(['S-2~1', 'S-1~1']);
  });

  it('no id that a shell could take for a command', async () => {
    const ids = ['$(touch x)', 'a b', '`x`', 'a;b', "a'b", '-f', '~x', 'fine-1'];
    const customer = '$(touch y);`z`';
    await ordo.serve(() => ({ orders: ids.map((id) => orderView({ id, customer })), cursor: null }));
    expect((await offered(['get', ''])).lines).toEqual(['fine-1\tpaid, touch yz']);
  });

  it('nothing, without a word, where no service runs or none answers', async () => {
    expect((await offered(['get', ''])).values).toEqual([]);
    expect((await offered(['get', '--nats', 'nats://127.0.0.1:1', ''])).values).toEqual([]);
    await ordo.serve(() => undefined);
    expect((await offered(['get', ''])).values).toEqual([]);
  });
});

describe('the script of', () => {
  it.each(['zsh', 'fish'])('%s asks the program', async (shell) => {
    const { output } = await ordo.run(['complete', shell]);
    expect(output).toContain('ordo complete --');
  });

  it('bash completes in a real bash, read once or twice', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'ordo-completion-'));
    try {
      const program = join(directory, 'ordo');
      const start = join(import.meta.dirname, '../../src/start.mjs');
      await writeFile(program, `#!/bin/sh\nexec '${process.execPath}' '${start}' "$@"\n`);
      await chmod(program, 0o755);
      const script = `
        PATH="$1:$PATH"
        script=$(ordo complete bash)
        eval "$script"; eval "$script"
        complete -p ordo
        # What readline does when the tab key is pressed.
        COMP_LINE='ordo tx list --state=in' COMP_POINT=23
        __ordo_complete 2>/dev/null
        printf '%s\\n' "\${COMPREPLY[@]}"
      `;
      const { stdout, stderr } = await promisify(execFile)('bash', ['--norc', '-c', script, 'bash', directory]);
      expect({ stdout, stderr }).toEqual({
        stdout: 'complete -o default -F __ordo_complete ordo\ninDoubt\n',
        stderr: '',
      });
    } finally {
      await rm(directory, { recursive: true });
    }
  });

  it('another shell is refused, and those that there are are named', async () => {
    const { exitCode, errors } = await ordo.run(['complete', 'tcsh']);
    expect(exitCode).toBe(2);
    expect(errors).toContain('bash, zsh, fish');
  });
});
