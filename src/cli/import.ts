import { createReadStream } from 'node:fs';
import type { Readable, Writable } from 'node:stream';
import { type Command, InvalidArgumentError } from 'commander';
import type { NatsAccess } from '../client/index.ts';
import { connectService } from '../import/client-service.ts';
import { ImportError } from '../import/errors.ts';
import { readExpectation } from '../import/online-retail/expectation.ts';
import { importPlan, planFile } from '../import/online-retail/import.ts';
import { makeReport as makeRetailReport } from '../import/online-retail/report.ts';
import { reportText as retailText } from '../import/online-retail/report-text.ts';
import { importLog } from '../import/order-management/import.ts';
import { readLog } from '../import/order-management/log.ts';
import { makeReport as makeReplayReport, reportText as replayText } from '../import/order-management/report.ts';
import { type Progress, progressOn } from '../import/progress.ts';
import { type OrderService, ServiceGone } from '../import/service.ts';
import { stopOnSignal } from '../import/stop-on-signal.ts';
import { grouped } from '../import/table.ts';
import { accessOf, type ConnectionFlags, withConnectionFlags } from './connection.ts';

/** Starts a service on a data directory, for as long as an import runs. */
export type ServiceStarter = (options: { data: string }) => Promise<{ url: string; stop(): Promise<void> }>;

/** What the command needs from outside; tests put in their own. */
export type ImportEnvironment = {
  readonly startService: ServiceStarter;
  /** Opens the service on a NATS server. */
  readonly connect?: (access: NatsAccess) => Promise<{ service: OrderService; close(): Promise<void> }>;
  readonly stdin?: Readable;
  readonly stdout?: Writable;
  readonly stderr?: Writable & { isTTY?: boolean };
};

type Options = ConnectionFlags & {
  readonly data?: string;
  readonly concurrency: number;
  readonly json?: true;
  readonly expect?: string;
  readonly dryRun?: true;
};

type Run = { readonly concurrency: number; readonly stop: AbortSignal; readonly progress: Progress };
type Outcome = { readonly report: { readonly ok: boolean }; readonly text: string };

const AGAIN = 'Run the same command again to go on where this run ended; nothing is done twice.';

/**
 * Registers `ordo import online-retail` and `ordo import order-management`. The actions throw ImportError when a run
 * does not come to a good end; the report has been printed by then.
 */
export function addImportCommand(program: Command, environment: ImportEnvironment): void {
  const command = program.command('import').description('Runs real orders through the service.');
  withOptions(command.command('online-retail'), ORDERS_AT_ONCE)
    .description('Imports sales and returns of the UCI "Online Retail" set.')
    .argument('<file>', 'the CSV file, or - for standard input')
    .option('--expect <file>', 'JSON with the figures that must come out, by file name (uci_full for the whole set)')
    .addHelpText(
      'after',
      `
Examples:
  $ ordo import online-retail online_retail.csv --dry-run
  $ ordo import online-retail online_retail.csv --data ./retail
  $ xz -dc online_retail.csv.xz | ordo import online-retail - --json > report.json
${again}`,
    )
    .action((file: string, options: Options) => new Import(file, options, environment).onlineRetail());
  withOptions(command.command('order-management'), ACTIONS_AT_ONCE)
    .description('Replays the OCEL 2.0 "Order Management" log.')
    .argument('<file>', 'the log, JSON or gzipped JSON, or - for standard input')
    .addHelpText(
      'after',
      `
Examples:
  $ ordo import order-management order-management.json.gz --dry-run
  $ ordo import order-management order-management.json.gz --concurrency 32
${again}`,
    )
    .action((file: string, options: Options) => new Import(file, options, environment).orderManagement());
}

const again = `
It may be stopped at any moment, killed too, and run again: nothing is done twice. It ends with 130 when it was stopped,
and with 6 when what the service then holds is not what the file says.
`;

/** As fast as more, and every vote comes in time: an order here has a hundred branches and more, and they take turns. */
const ORDERS_AT_ONCE = 16;
/** Small ones, most of which wait for an earlier one on the same order or article. */
const ACTIONS_AT_ONCE = 64;

function withOptions(command: Command, concurrency: number): Command {
  return withConnectionFlags(command, process.env)
    .option('--data <dir>', 'start a service on this data directory for the run')
    .option('--concurrency <n>', 'how much is under way at once', positive, concurrency)
    .option('--json', 'print the report as JSON')
    .option('--dry-run', 'read the file and print its figures; ask no service');
}

function positive(text: string): number {
  const number = Number(text);
  if (!Number.isInteger(number) || number < 1) throw new InvalidArgumentError('It must be a whole number above 0.');
  return number;
}

class Import {
  readonly #file: string;
  readonly #options: Options;
  readonly #environment: ImportEnvironment;
  readonly #stderr: Writable & { isTTY?: boolean };

  constructor(file: string, options: Options, environment: ImportEnvironment) {
    this.#file = file;
    this.#options = options;
    this.#environment = environment;
    this.#stderr = environment.stderr ?? process.stderr;
  }

  async onlineRetail(): Promise<void> {
    const { expect } = this.#options;
    // Read first: a wrong path should not be found out after an hour.
    const expectation = expect === undefined ? undefined : await readExpectation(expect, this.#file);
    const plan = await planFile(this.#input());
    this.#say(`${grouped(plan.statistics.lines)} rows, ${grouped(plan.orders.length)} orders to place`);
    if (this.#options.dryRun) {
      const report = makeRetailReport(plan, undefined, undefined, expectation);
      return this.#print({ report, text: retailText(report) });
    }
    await this.#overService(async (service, run) => {
      const report = await importPlan(plan, service, run, expectation);
      return { report, text: retailText(report) };
    });
  }

  async orderManagement(): Promise<void> {
    const log = await readLog(this.#input());
    this.#say(`${grouped(log.events.length)} events of ${grouped(log.orders.length)} orders to replay`);
    if (this.#options.dryRun) {
      const report = makeReplayReport(log, undefined, undefined);
      return this.#print({ report, text: replayText(report) });
    }
    await this.#overService(async (service, run) => {
      const report = await importLog(log, service, run);
      return { report, text: replayText(report) };
    });
  }

  #input(): Readable {
    return this.#file === '-' ? (this.#environment.stdin ?? process.stdin) : createReadStream(this.#file);
  }

  async #overService(work: (service: OrderService, run: Run) => Promise<Outcome>): Promise<void> {
    const { data, concurrency } = this.#options;
    const progress = progressOn(this.#stderr);
    const { signal: stop, release } = stopOnSignal(() => progress.say('stopping: what is under way is finished first'));
    try {
      const started = data === undefined ? undefined : await this.#environment.startService({ data });
      try {
        const { connect = (access) => connectService(access, 'ordo-import') } = this.#environment;
        const access = started === undefined ? await accessOf(this.#options, process.env) : { url: started.url };
        const { service, close } = await connect(access);
        try {
          const outcome = await work(service, { concurrency, stop, progress });
          // Half an import adds up to nothing, so there is nothing to report.
          if (stop.aborted) throw new ImportError('INTERRUPTED', `Stopped. ${AGAIN}`);
          this.#print(outcome);
        } finally {
          await close();
        }
      } finally {
        await started?.stop();
      }
    } catch (error) {
      if (!(error instanceof ServiceGone)) throw error;
      throw new ImportError('SERVICE_GONE', `${error.message} ${AGAIN}`, { cause: error });
    } finally {
      release();
    }
  }

  #print({ report, text }: Outcome): void {
    const { stdout = process.stdout } = this.#environment;
    stdout.write(this.#options.json ? `${JSON.stringify(report, null, 2)}\n` : text);
    if (!report.ok) throw new ImportError('IMPORT_DIFFERS', 'The import does not add up: the report says where.');
  }

  #say(line: string): void {
    this.#stderr.write(`${line}\n`);
  }
}
