import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { addressOf } from '../../../runtime/address.ts';
import { MemoryStore } from '../../../runtime/memory/store.ts';
import type { IncomingAnswer, IncomingMessage, OutgoingAsk, Transport } from '../../../runtime/transport.ts';
import { answerOf, job, TestNode } from '../fixtures/node.ts';

type Body = Readonly<Record<string, unknown>>;

/** What carries messages: hosts and outside services may use it. */
export interface OpenMedium {
  transport(): Transport;
  /** Puts a service where `service:<name>` is asked. */
  serve(name: string, take: (what: string, body: Body, respond: (body: unknown) => void) => void): Promise<void>;
  /** Resolves when what was sent has arrived, and what was sent because of that. */
  quiet(): Promise<void>;
  close(): Promise<void>;
}

/** Keys that would do harm if they stood in a subject as they are. */
const STRANGE_KEYS = ['BANK CHARGES', 'a.b', '*', '>', 'a/b', 'SO-1~1', 'Größe 5 ✂️', '=', '$SYS.x', ' ', 'x\ny'];

export function transportSuite(name: string, open: () => Promise<OpenMedium>): void {
  describe(`${name}: the transport`, () => {
    let medium: OpenMedium;
    let transport: Transport;
    let messages: IncomingMessage[];
    let answers: IncomingAnswer[];
    /** How messages are answered as they come. */
    let reaction: (message: IncomingMessage) => void;

    const ask: OutgoingAsk = {
      from: job('a'),
      ask: 'work#2',
      to: 'job/b',
      event: { type: 'do', amount: 3, list: [1, { deep: null }] },
      cause: 'job/a/2',
    };

    beforeEach(async () => {
      medium = await open();
      [messages, answers] = [[], []];
      reaction = () => {};
      transport = medium.transport();
      await transport.open({
        message: (message) => {
          messages.push(message);
          reaction(message);
        },
        answer: (answer) => answers.push(answer),
      });
    });

    afterEach(() => medium.close());

    async function sent(changes: Partial<OutgoingAsk> = {}): Promise<void> {
      transport.ask({ ...ask, ...changes });
      await medium.quiet();
    }

    it('brings a message to its actor, with its event, its cause and its trace', async () => {
      await sent({ trace: '00-ab-cd-01' });
      const { answer: _answer, ...rest } = messages[0] ?? { answer: undefined };
      expect(messages).toHaveLength(1);
      expect(rest).toEqual({ to: 'job/b', event: ask.event, cause: 'job/a/2', trace: '00-ab-cd-01' });
    });

    it('brings no trace where there is none', async () => {
      await sent();
      expect(messages[0]?.trace).toBeUndefined();
    });

    it('brings the answer back to the actor that asked, with the name of its ask', async () => {
      reaction = ({ answer }) => answer({ kind: 'reply', payload: { ok: true, total: 3 } });
      await sent();
      expect(answers).toEqual([{ to: 'job/a', ask: 'work#2', answer: { ok: true, total: 3 } }]);
    });

    it.each(STRANGE_KEYS)('carries to and from the key %j', async (key) => {
      reaction = ({ answer }) => answer({ kind: 'reply', payload: { ok: true } });
      const name = `inquire:${key}/${key}#7`;
      await sent({ from: addressOf('job', key), to: addressOf('job', `to ${key}`), ask: name });
      expect(messages.map(({ to }) => to)).toEqual([`job/to ${key}`]);
      expect(answers).toEqual([{ to: `job/${key}`, ask: name, answer: { ok: true } }]);
    });

    it('shares no objects between those who send and those who receive', async () => {
      const event = { type: 'do', list: [1] };
      await sent({ event });
      expect(messages[0]?.event).toEqual(event);
      expect(messages[0]?.event.list).not.toBe(event.list);
    });

    it.each<[string, Parameters<IncomingMessage['answer']>[0]]>([
      ['a refusal', { kind: 'refusal', refusal: { accepts: ['add'], failed: [] } }],
      ['a failure', { kind: 'failure', message: 'INTERNAL' }],
      ['a reply that is a list', { kind: 'reply', payload: [1] }],
      ['a reply that is no object', { kind: 'reply', payload: 'yes' }],
      ['a reply of nothing', { kind: 'reply', payload: null }],
      ['a reply that says that it is an error', { kind: 'reply', payload: { error: 'no', ok: true } }],
    ])('does not take for an answer: %s', async (_what, answer) => {
      reaction = (message) => message.answer(answer);
      await sent();
      expect(messages).toHaveLength(1);
      expect(answers).toEqual([]);
    });

    it('asks a service by its contract, and its JSON response arrives as the answer', async () => {
      const asked: unknown[] = [];
      await medium.serve('psp', (what, body, respond) => {
        asked.push([what, body]);
        respond({ vote: 'yes' });
      });
      await sent({ to: 'service:psp', event: { type: 'prepare', transaction: 'SO-1~1', branch: 'payment' } });
      expect(asked).toEqual([['prepare', { transaction: 'SO-1~1', branch: 'payment' }]]);
      expect(answers).toEqual([{ to: 'job/a', ask: 'work#2', answer: { vote: 'yes' } }]);
      expect(messages).toEqual([]);
    });

    it('brings every answer of a service that answers more than once', async () => {
      await medium.serve('psp', (_what, _body, respond) => {
        respond({ vote: 'yes' });
        respond({ vote: 'no' });
      });
      await sent({ to: 'service:psp', event: { type: 'prepare' } });
      expect(answers.map(({ answer }) => answer.vote)).toEqual(['yes', 'no']);
    });

    it.each([
      ['an error', { error: { code: 'DOWN' } }],
      ['a list', [{ vote: 'yes' }]],
      ['a word', 'yes'],
    ])("does not take a service's %s for an answer", async (_what, body) => {
      await medium.serve('psp', (_, __, respond) => respond(body));
      await sent({ to: 'service:psp', event: { type: 'prepare' } });
      expect(answers).toEqual([]);
    });

    it('answers nothing where there is no service', async () => {
      await sent({ to: 'service:nobody', event: { type: 'prepare' } });
      expect(answers).toEqual([]);
    });

    it('delivers nothing any more once it is closed', async () => {
      await transport.close();
      await sent();
      expect(messages).toEqual([]);
      expect(answers).toEqual([]);
    });

    it('lets the actors of a host work together', async () => {
      await transport.close();
      const store = new MemoryStore();
      const node = await TestNode.started({ store, transport: medium.transport() });
      await node.create('a', 'b c');
      const outcome = await node.command(job('a'), { type: 'work', to: 'job/b c', amount: 5 });
      expect(answerOf(outcome).body.state).toBe('idle');
      expect((await node.context(job('b c')))?.total).toBe(5);
      expect((await node.context(job('a')))?.answers).toMatchObject([{ type: 'do.answered', ok: true, total: 5 }]);
      await node.host.stop(0);
    });
  });
}
