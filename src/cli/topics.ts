import { limits } from '../contracts/index.ts';
import { exitCodes, exitMeanings } from './failure.ts';

/** Something that `ordo help` explains beside the commands. */
export interface Topic {
  readonly summary: string;
  /** Lines of at most 80 columns, the last one ended. */
  readonly text: string;
}

const firstOrder = `\
With a service running (\`ordo serve\`), in another terminal:
  $ ordo stock receive 85123A 100
  $ ordo place --id SO-1 --customer C-17 --currency GBP --line 85123A:6:255
  $ ordo pay SO-1 --token ok
  $ ordo ship SO-1 --carrier DHL
  $ ordo deliver SO-1
  $ ordo confirm-receipt SO-1
  $ ordo history SO-1

What an order takes now, and why not the rest:
  $ ordo explain SO-1
  $ ordo what-if SO-1 cancel

Life to look at, without an end:
  $ ordo demo
`;

const codes = (Object.keys(exitCodes) as (keyof typeof exitCodes)[])
  .map((name) => `  ${String(exitCodes[name]).padStart(3)}  ${exitMeanings[name]}\n`)
  .join('');

const exits = `\
The exit code says what came of it:
${codes}
An error goes to standard error: for people its code, a sentence and what helps
to go on; with --json or --ndjson as one JSON object with code, message,
retriable and details. \`outcomeUnknown\` in it means that the command may have
been done all the same (see \`ordo help idempotency\`).

  $ ordo wait SO-1 --status paid --for 60s || echo "not paid: $?"

\`serve\`, \`demo\` and \`watch\` run until Ctrl-C: for them that is 0.
`;

const environment = `\
  NATS_URL         where NATS is, such as nats://10.0.0.5:4222
  NATS_CREDS       a credentials file for it
  NATS_CA          who has signed its certificate, in PEM
  NATS_CERT        a certificate to show to it, in PEM
  NATS_KEY         that certificate's key, in PEM
  NO_COLOR         no colors, whatever the terminal
  FORCE_COLOR      colors, also where there is no terminal
  TZ               the time zone of what is shown, such as Europe/London
  ORDO_*           settings of the service: \`ordo serve --help\`

Flags win over variables. An address may hold a user and a password or a token,
may ask for TLS, and may name several servers of one cluster:
  $ export NATS_URL=nats://ann:s3cret@10.0.0.5:4222
  $ export NATS_URL=tls://t0ken@nats.example.com:4222
  $ ordo list --nats nats://10.0.0.5:4222,nats://10.0.0.6:4222 --creds ann.creds

Signs like @ : / , and % in a password are written as %40 %3A %2F %2C and %25.
What is secret in an address is never shown.
`;

const ids = `\
An order's id is any text of 1 to ${limits.orderIdBytes} bytes, a SKU of 1 to ${limits.skuBytes}. On the command
line they stand as they are, quoted where the shell wants it:
  $ ordo get 'SO 1/2010'
  $ ordo stock get 'BANK CHARGES'

A transaction's id is its order's id, ~ and a number: SO-1~1 is the first
transaction of SO-1. \`ordo get SO-1\` names the last one.

In a NATS subject, bytes other than A-Z a-z 0-9 _ - are written as = and two
upper-case hex digits; the command line does that itself:
  $ nats req orders.get.SO=201=2F2010 ''
  $ nats req transactions.get.SO-1=7E1 ''
`;

const idempotency = `\
Every command has a request id: the one of --request-id, or one made up for it.
The same id with the same command and body is done once, however often it is
sent, and gets the same answer; with another body it is refused.
  $ ordo pay SO-1 --token ok --request-id pay-SO-1-a

Where no answer came, whether it was done is unknown. The error then names the
request id: send the command again with it, and you get the answer.

An aborted transaction is an answer too: a new attempt to pay takes a new id.
--expected-version makes a command fail (VERSION_CONFLICT) where the order has
changed meanwhile.
  $ ordo cancel SO-1 --expected-version 4
`;

const output = `\
Answers go to standard output: a table for people, cut to the terminal's width,
in local time (--utc for UTC). What is said beside the answer, such as that a
list has more, goes to standard error.

  --json     the answer as the JSON that it is; amounts are whole numbers in the
             smallest unit, times are UTC
  --ndjson   lists: one JSON object a line, as it comes in
  --all      lists: all pages; --limit says how many

  $ ordo get SO-1 --json | jq .status
  $ ordo list --status paid --all --ndjson | jq -r .id | head
  $ ordo tx list --state inDoubt --json | jq '.transactions | length'
`;

/** What `ordo help <topic>` explains, by name. */
export const topics: Readonly<Record<string, Topic>> = {
  'first-order': { summary: 'an order from its beginning to its end', text: firstOrder },
  output: { summary: 'tables, JSON, pages, times and colors', text: output },
  'exit-codes': { summary: 'what the exit code says', text: exits },
  environment: { summary: 'variables, and how to get to NATS', text: environment },
  ids: { summary: 'ids of orders, articles and transactions, and how they are escaped', text: ids },
  idempotency: { summary: 'sending a command again, and expected versions', text: idempotency },
};
