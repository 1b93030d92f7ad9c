/** How far an import has come: the display that all long work has. */
export { noProgress, type Progress, progressOn } from '../progress.ts';
