import type { Argument, Command, Option } from 'commander';
import { topics } from '../topics.ts';

/** Something to complete a word with, and a word on what it is. */
export interface Suggestion {
  readonly value: string;
  readonly description: string;
}

/** What may stand where the cursor is. */
export type Suggestions =
  /** One of these. */
  | { readonly kind: 'values'; readonly values: readonly Suggestion[] }
  /** A file or a folder: the shell knows them itself. */
  | { readonly kind: 'files' }
  /** Something that only the service knows: the id of an order, or of a transaction. */
  | { readonly kind: 'orders' | 'transactions' };

const topicNames = Object.entries(topics).map(([value, { summary }]) => ({ value, description: summary }));

const nothing: Suggestions = { kind: 'values', values: [] };

/**
 * What a word of the command line may be. Pure; `words` are those before it, after the program's name.
 *
 * @param current what there is of the word itself
 */
export function suggestionsFor(program: Command, words: readonly string[], current: string): Suggestions {
  const place = placeAfter(program, words);
  if (place.option !== undefined) return valuesOf(place.option);
  const flag = flagBefore(current);
  if (flag !== undefined && !place.onlyArguments) {
    const option = optionOf(place.command, flag);
    return option === undefined ? nothing : valuesOf(option);
  }
  if (current.startsWith('-') && !place.onlyArguments) return { kind: 'values', values: flagsOf(place.command) };
  const { commands } = place.command;
  if (commands.length > 0 && place.given > 0) return nothing; // it names no command
  if (commands.length > 0) return { kind: 'values', values: commands.filter(isVisible).map(describedCommand) };
  const { registeredArguments } = place.command;
  const argument = registeredArguments[place.given] ?? registeredArguments.find(({ variadic }) => variadic);
  return argument === undefined ? nothing : argumentValues(argument, program);
}

/** `--status` of `--status=p`: the value that is begun there is what is completed. */
export function flagBefore(current: string): string | undefined {
  return /^(--[^=]+)=/.exec(current)?.[1];
}

interface Place {
  readonly command: Command;
  /** The option whose value comes next. */
  readonly option: Option | undefined;
  /** How many arguments there are before. */
  readonly given: number;
  /** After `--`. */
  readonly onlyArguments: boolean;
}

/** Where on the command line one is after some words. */
function placeAfter(program: Command, words: readonly string[]): Place {
  let command = program;
  let option: Option | undefined;
  let given = 0;
  let onlyArguments = false;
  for (const word of words) {
    if (option !== undefined) option = undefined;
    else if (!onlyArguments && word === '--') onlyArguments = true;
    else if (!onlyArguments && word.startsWith('-')) option = optionWithValueAfter(command, word);
    else {
      const inner = onlyArguments ? undefined : innerCommand(command, word);
      if (inner === undefined) given += 1;
      else command = inner;
    }
  }
  return { command, option, given, onlyArguments };
}

function innerCommand(command: Command, word: string): Command | undefined {
  return command.commands.find((one) => one.name() === word || one.aliases().includes(word));
}

/** The option that takes the next word as its value. */
function optionWithValueAfter(command: Command, flag: string): Option | undefined {
  const option = optionOf(command, flag);
  return option === undefined || option.isBoolean() ? undefined : option;
}

function optionOf(command: Command, flag: string): Option | undefined {
  return command.options.find(({ long, short }) => long === flag || short === flag);
}

function isVisible(command: Command): boolean {
  return command
    .createHelp()
    .visibleCommands(command.parent ?? command)
    .includes(command);
}

function describedCommand(command: Command): Suggestion {
  return { value: command.name(), description: command.summary() || command.description() };
}

function flagsOf(command: Command): Suggestion[] {
  return command
    .createHelp()
    .visibleOptions(command)
    .flatMap(({ long, description }) => (long ? [{ value: long, description }] : []));
}

function valuesOf(option: Option): Suggestions {
  if (option.argChoices !== undefined) return choices(option.argChoices);
  return /<(file|dir)>/.test(option.flags) ? { kind: 'files' } : nothing;
}

function argumentValues(argument: Argument, program: Command): Suggestions {
  if (argument.argChoices !== undefined) return choices(argument.argChoices);
  switch (argument.name()) {
    case 'order':
      return { kind: 'orders' };
    case 'transaction':
      return { kind: 'transactions' };
    case 'file':
      return { kind: 'files' };
    case 'words':
      return { kind: 'values', values: [...program.commands.filter(isVisible).map(describedCommand), ...topicNames] };
    default:
      return nothing;
  }
}

function choices(values: readonly string[]): Suggestions {
  return { kind: 'values', values: values.map((value) => ({ value, description: '' })) };
}
