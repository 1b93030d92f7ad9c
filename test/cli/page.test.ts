import { expect, it, vi } from 'vitest';
import { topics } from '../../src/cli/topics.ts';
import { main } from '../../src/main.ts';

/** What `ordo` prints on standard output, in a pipe. */
async function printed(...args: string[]): Promise<string> {
  let text = '';
  const write = vi.spyOn(process.stdout, 'write').mockImplementation((chunk) => {
    text += chunk;
    return true;
  });
  const listeners = process.stdout.listeners('error');
  try {
    await main(args);
  } finally {
    write.mockRestore();
    // Every run listens for the end of its pipe; this is one process and many runs.
    for (const listener of process.stdout.listeners('error')) {
      if (!listeners.includes(listener)) process.stdout.removeListener('error', listener as () => void);
    }
  }
  return text;
}

function block(text: string): string {
  return `\`\`\`text\n${text.trimEnd()}\n\`\`\`\n`;
}

/** The groups of `ordo help commands`: their headings, and the words of each command. */
async function groups(): Promise<[heading: string, commands: string[][]][]> {
  const listing = await printed('help', 'commands');
  return listing.split('\n\n').map((group) => {
    const [heading = '', ...lines] = group.trimEnd().split('\n');
    const commands = lines.map((line) => (/^ {2}([a-z-]+(?: [a-z-]+)*)/.exec(line)?.[1] ?? '').split(' '));
    return [heading.replace(/:$/, ''), commands];
  });
}

const introduction = `\
# The command line

This page is what \`ordo\` says of itself; a test holds the two together (\`npx vitest run test/cli/page.test.ts -u\` writes
it anew). In a checkout it is \`npx ordo\`; \`npm link\` puts \`ordo\` on the PATH, which the completion of shells needs.
`;

it('docs/cli.md is what the program says of itself', async () => {
  const parts = [introduction, block(await printed('--help'))];
  for (const [name, { summary }] of Object.entries(topics)) {
    parts.push(`## ${name}: ${summary}\n`, block(await printed('help', name)));
  }
  for (const [heading, commands] of await groups()) {
    parts.push(`## ${heading}\n`);
    for (const words of commands) {
      parts.push(`### ordo ${words.join(' ')}\n`, block(await printed(...words, '--help')));
    }
  }
  await expect(parts.join('\n')).toMatchFileSnapshot('../../docs/cli.md');
});
