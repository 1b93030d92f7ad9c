import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

const ROOT = join(import.meta.dirname, '../..');
const MAX_LINES = 400;

const FOLDERS = ['machines', 'runtime', 'src', 'test', 'docs'];
const FILES = [
  'package.json',
  'package-lock.json',
  'tsconfig.json',
  'tsconfig.build.json',
  'biome.json',
  'knip.json',
  'vitest.config.ts',
  'README.md',
  'LICENSE',
];

const files = projectFiles();

/** The project's files, with `/` between folders: what git holds or would take, or all of them outside a repository. */
function projectFiles(): readonly string[] {
  try {
    const args = ['ls-files', '-z', '--cached', '--others', '--exclude-standard'];
    const listed = execFileSync('git', args, { cwd: ROOT, encoding: 'utf8', stdio: 'pipe' });
    return listed.split('\0').filter((file) => file !== '' && statSync(join(ROOT, file), { throwIfNoEntry: false }));
  } catch {
    const inFolder = (folder: string) =>
      readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' }).map((file) => join(folder, file));
    return [...FILES, ...FOLDERS.filter((folder) => existsSync(join(ROOT, folder))).flatMap(inFolder)]
      .filter((file) => statSync(join(ROOT, file), { throwIfNoEntry: false })?.isFile())
      .map((file) => file.replaceAll('\\', '/'));
  }
}

const read = (file: string) => readFileSync(join(ROOT, file), 'utf8');

describe('The project keeps its layout', () => {
  it('has no other top-level entries than its owner gave it', () => {
    const top = new Set(files.map((file) => file.split('/')[0] ?? file));
    const others = [...top].filter((name) => !name.startsWith('.') && ![...FOLDERS, ...FILES].includes(name));
    expect(others).toEqual([]);
  });

  it(`has no file of the product above ${MAX_LINES} lines`, () => {
    const long = files
      .filter((file) => /^(machines|runtime|src)\//.test(file))
      .map((file) => ({ file, lines: read(file).split('\n').length - 1 }))
      .filter(({ lines }) => lines > MAX_LINES);
    expect(long).toEqual([]);
  });

  it('names files and folders by what they are about, not utils, helpers, common, manager or misc', () => {
    const vague = /(^|[/.-])(utils?|helpers?|common|managers?|misc)([/.-]|$)/i;
    expect(files.filter((file) => vague.test(file))).toEqual([]);
  });

  it('runs every test: no .only, and each .skip or .todo has its reason in a comment beside or above it', () => {
    const offences = files
      .filter((file) => file.startsWith('test/') && file.endsWith('.test.ts'))
      .flatMap((file) => withheldTests(read(file)).map((line) => `${file}:${line}`));
    expect(offences).toEqual([]);
  });
});

/** The line numbers of tests that are singled out, or left out without a reason. */
function withheldTests(source: string): readonly number[] {
  const lines = source.split('\n');
  return lines.flatMap((line, index) => {
    const word = /^\s*(?:it|test|describe)\.(only|skip|todo)\b/.exec(line)?.[1];
    if (word === undefined) return [];
    const reason = [line, lines[index - 1] ?? ''].some((text) => /\/\/ \S/.test(text));
    return word === 'only' || !reason ? [index + 1] : [];
  });
}

describe('The search for withheld tests', () => {
  it.each([
    ['it.only("x", f);', [1]],
    ['// because\nit.only("x", f);', [2]],
    ['it.skip("x", f);', [1]],
    ['it("a", f);\n\n  describe.todo("x");', [3]],
    ['// The data lies elsewhere.\nit.skip("x", f);', []],
    ['it.todo("x"); // waits for the viewer', []],
    ['it.skipIf(missing)("x", f);', []],
  ])('judges %j', (source, lines) => {
    expect(withheldTests(source)).toEqual(lines);
  });
});
