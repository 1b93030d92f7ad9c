import { join } from 'node:path';
import { expect, it } from 'vitest';
import { recordExamples } from './fixtures/story.ts';

const FILE = join(import.meta.dirname, '../../src/documents/examples.json');

it('The examples of the documents are what a service answers', async () => {
  const recorded = `${JSON.stringify(await recordExamples(), null, 2)}\n`;
  await expect(recorded, 'Run `npm run documents`: it records them anew').toMatchFileSnapshot(FILE);
});
