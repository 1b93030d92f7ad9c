import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';

const root = join(import.meta.dirname, '../../../shared/data');

/** Real data lies beside the project, not in it: a clone on its own must pass without it. */
export const sharedData = {
  onlineRetail: join(root, 'online-retail'),
  orderManagement: join(root, 'order-management', 'order-management.json.gz'),
  /** Whether it is there, and a phrase for a test's title that says so when it is not. */
  missing: !existsSync(root),
  reason: existsSync(root) ? '' : ' (skipped: ../shared/data is not there)',
};

if (sharedData.missing) console.info('../shared/data is not there: the tests on real data are skipped.');

/** The whole set is packed with xz. */
export const xzMissing = spawnSync('xz', ['--version']).error !== undefined;
