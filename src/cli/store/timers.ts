import type { Command } from 'commander';
import { endpoints } from '../../contracts/index.ts';
import { type AskingFlags, ask, withAskingFlags } from '../asking.ts';
import type { CliContext } from '../context.ts';
import { lowerFirst } from '../orders.ts';
import { showTimers } from '../show/doctor.ts';
import { duration, given, wholeNumber } from '../values.ts';

interface TimersFlags extends AskingFlags {
  readonly dueWithin?: number;
  readonly type?: string;
  readonly limit?: number;
  readonly cursor?: string;
}

/** Adds `ordo timers`. */
export function addTimersCommand(program: Command, context: CliContext): void {
  const { summary } = endpoints['admin.timers'];
  const command = program
    .command('timers')
    .summary(lowerFirst(summary))
    .description(summary)
    .option('--due-within <duration>', 'due within this time, or overdue, such as 1h', duration)
    .option('--type <type>', 'of orders, transactions and so on only: order, transaction, payment, stock, shipment')
    .option('--limit <n>', 'how many actors at most, up to 500', wholeNumber)
    .option('--cursor <cursor>', 'go on where an earlier list ended')
    .addHelpText(
      'after',
      '\nExamples:\n  $ ordo timers --due-within 1h\n  $ ordo timers --type order --limit 10 --json\n',
    );
  withAskingFlags(command, context).action((flags: TimersFlags) => {
    const { dueWithin, type, limit, cursor } = flags;
    const body = given({ dueWithinMs: dueWithin, type, limit, cursor });
    return ask(context, flags, { name: 'admin.timers', key: null, body }, showTimers);
  });
}
