import { script } from '@bomb.sh/tab';

export const shells = ['bash', 'zsh', 'fish'] as const;

/** The script that makes the tab key complete `ordo` in a shell. It asks `ordo complete -- <words>`. */
export function scriptFor(shell: (typeof shells)[number]): string {
  const text = printed(() => script(shell, 'ordo', 'ordo'));
  return shell === 'bash' ? `${withoutBashCompletion}${completedBash(text)}` : text;
}

/** What a function writes with `console.log`: the library's scripts cannot be had otherwise. */
function printed(print: () => void): string {
  const { log } = console;
  const lines: string[] = [];
  console.log = (line: string) => void lines.push(`${line}\n`);
  try {
    print();
  } finally {
    console.log = log;
  }
  return lines.join('');
}

/**
 * The one function that the script takes from the bash-completion package, which not every machine has: the words up
 * to the cursor, also those that bash itself takes apart at = and :.
 */
const withoutBashCompletion = `\
declare -F _get_comp_words_by_ref >/dev/null || _get_comp_words_by_ref() {
    local line="\${COMP_LINE:0:COMP_POINT}"
    read -ra words <<< "$line"
    [[ "$line" == *[[:space:]] ]] && words+=('')
    cword=$((\${#words[@]} - 1))
    cur=\${words[cword]}
    prev=\${words[cword-1]}
}
`;

/** What bash completes of `--status=p` is the part behind the =, so that has to be taken away before. */
const valueOnly = `    [[ "$cur" == -*=* ]] && cur="\${cur#*=}"\n`;

/** A script that may be read twice, as whoever opens a shell within a shell does, and that completes files too. */
function completedBash(text: string): string {
  const [before, reply, after] = partsAround(text, '    COMPREPLY=( $(compgen -W ');
  const script = `${before}${valueOnly}${reply}${after}`;
  return `${script.replace(/^readonly /gm, '')}complete -o default -F __ordo_complete ordo\n`;
}

/** A text before a mark, the mark, and the rest. */
function partsAround(text: string, mark: string): [string, string, string] {
  const at = text.indexOf(mark);
  if (at < 0) throw new Error(`The script of @bomb.sh/tab has changed: ${mark} is not in it.`);
  return [text.slice(0, at), mark, text.slice(at + mark.length)];
}
