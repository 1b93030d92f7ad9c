// A participant with nothing but a NATS client and a file: what it takes in any language.
import fs from 'node:fs';
import { connect } from 'nats';

const { NATS_URL: servers = 'nats://127.0.0.1:4222', BRANCHES: file = './branches.json' } = process.env;
/** @typedef {{transaction: string, branch: string, order: string, deadline: string, state: string}} Branch */
/** @type {Branch[]} */
let log = fs.existsSync(file) ? JSON.parse(fs.readFileSync(file, 'utf8')) : [];
const isLate = (/** @type {{deadline: string}} */ { deadline }) => Date.parse(deadline) < Date.now();

/** Writes a branch to disk, and forgets those that have ended long enough ago. @param {Branch} branch */
function write(branch) {
  const others = log.filter((one) => one.transaction !== branch.transaction || one.branch !== branch.branch);
  log = [...others.filter((one) => one.state === 'prepared' || !isLate(one)), branch];
  try {
    fs.writeFileSync(`${file}.new`, JSON.stringify(log), { flush: true });
    fs.renameSync(`${file}.new`, file);
  } catch (error) {
    console.error(error);
    process.exit(70); // nothing may be answered any more: the next start reads what is there
  }
}

/** @param {string} phase @param {Branch & {args: {amount: number}}} body @returns {object | undefined} */
function answer(phase, body) {
  const { transaction, branch, order, deadline } = body;
  const about = { transaction, branch, order, deadline };
  const known = log.find((one) => one.transaction === transaction && one.branch === branch);
  if (phase === 'prepare') {
    if (known?.state === 'prepared' || known?.state === 'committed') return { vote: 'yes' };
    if (known !== undefined || isLate(body)) return { vote: 'no', code: 'ABORTED', reason: 'it is over' };
    // One order, one undecided branch: no answer, so that this is asked again when that is settled.
    const older = log.find((one) => one.order === order && one.state === 'prepared' && one.transaction !== transaction);
    if (older !== undefined) return void inquire(older);
    if (body.args.amount > 100_000) {
      write({ ...about, state: 'aborted' });
      return { vote: 'no', code: 'PAYMENT_DECLINED', reason: 'it is too much' };
    }
    write({ ...about, state: 'prepared' }); // together with the work that is set aside
    return { vote: 'yes' };
  }
  const outcome = phase === 'commit' ? 'committed' : 'aborted';
  if (known === undefined && outcome === 'committed' && !isLate(body)) return; // a yes was lost: tell somebody
  if (known === undefined ? !isLate(body) : known.state === 'prepared') end(known ?? { ...about, state: '' }, outcome);
  else if (known !== undefined && known.state !== outcome) return; // it has ended otherwise: tell somebody
  return { done: true };
}

/** Does or undoes the work here, in a way that may happen twice; only then it has ended. */
function end(/** @type {Branch} */ branch, /** @type {string} */ outcome) {
  console.log(`${outcome} ${branch.transaction}`);
  write({ ...branch, state: outcome });
}

/** Asks what has become of a yes. @param {Branch} branch */
async function inquire(branch) {
  const token = encodeURIComponent(branch.transaction).replace(/[!'()*.~]/g, (sign) => `%${hex(sign)}`);
  const subject = `transactions.outcome.${token.replaceAll('%', '=')}`;
  const said = await nats.request(subject, JSON.stringify({ branch: branch.branch })).catch(() => undefined);
  const outcome = said?.headers?.has('Nats-Service-Error') ? undefined : said?.json().outcome;
  if (log.includes(branch) && (outcome === 'committed' || outcome === 'aborted')) end(branch, outcome);
}
const hex = (/** @type {string} */ sign) => sign.charCodeAt(0).toString(16).toUpperCase();

const nats = await connect({ servers, maxReconnectAttempts: -1 });
const held = () => log.filter(({ state }) => state === 'prepared');
held().forEach(inquire);
setInterval(() => held().filter(isLate).forEach(inquire), 10_000);
console.log('ready');
for await (const message of nats.subscribe('participants.bare.*', { queue: 'bare' })) {
  try {
    const said = answer(message.subject.slice('participants.bare.'.length), message.json());
    if (said !== undefined) message.respond(JSON.stringify(said));
  } catch (error) {
    console.error(error); // what cannot be read is not answered
  }
}
