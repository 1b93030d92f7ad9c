import { resolve } from 'node:path';
import type { Command } from 'commander';
import type { DoctorAnswer, DoctorFinding } from '../../contracts/index.ts';
import { drained, type OnAdvance } from '../../store/advance.ts';
import { StoreToolError } from '../../store/errors.ts';
import type { CliContext } from '../context.ts';
import { UsageError } from '../failure.ts';
import { showExamination, showMended } from '../show/doctor.ts';
import { pullPieces, type SourceFlags, withSourceFlags } from './source.ts';
import { withProgress } from './work.ts';

interface DoctorFlags extends SourceFlags {
  readonly rebuild?: true;
}

interface Examination {
  readonly findings: readonly DoctorFinding[];
  readonly report: DoctorAnswer;
}

/** Adds `ordo doctor`. */
export function addDoctorCommand(program: Command, context: CliContext): void {
  const command = program
    .command('doctor')
    .summary('examine the whole store, while it serves')
    .description('Examines the whole store: checksums, journals, histories, everything derived, money and goods.')
    .option('--rebuild', 'mend what can be mended from the journal; with --data only')
    .addHelpText(
      'after',
      `
Examples:
  $ ordo doctor                                     the running service goes on meanwhile
  $ ordo doctor --json | jq '.findings[].address'
  $ ordo doctor --data ./data --rebuild             the service is stopped

Exit codes: 0 all is sound, 1 something is not; see the report.
`,
    );
  withSourceFlags(command, context).action((flags: DoctorFlags) => doctor(context, flags));
}

async function doctor(context: CliContext, flags: DoctorFlags): Promise<void> {
  if (flags.rebuild === true) return mend(context, flags);
  const { data } = flags;
  const examination = await withProgress(context, (onAdvance) =>
    data === undefined ? examineRunning(context, flags, onAdvance) : examineStopped(data, onAdvance),
  );
  context.write(flags.json ? `${JSON.stringify(examination)}\n` : showExamination(examination));
  assertSound(examination.report);
}

async function examineRunning(context: CliContext, flags: SourceFlags, onAdvance: OnAdvance): Promise<Examination> {
  const findings: DoctorFinding[] = [];
  let report: DoctorAnswer | null = null;
  await pullPieces(context, flags, 'admin.doctor', (piece) => {
    onAdvance(piece.progress);
    findings.push(...piece.findings);
    report = piece.report;
  });
  if (report === null) throw new Error('The service has not told what its examination came to.');
  return { findings, report };
}

async function examineStopped(data: string, onAdvance: OnAdvance): Promise<Examination> {
  const { examine } = await import('../../store/doctor/doctor.ts');
  const { actorDefinitions } = await import('../../actors.ts');
  const { onStopped } = await import('../../store/directory.ts');
  return onStopped(data, async (snapshot) => {
    const findings: DoctorFinding[] = [];
    const report = await drained(examine(snapshot, actorDefinitions()), ({ found, ...advance }) => {
      onAdvance(advance);
      for (const { finding } of found) findings.push({ ...finding });
    });
    return { findings, report: reportJson(report) };
  });
}

async function mend(context: CliContext, { data, json }: DoctorFlags): Promise<void> {
  if (data === undefined) {
    throw new UsageError('--rebuild works on a stopped store: stop the service, and name its directory with --data.');
  }
  const { openStopped } = await import('../../store/directory.ts');
  const { rebuild } = await import('../../store/doctor/rebuild.ts');
  const { actorDefinitions } = await import('../../actors.ts');
  const files = await openStopped(data);
  try {
    const copy = `${resolve(data)}.replaced-${new Date().toISOString().replaceAll(':', '-')}.ndjson`;
    const { mended, left, report, ...rest } = await withProgress(context, (onAdvance) =>
      rebuild(files, actorDefinitions(), copy, onAdvance),
    );
    const examination = { findings: left.map((finding) => ({ ...finding })), report: reportJson(report) };
    const text = showMended(mended, rest.copy) + showExamination(examination);
    context.write(json ? `${JSON.stringify({ mended, ...examination, ...rest })}\n` : text);
    assertSound(report);
  } finally {
    await files.close();
  }
}

/** The report as it would have come over the wire. */
function reportJson(report: unknown): DoctorAnswer {
  return JSON.parse(JSON.stringify(report)) as DoctorAnswer;
}

function assertSound({ isSound }: { readonly isSound: boolean }): void {
  if (!isSound) throw new StoreToolError('FINDINGS', 'The store is not sound: the report says where, and what to do.');
}
