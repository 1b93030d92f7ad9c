import { ShellCompDirective } from '@bomb.sh/tab';
import type { Command } from 'commander';
import { type ConnectionFlags, defaultUrl } from '../connection.ts';
import type { CliContext } from '../context.ts';
import { serviceIds } from './service-ids.ts';
import { flagBefore, type Suggestion, type Suggestions, suggestionsFor } from './suggestions.ts';

/**
 * What the scripts of `ordo complete` ask at every press of the tab key; undefined where the arguments ask for
 * something else. `ordo complete -- tx sh` stands for a cursor behind `sh`.
 */
export function completionRequest(args: readonly string[]): readonly string[] | undefined {
  return args[0] === 'complete' && args[1] === '--' ? args.slice(2) : undefined;
}

/**
 * Answers a request in the protocol of the scripts, which @bomb.sh/tab shares with many other programs: a line of a
 * value, a tab and a description for each, and at last a colon and what else the shell is to do.
 *
 * The library's own engine is not used: it knows no values that have to be waited for, and completes no file names.
 *
 * @param words all of the command line after the program's name, up to the cursor
 */
export async function completions(program: Command, context: CliContext, words: readonly string[]): Promise<string> {
  const before = words.slice(0, -1);
  const current = words.at(-1) ?? '';
  const found = suggestionsFor(program, before, current);
  const values = await valuesOf(found, context, before);
  const flag = flagBefore(current);
  const begun = flag === undefined ? current : current.slice(flag.length + 1);
  const fitting = new Map(values.filter(({ value }) => value.startsWith(begun)).map((one) => [one.value, one]));
  const lines = [...fitting.values()].map(({ value, description }) => `${value}\t${description}\n`);
  return `${lines.join('')}:${directiveOf(found)}\n`;
}

async function valuesOf(
  found: Suggestions,
  context: CliContext,
  words: readonly string[],
): Promise<readonly Suggestion[]> {
  switch (found.kind) {
    case 'values':
      return found.values;
    case 'files':
      return [];
    case 'orders':
    case 'transactions':
      return serviceIds(context, connectionIn(words, context.env), found.kind);
  }
}

/** The service that the command line is about so far. */
function connectionIn(words: readonly string[], env: CliContext['env']): ConnectionFlags {
  const flag = (name: string): string | undefined => {
    const index = words.findIndex((word) => word === name || word.startsWith(`${name}=`));
    const word = words[index];
    if (word === undefined) return undefined;
    return word === name ? words[index + 1] : word.slice(name.length + 1);
  };
  const creds = flag('--creds') ?? env.NATS_CREDS;
  return { nats: flag('--nats') ?? (env.NATS_URL || defaultUrl), ...(creds !== undefined && { creds }) };
}

function directiveOf({ kind }: Suggestions): number {
  const { ShellCompDirectiveDefault, ShellCompDirectiveNoFileComp } = ShellCompDirective;
  return kind === 'files' ? ShellCompDirectiveDefault : ShellCompDirectiveNoFileComp;
}
