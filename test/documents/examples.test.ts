import { join } from 'node:path';
import { expect, it } from 'vitest';
import type { Examples } from '../../src/documents/examples.ts';
import { recordExamples } from './fixtures/story.ts';

const FILE = join(import.meta.dirname, '../../src/documents/examples.json');

it('The examples of the documents are what a service answers', async () => {
  await expect(written(await recordExamples()), 'Run `npm run documents`: it records them anew').toMatchFileSnapshot(
    FILE,
  );
});

/** One example a line: a change shows which it was. */
function written(examples: Examples): string {
  const groups = Object.entries(examples).map(([group, byName]) => {
    const lines = Object.entries(byName as Readonly<Record<string, object>>).map(
      ([name, example]) => `    ${JSON.stringify(name)}: ${JSON.stringify(example)}`,
    );
    return `  ${JSON.stringify(group)}: {\n${lines.join(',\n')}\n  }`;
  });
  return `{\n${groups.join(',\n')}\n}\n`;
}
