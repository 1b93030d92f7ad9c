import type { Command } from 'commander';
import { RuntimeError } from '../../runtime/errors.ts';
import { LevelStore } from '../../runtime/level/store.ts';
import type { Store } from '../../runtime/ports.ts';
import { pagesOf, type Survey, surveyStore } from '../../runtime/upgrade/survey.ts';
import { actorDefinitions } from '../actors.ts';
import { progressOn } from '../import/progress.ts';
import { grouped } from '../import/table.ts';
import { SETTINGS } from '../settings.ts';
import type { CliContext } from './context.ts';
import { RefusedError } from './failure.ts';
import { showUpgrade } from './show/upgrade.ts';
import { wholeNumber } from './values.ts';

interface Flags {
  readonly data?: string;
  readonly json?: true;
  readonly examples: number;
}

/** Registers `ordo check-upgrade`. Its action throws RefusedError, once the report is printed, when records would be lost. */
export function addCheckUpgradeCommand(program: Command, context: CliContext): void {
  const { flag, variable, standard, value, help } = SETTINGS.data;
  program
    .command('check-upgrade')
    .description('Tells what this build would make of every record of a stopped service, without changing any.')
    .option(`${flag} ${value}`, `${help} (${variable}, default ${standard})`)
    .option('--examples <n>', 'how many addresses to name for each kind of record', wholeNumber, 3)
    .option('--json', 'print the report as JSON')
    .addHelpText(
      'after',
      `
Each record is taken through the machines of this build: its version, its migration, its state, its context, its timers
and what it waits for. serve does the same by itself before it starts with other machines, and refuses to where records
would be lost.

Examples:
  $ ordo check-upgrade --data /var/lib/ordo          stop the service first, or check a copy of its directory
  $ ordo check-upgrade --data ./data --json | jq '.rows[] | select(.outcome == "breaks")'

Exit codes: 0 every record fits, 3 some would be lost.
`,
    )
    .action((flags: Flags) => checkUpgrade(context, flags));
}

async function checkUpgrade(context: CliContext, { data, json, examples }: Flags): Promise<void> {
  const definitions = actorDefinitions();
  const store = await openStopped(data ?? (context.env[SETTINGS.data.variable] || SETTINGS.data.standard));
  let survey: Survey;
  try {
    survey = await surveyed(store, (onActors) =>
      surveyStore(store, definitions, { now: Date.now(), examples, onActors }),
    );
  } finally {
    await store.close();
  }
  context.write(json ? `${JSON.stringify(survey, null, 2)}\n` : showUpgrade(survey, definitions));
  const { breaks, records } = survey;
  if (breaks === 0) return;
  throw new RefusedError(
    'VERSION_UNKNOWN',
    `${grouped(breaks)} of ${grouped(records)} records would be lost with this build, and serve would refuse to start. ` +
      'Run the build that wrote them, or give the machine a migrate function (docs/machines.md).',
  );
}

/** What is read without a service must not be in use by one. */
async function openStopped(directory: string): Promise<LevelStore> {
  try {
    return await LevelStore.open(directory, { mustExist: true });
  } catch (error) {
    if (!(error instanceof RuntimeError) || error.code !== 'LEVEL_LOCKED') throw error;
    const message = `Another ordo process has ${directory} open. Stop it, or check a backup or a copy of the directory.`;
    throw new RuntimeError('LEVEL_LOCKED', message, { cause: error });
  }
}

/** On a terminal, shows how far it is. To count the actors first takes little: their records are not read for it. */
async function surveyed(store: Store, survey: (onActors: (count: number) => void) => Promise<Survey>): Promise<Survey> {
  if (!process.stderr.isTTY) return survey(() => {});
  const progress = progressOn(process.stderr);
  let total = 0;
  for await (const page of pagesOf(store)) total += page.length;
  progress.begin('check', total, 'actors');
  try {
    return await survey((count) => progress.advance(count));
  } finally {
    progress.end();
  }
}
