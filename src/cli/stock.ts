import type { Command } from 'commander';
import { endpoints } from '../contracts/index.ts';
import {
  type AskingFlags,
  ask,
  type ChangingFlags,
  callOptionsOf,
  withAskingFlags,
  withChangingFlags,
} from './asking.ts';
import type { CliContext } from './context.ts';
import { lowerFirst } from './orders.ts';
import { showStock } from './show/answers.ts';
import { given, wholeNumber } from './values.ts';

/** Adds `ordo stock get` and `ordo stock receive`. */
export function addStockCommands(program: Command, context: CliContext): void {
  const stock = program.command('stock').description('What there is of an article.');
  addGet(stock, context);
  addReceive(stock, context);
}

function addGet(stock: Command, context: CliContext): void {
  const { summary } = endpoints['stock.get'];
  const command = stock.command('get').summary(lowerFirst(summary)).description(summary).argument('<sku>');
  command.addHelpText('after', "\nExamples:\n  $ ordo stock get 85123A\n  $ ordo stock get 'BANK CHARGES'\n");
  withAskingFlags(command, context).action((sku: string, flags: AskingFlags) =>
    ask(context, flags, { name: 'stock.get', key: sku, body: {} }, showStock),
  );
}

function addReceive(stock: Command, context: CliContext): void {
  const { summary } = endpoints['stock.receive'];
  const command = stock.command('receive').summary(lowerFirst(summary)).description(summary);
  command
    .argument('<sku>')
    .argument('[quantity]', 'how many came in', wholeNumber)
    .addHelpText('after', '\nExamples:\n  $ ordo stock receive 85123A 100 --by ann\n');
  withChangingFlags(command, context).action((sku: string, quantity: number | undefined, flags: ChangingFlags) => {
    const body = { ...flags.jsonBody, ...given({ quantity, by: flags.by }) };
    return ask(context, flags, { name: 'stock.receive', key: sku, body, call: callOptionsOf(flags) }, showStock);
  });
}
