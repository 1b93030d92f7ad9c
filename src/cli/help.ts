import { type Command, Help } from 'commander';
import type { CliContext } from './context.ts';
import { UsageError } from './failure.ts';
import { lowerFirst } from './orders.ts';
import { paint } from './show/screen.ts';
import { widthOf, wrapped } from './show/text.ts';
import { topics } from './topics.ts';

/** How wide help is where there is no terminal. */
const usualWidth = 100;

/** Makes the program's help fit on a screen: the commands by group, an order to begin with, and where to read on. */
export function configureHelp(program: Command, context: CliContext): void {
  const { width, hasColors } = context.terminal;
  program
    .configureOutput({
      writeOut: (text) => context.write(text),
      writeErr: (text) => context.writeError(text),
      getOutHelpWidth: () => width ?? usualWidth,
      getOutHasColors: () => hasColors,
    })
    .configureHelp({
      styleTitle: (title) => paint({ hasColors }, 'bold', title),
      formatHelp: (command, helper) =>
        command === program
          ? overview(program, helper, width ?? usualWidth)
          : Help.prototype.formatHelp.call(helper, command, helper),
    });
}

/** The visible commands of a program by their groups, in order. */
function commandGroups(program: Command, helper: Help = program.createHelp()): Map<string, Command[]> {
  const groups = new Map<string, Command[]>();
  for (const command of helper.visibleCommands(program)) {
    const group = command.helpGroup() || 'Commands:';
    groups.set(group, [...(groups.get(group) ?? []), command]);
  }
  return groups;
}

function overview(program: Command, helper: Help, width: number): string {
  const lines = [
    program.description(),
    '',
    `${helper.styleTitle('Usage:')} ordo <command> [flags]`,
    '',
    ...[...commandGroups(program, helper)].flatMap(([group, commands]) => [
      helper.styleTitle(group),
      ...indented(commands.map((command) => command.name()).join(', '), width),
    ]),
    '',
    helper.styleTitle('A first order, with `ordo serve` running:'),
    '  $ ordo stock receive 85123A 100',
    '  $ ordo place --id SO-1 --customer C-17 --currency GBP --line 85123A:6:255',
    '  $ ordo pay SO-1 --token ok',
    '  $ ordo ship SO-1 --carrier DHL',
    '  $ ordo history SO-1',
    '',
    '`ordo <command> --help` shows what it takes, by example; `ordo help commands` what each does;',
    `and \`ordo help <topic>\` tells of ${Object.keys(topics).join(', ')}.`,
    '',
  ];
  return lines.join('\n');
}

function indented(text: string, width: number): string[] {
  return wrapped(text, width - 2, Number.POSITIVE_INFINITY).map((line) => `  ${line}`);
}

/** Adds `ordo help`. */
export function addHelpCommand(program: Command, context: CliContext): void {
  program
    .helpCommand(false)
    .command('help')
    .summary('tell about a command or a topic')
    .description('Tells about a command, or about one of these topics:')
    .argument('[words...]', 'a command or a topic')
    .addHelpText('after', `\n${topicList()}\nExamples:\n  $ ordo help tx resolve\n  $ ordo help exit-codes\n`)
    .action((words: readonly string[]) => {
      const found = foundFor(program, words);
      if (typeof found === 'string') context.write(found);
      else found.outputHelp();
    });
}

function topicList(): string {
  return ['commands', ...Object.keys(topics)]
    .map((name) => `  ${name.padEnd(13)} ${topics[name]?.summary ?? 'every command, and what it does'}\n`)
    .join('');
}

/**
 * The text of a topic, or the command whose help is asked for.
 *
 * @throws {UsageError} for words that are neither.
 */
function foundFor(program: Command, words: readonly string[]): string | Command {
  const [first = ''] = words;
  if (words.length === 1 && first === 'commands') return everyCommand(program);
  const topic = words.length === 1 ? topics[first] : undefined;
  if (topic !== undefined) return topic.text;
  const command = commandOf(program, words);
  if (command !== undefined) return command;
  const known = ['commands', ...Object.keys(topics)].join(', ');
  throw new UsageError(`There is no command and no topic ${words.join(' ')}. The topics are ${known}.`);
}

/** The command that words name; undefined where they do not. */
function commandOf(program: Command, words: readonly string[]): Command | undefined {
  return words.reduce<Command | undefined>(
    (command, word) => command?.commands.find((one) => one.name() === word || one.aliases().includes(word)),
    program,
  );
}

function everyCommand(program: Command): string {
  const groups = [...commandGroups(program)].map(([group, commands]): [string, [string, string][]] => [
    group,
    commands
      .flatMap((command) => [command, ...command.commands])
      .map((command) => [termOf(command), lowerFirst(command.summary() || command.description())]),
  ]);
  const width = Math.max(...groups.flatMap(([, rows]) => rows.map(([term]) => widthOf(term))));
  return groups
    .map(([group, rows]) => `${group}\n${rows.map(([term, does]) => `  ${term.padEnd(width)}  ${does}\n`).join('')}`)
    .join('\n');
}

/** `tx resolve <transaction>`. */
function termOf(command: Command): string {
  const own = [command.name(), ...command.registeredArguments.map(argumentTerm)].join(' ');
  return command.parent?.parent ? `${command.parent.name()} ${own}` : own;
}

function argumentTerm(argument: Command['registeredArguments'][number]): string {
  const name = argument.variadic ? `${argument.name()}...` : argument.name();
  return argument.required ? `<${name}>` : `[${name}]`;
}
