import { describe, expect, it } from 'vitest';
import { type Carry, MemoryMedium } from '../../../runtime/memory/transport.ts';
import type { IncomingAnswer, IncomingMessage } from '../../../runtime/transport.ts';
import { settled } from '../../fixtures/stepped-clock.ts';
import { job } from '../fixtures/node.ts';
import { transportSuite } from '../suites/transport.ts';

transportSuite('memory', async () => {
  const medium = new MemoryMedium();
  return {
    transport: () => medium.transport(),
    serve: async (name, take) => medium.serve(name, (what, body, answer) => take(what, body, answer as never)),
    quiet: settled,
    close: async () => {},
  };
});

describe('A medium in memory', () => {
  const ask = { from: job('a'), ask: 'work#2', to: 'job/b', event: { type: 'do' }, cause: 'job/a/2' } as const;

  async function carriedBy(carry: Carry): Promise<{ messages: IncomingMessage[]; answers: IncomingAnswer[] }> {
    const medium = new MemoryMedium(carry);
    const transport = medium.transport();
    const messages: IncomingMessage[] = [];
    const answers: IncomingAnswer[] = [];
    await transport.open({
      message: (message) => {
        messages.push(message);
        message.answer({ kind: 'reply', payload: { nth: messages.length } });
      },
      answer: (answer) => answers.push(answer),
    });
    transport.ask(ask);
    await settled();
    return { messages, answers };
  }

  it('loses what its carrier loses', async () => {
    expect(await carriedBy(() => {})).toEqual({ messages: [], answers: [] });
    const { messages, answers } = await carriedBy((deliver, { kind }) => kind === 'do' && deliver());
    expect([messages.length, answers.length]).toEqual([1, 0]);
  });

  it('repeats and reorders what its carrier repeats and reorders', async () => {
    const held: (() => void)[] = [];
    const { answers } = await carriedBy((deliver, { kind }) => {
      if (kind !== 'do') {
        held.unshift(deliver);
        return;
      }
      deliver();
      deliver();
      for (const one of held) one();
    });
    expect(answers.map(({ answer }) => answer.nth)).toEqual([2, 1]);
  });

  it('tells its carrier who sends what to whom', async () => {
    const carried: unknown[] = [];
    await carriedBy((deliver, what) => {
      carried.push(what);
      deliver();
    });
    expect(carried).toEqual([
      { from: 'job/a', to: 'job/b', kind: 'do' },
      { from: 'job/b', to: 'job/a', kind: 'do.answered' },
    ]);
  });

  it('brings a message to every host that is there', async () => {
    const medium = new MemoryMedium();
    const seen: string[] = [];
    for (const name of ['first', 'second']) {
      await medium.transport().open({ message: () => seen.push(name), answer: () => {} });
    }
    medium.transport().ask(ask);
    await settled();
    expect(seen).toEqual(['first', 'second']);
  });
});
