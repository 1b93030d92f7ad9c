// The `ordo` command, loaded ahead of time: it runs when it is told its arguments. Loading takes a second or two, and
// twenty processes one after the other would make the test a minute longer.
import { register } from 'tsx/esm/api';

register();
const { main } = await import('../../src/main.ts');
process.once('message', (/** @type {string[]} */ args) => {
  // Nothing but signals ends it from now on, as on the command line.
  process.disconnect();
  main(args);
});
process.send?.('loaded');
