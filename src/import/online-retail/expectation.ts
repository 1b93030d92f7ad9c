import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import type { Figures } from '../differences.ts';
import { ImportError } from '../errors.ts';

/** The key of the whole set, which usually comes through a pipe and so has no name. */
const WHOLE_SET = 'uci_full';

/**
 * Reads the figures that an import of a file must come to. They stand under the file's name, or under `uci_full` when
 * the file has none there.
 *
 * @param path a JSON file such as expected_stats.json
 * @param input the imported file's path, or `-`
 * @throws ImportError FILE_UNREADABLE, or EXPECTATION_UNKNOWN when the file holds no figures for this input.
 */
export async function readExpectation(path: string, input: string): Promise<Figures> {
  let all: unknown;
  try {
    all = JSON.parse(await readFile(path, 'utf8'));
  } catch (cause) {
    throw new ImportError('FILE_UNREADABLE', `${path} cannot be read as JSON: ${(cause as Error).message}`, { cause });
  }
  const groups = isGroup(all) ? all : {};
  const figures = groups[basename(input)] ?? groups[WHOLE_SET];
  if (!isGroup(figures)) {
    throw new ImportError(
      'EXPECTATION_UNKNOWN',
      `${path} has figures neither for ${basename(input)} nor ${WHOLE_SET}.`,
    );
  }
  return figures;
}

function isGroup(value: unknown): value is Figures {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
