import { Argument, type Command } from 'commander';
import type { CliContext } from '../context.ts';
import { scriptFor, shells } from './script.ts';

const examples = `
Examples:
  $ source <(ordo complete bash)                                  in ~/.bashrc
  $ source <(ordo complete zsh)                                   in ~/.zshrc, after compinit
  $ ordo complete fish > ~/.config/fish/completions/ordo.fish

It completes commands, flags and their values, files, and the ids of orders and transactions where a service runs (at
NATS_URL, or on this machine). \`ordo\` must be on the PATH: \`npm link\` in its folder sees to that.
`;

/** Adds `ordo complete`, which prints the script for a shell. What that script asks then is a `completionRequest`. */
export function addCompletion(program: Command, context: CliContext): void {
  program
    .command('complete')
    .summary('print the completion script for a shell')
    .description('Prints the script that makes the tab key complete `ordo` in a shell.')
    .addArgument(new Argument('<shell>').choices(shells))
    .addHelpText('after', examples)
    .action((shell: (typeof shells)[number]) => {
      context.write(scriptFor(shell));
    });
}
