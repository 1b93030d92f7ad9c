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

/** The one function that the script takes from the bash-completion package, which not every machine has. */
const withoutBashCompletion = `\
declare -F _get_comp_words_by_ref >/dev/null || _get_comp_words_by_ref() {
    words=("\${COMP_WORDS[@]}")
    cword=$COMP_CWORD
    cur=\${COMP_WORDS[COMP_CWORD]}
    prev=\${COMP_WORDS[COMP_CWORD-1]}
}
`;

/** A script that may be read twice, as whoever opens a shell within a shell does, and that completes files too. */
function completedBash(text: string): string {
  return `${text.replace(/^readonly /gm, '')}complete -o default -F __ordo_complete ordo\n`;
}
