import { type Command, Option } from 'commander';
import type { Client } from '../client/index.ts';
import type { TransactionBranches, TransactionView } from '../contracts/index.ts';
import { type AskingFlags, callOf, checkQuestionKey, withAskingFlags } from './asking.ts';
import { withClient } from './connection.ts';
import type { CliContext } from './context.ts';
import { Interrupted, UsageError } from './failure.ts';
import { type Outcome, type Remedy, type Resolving, remediesOf, remedyFor, remedyText } from './resolution.ts';
import { screenFor } from './show/screen.ts';
import { shown } from './show/text.ts';
import { showSideBySide, showTransaction } from './show/transaction.ts';
import { given } from './values.ts';

interface ResolveFlags extends AskingFlags {
  readonly outcome?: Outcome;
  readonly branch?: string;
  readonly by?: string;
  readonly reason?: string;
  readonly yes?: true;
}

/** Completes `ordo tx resolve`. */
export function addResolve(command: Command, context: CliContext): void {
  command
    .addOption(
      new Option('--outcome <outcome>', 'aborted, or committed for a branch').choices(['committed', 'aborted']),
    )
    .option('--branch <branch>', 'the unanswered branch to close by hand')
    .option('--by <who>', 'who decides')
    .option('--reason <text>', 'why')
    .option('--yes', 'do not ask whether it is meant');
  withAskingFlags(command, context).action((id: string, flags: ResolveFlags) => {
    checkQuestionKey('transactions.resolve', id);
    return withClient(context, flags, (client, stop) => new Resolution(context, client, id, flags, stop).resolve());
  });
}

/** One way of `ordo tx resolve`, from what there is to what was done. */
class Resolution {
  readonly #context: CliContext;
  readonly #client: Client;
  readonly #id: string;
  readonly #flags: ResolveFlags;
  readonly #stop: AbortSignal;

  constructor(context: CliContext, client: Client, id: string, flags: ResolveFlags, stop: AbortSignal) {
    this.#context = context;
    this.#client = client;
    this.#id = id;
    this.#flags = flags;
    this.#stop = stop;
  }

  async resolve(): Promise<void> {
    const { outcome, by, reason } = this.#flags;
    const isComplete = outcome !== undefined && by !== undefined && reason !== undefined;
    if (!isComplete && this.#context.prompt === undefined) {
      throw new UsageError('Give --outcome, --by and --reason: there is no terminal to ask for them at.');
    }
    const question = { name: 'transactions.branches', key: this.#id, body: {} } as const;
    const view = await callOf(this.#client, this.#flags, question, this.#stop);
    const willAsk = this.#context.prompt !== undefined && !this.#flags.yes;
    if (!isComplete || willAsk) this.#context.writeError(`${showSideBySide(view, this.#screen)}\n`);
    // What the flags ask for and cannot be is left for the service to refuse: it knows best how things stand now.
    const remedy = outcome === undefined ? await this.#choose(view) : remedyFor(view, this.#flags.branch, outcome);
    if (remedy?.kind === 'retry') return this.#retry();
    const who = by ?? (await this.#ask('Who decides? '));
    const why = reason ?? (await this.#ask('Why? '));
    if (remedy !== undefined) await this.#confirm(remedy);
    await this.#send(remedy, who, why);
  }

  get #screen() {
    return screenFor(this.#context, this.#flags);
  }

  async #choose(view: TransactionBranches): Promise<Remedy> {
    const { branch: name } = this.#flags;
    const remedies = remediesOf(view).filter(
      (one) => name === undefined || !('branch' in one) || one.branch.branch === name,
    );
    if (remedies.length === 0) throw new UsageError(`${this.#id} is ${view.state}: there is nothing to resolve.`);
    if (remedies.length > mostChoices) {
      throw new UsageError('So many branches wait for an answer: name the one to close with --branch.');
    }
    const choices = remedies.map((remedy, index) => `  ${index + 1}  ${shown(remedyText(remedy))}\n`);
    this.#context.writeError(`What is to be done?\n${choices.join('')}`);
    for (;;) {
      const answer = await this.#ask(`Number, or nothing to leave it: `, { mayBeEmpty: true });
      if (answer === '') throw new Interrupted('Nothing was changed.');
      const remedy = /^\d+$/.test(answer) ? remedies[Number(answer) - 1] : undefined;
      if (remedy !== undefined) return remedy;
      this.#context.writeError(`There is no ${answer}; it goes from 1 to ${remedies.length}.\n`);
    }
  }

  /** Has what was chosen confirmed: by a word, or by the transaction's id where it gives up that all change together. */
  async #confirm(remedy: Resolving): Promise<void> {
    if (this.#flags.yes) return;
    const { prompt } = this.#context;
    if (remedy.kind === 'differ') {
      const warning = `This is ${remedy.outcome} where the transaction was decided the other way: a heuristic outcome.`;
      if (prompt === undefined) {
        throw new UsageError(`${warning} It makes ${this.#id} mixed for good; add --yes if it is meant.`);
      }
      this.#context.writeError(`${warning}\nOrder, money and goods will not agree afterwards.\n`);
      const typed = await this.#ask(`Type ${this.#id} if it is meant: `, { mayBeEmpty: true });
      if (typed !== this.#id) throw new Interrupted('Nothing was changed.');
      return;
    }
    if (prompt === undefined) return;
    const answer = await this.#ask(`${shown(remedyText(remedy))}. Go ahead? [y/N] `, { mayBeEmpty: true });
    if (!/^y(es)?$/i.test(answer)) throw new Interrupted('Nothing was changed.');
  }

  async #retry(): Promise<void> {
    const again = { name: 'transactions.retry', key: this.#id, body: {} } as const;
    this.#print(await callOf(this.#client, this.#flags, again, this.#stop));
  }

  async #send(remedy: Resolving | undefined, by: string, reason: string): Promise<void> {
    const branch = remedy !== undefined && 'branch' in remedy ? remedy.branch.branch : this.#flags.branch;
    const outcome = remedy !== undefined && 'outcome' in remedy ? remedy.outcome : (this.#flags.outcome ?? 'aborted');
    const question = {
      name: 'transactions.resolve',
      key: this.#id,
      body: given({ branch, outcome, by, reason }),
    } as const;
    this.#print(await callOf(this.#client, this.#flags, question, this.#stop));
  }

  #print(answer: TransactionView): void {
    this.#context.write(this.#flags.json ? `${JSON.stringify(answer)}\n` : showTransaction(answer, this.#screen));
  }

  /** Asks until there is an answer. Ctrl-C and Ctrl-D end it all. */
  async #ask(question: string, { mayBeEmpty = false } = {}): Promise<string> {
    const { prompt } = this.#context;
    if (prompt === undefined) throw new UsageError('Give --by and --reason: there is no terminal to ask for them at.');
    for (;;) {
      const answer = await prompt(question).catch((cause: unknown) => {
        throw new Interrupted('Nothing was changed.', undefined, { cause });
      });
      if (answer.trim() !== '' || mayBeEmpty) return answer.trim();
    }
  }
}

/** More choices than this do not fit on a screen. */
const mostChoices = 21;
