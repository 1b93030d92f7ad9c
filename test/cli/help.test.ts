import type { Command } from 'commander';
import { describe, expect, it } from 'vitest';
import { processContext } from '../../src/cli/context.ts';
import { addDemoCommand } from '../../src/cli/demo.ts';
import { addImportCommand } from '../../src/cli/import.ts';
import { type AddCommands, createProgram, runProgram } from '../../src/cli/program.ts';
import { addServeCommand } from '../../src/cli/serve.ts';
import { topics } from '../../src/cli/topics.ts';

/** Everything that `ordo` has. */
const all: readonly AddCommands[] = [
  addServeCommand,
  (program) => addImportCommand(program, { startService: () => Promise.reject(new Error('not here')) }),
  (program) => addDemoCommand(program),
];

/** Runs the whole program; it connects to nothing. */
async function ordo(args: readonly string[], width?: number, env: Readonly<Record<string, string>> = {}) {
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
    terminal: { width, hasColors: false },
    env,
  };
  const exitCode = await runProgram(args, context, all);
  return { exitCode, output, errors };
}

/** Every command that does something, as the words that name it. */
function everyCommand(command: Command, words: readonly string[] = []): string[][] {
  return command.commands.flatMap((inner) => {
    const name = [...words, inner.name()];
    return inner.commands.length > 0 ? everyCommand(inner, name) : [name];
  });
}

const commands = everyCommand(createProgram(processContext(), all));

describe('The help of the program', () => {
  it('fits on a screen, shows every command and a first order, and is no error', async () => {
    const { exitCode, output, errors } = await ordo([], 80);
    expect({ exitCode, errors }).toEqual({ exitCode: 0, errors: '' });
    expect(output.split('\n').length).toBeLessThanOrEqual(32);
    expect(Math.max(...output.split('\n').map((line) => line.length))).toBeLessThanOrEqual(100);
    for (const [first] of commands) expect(output).toMatch(new RegExp(`[ ,]${first}(,|\n)`));
    expect(output).toContain('ordo pay SO-1 --token ok');
    expect((await ordo(['--help'], 80)).output).toBe(output);
    expect((await ordo(['help'], 80)).output).toBe(output);
  });

  it('lists every command with what it does under `help commands`', async () => {
    const { output } = await ordo(['help', 'commands']);
    for (const words of commands) expect(output).toMatch(new RegExp(`^ {2}${words.join(' ')}\\b.* {2}\\w`, 'm'));
  });

  it.each(commands.map((words) => [words.join(' '), words] as const))(
    'of %s teaches by example',
    async (name, words) => {
      const { exitCode, output } = await ordo([...words, '--help']);
      expect(exitCode).toBe(0);
      expect(output).toMatch(new RegExp(`^ {2}\\$ (.*\\| |.*\\()?ordo ${name}\\b`, 'm'));
      expect((await ordo(['help', ...words])).output).toBe(output);
    },
  );

  it('never shows what the environment holds', async () => {
    const env = { NATS_URL: 'nats://ann:s3cret@host:4222', NATS_CREDS: '/home/ann/s3cret.creds' };
    for (const words of commands) expect((await ordo([...words, '--help'], 80, env)).output).not.toContain('s3cret');
  });
});

describe('The topics', () => {
  it.each(Object.keys(topics))('%s fits on a screen and teaches by example', async (name) => {
    const { exitCode, output } = await ordo(['help', name]);
    expect(exitCode).toBe(0);
    expect(output).toContain('  $ ');
    const lines = output.split('\n');
    expect(lines.length).toBeLessThanOrEqual(32);
    expect(lines.filter((line) => line.length > 80)).toEqual([]);
  });

  it('are named where there is no such topic or command', async () => {
    const { exitCode, errors } = await ordo(['help', 'exits']);
    expect(exitCode).toBe(2);
    expect(errors).toContain('exit-codes');
  });
});
