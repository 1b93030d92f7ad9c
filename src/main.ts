/**
 * The `ordo` command.
 *
 * @param argv the arguments after the program's name.
 */
export async function main(argv: readonly string[]): Promise<void> {
  // Whoever reads from the pipe may have seen enough: `ordo list | head`.
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
    process.exit(0);
  });
  const code = await (isServing(argv) ? serve(argv) : runAll(argv));
  if (code !== 0) process.exitCode = code;
}

/** Orders wait until the service is up: it loads nothing of what asks it. Help comes from the whole program. */
function isServing([command, ...flags]: readonly string[]): boolean {
  return command === 'serve' && !flags.includes('--help') && !flags.includes('-h');
}

async function serve(argv: readonly string[]): Promise<number> {
  const { runServe } = await import('./cli/serve.ts');
  return runServe(argv);
}

async function runAll(argv: readonly string[]): Promise<number> {
  const { runEverything } = await import('./cli/everything.ts');
  return runEverything(argv);
}
