// What `npm pack` packs: the compiled modules with their types, and beside them the files that are not code.
import { spawnSync } from 'node:child_process';
import { cpSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const DIST = join(ROOT, 'dist');

// A file that is gone from the sources must not be packed.
rmSync(DIST, { recursive: true, force: true });
const compiler = join(ROOT, 'node_modules', 'typescript', 'bin', 'tsc');
const { status } = spawnSync(process.execPath, [compiler, '-p', 'tsconfig.build.json'], {
  cwd: ROOT,
  stdio: 'inherit',
});
if (status === 0) copyOtherFiles();
else process.exitCode = 1;

/** Scripts and pages, which the compiler leaves where they are. */
function copyOtherFiles() {
  for (const folder of ['machines', 'runtime', 'src']) {
    cpSync(join(ROOT, folder), join(DIST, folder), {
      recursive: true,
      filter: (source) => !/\.(?:ts|mjs)$/.test(source),
    });
  }
}
