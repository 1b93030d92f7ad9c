import { styleText } from 'node:util';
import type { CliContext } from '../context.ts';

/** What answers are shown on, and to whom. */
export interface Screen {
  /** Columns; undefined where nothing is to be wrapped or cut. */
  readonly width: number | undefined;
  readonly hasColors: boolean;
  /** The time zone that times are shown in: `utc`, `local` or an IANA name. */
  readonly zone: string;
  /** Now, in milliseconds since the epoch, for ages. */
  readonly now: number;
}

/** The screen that a command prints to. */
export function screenFor(context: CliContext, { utc }: { readonly utc?: true }): Screen {
  const { width, hasColors } = context.terminal;
  return { width, hasColors, zone: utc === true ? 'utc' : context.zone, now: context.now() };
}

/** How a text stands out. */
export type Style = 'bold' | 'dim' | 'red' | 'green' | 'yellow' | 'cyan';

/** A text in a style, where the screen has colors. */
export function paint(screen: Pick<Screen, 'hasColors'>, style: Style | undefined, text: string): string {
  if (!screen.hasColors || style === undefined || text === '') return text;
  // What decides is the screen of the answer, not the stream that Node would look at.
  return styleText(style, text, { validateStream: false });
}
