import { describe, expect, it } from 'vitest';
import type { Mail } from '../../runtime/mail.ts';
import { MAILBOX_LIMITS, Mailboxes } from '../../runtime/mailbox.ts';
import { job } from './fixtures/node.ts';

let named = 0;
/** Tells one mail from another. */
function another(): string {
  named += 1;
  return String(named);
}

const command = (): Mail => ({
  kind: 'command',
  command: { event: { type: 'add' }, cause: another() },
  tell: () => {},
});
const message = (): Mail => ({
  kind: 'message',
  input: { kind: 'message', event: { type: 'do' }, cause: another() },
  answer: () => {},
});
const wake = (): Mail => ({ kind: 'wake', done: () => {} });

const take = (boxes: Mailboxes, room = Number.POSITIVE_INFINITY) => {
  let left = room;
  const taken: (readonly [string, readonly Mail[]])[] = [];
  for (const [address, mails] of boxes.takeCommands(() => left)) {
    left -= mails.length;
    taken.push([address, mails]);
  }
  return taken;
};

describe('A mailbox', () => {
  it('keeps the order of what comes, commands and messages apart', () => {
    const boxes = new Mailboxes(MAILBOX_LIMITS);
    const mails = [command(), message(), command(), message()] as const;
    for (const mail of mails) boxes.put(job('a'), mail);
    expect(boxes.depth).toEqual({ commands: 2, messages: 2 });
    expect([...boxes.takeMessages()]).toEqual([[job('a'), [mails[1], mails[3]]]]);
    expect(boxes.isEmpty).toBe(false);
    expect(take(boxes)).toEqual([[job('a'), [mails[0], mails[2]]]]);
    expect(boxes.isEmpty).toBe(true);
    expect(boxes.has(job('a'))).toBe(false);
    expect(boxes.depth).toEqual({ commands: 0, messages: 0 });
  });

  it('takes no more commands for an actor than it may, and none of another limit by that', () => {
    const boxes = new Mailboxes({ ...MAILBOX_LIMITS, commandsPerActor: 2 });
    expect([1, 2, 3].map(() => boxes.put(job('a'), command()))).toEqual([true, true, false]);
    expect(boxes.put(job('b'), command())).toBe(true);
    expect(boxes.put(job('a'), message())).toBe(true);
    expect(boxes.depth).toEqual({ commands: 3, messages: 1 });
    take(boxes);
    expect(boxes.put(job('a'), command())).toBe(true);
  });

  it('takes no more commands on a node than it may', () => {
    const boxes = new Mailboxes({ ...MAILBOX_LIMITS, commands: 2 });
    expect(['a', 'b', 'c'].map((key) => boxes.put(job(key), command()))).toEqual([true, true, false]);
    expect(boxes.has(job('c'))).toBe(false);
    expect(boxes.put(job('c'), message())).toBe(true);
  });

  it('takes no more messages on a node than it may, but every wake-up', () => {
    const boxes = new Mailboxes({ ...MAILBOX_LIMITS, messages: 1 });
    expect([message(), message(), wake(), wake()].map((mail) => boxes.put(job('a'), mail))).toEqual([
      true,
      false,
      true,
      true,
    ]);
    expect(boxes.put(job('a'), command())).toBe(true);
  });

  it('gives out commands as long as there is room, and whoever has more has to wait for the others', () => {
    const boxes = new Mailboxes(MAILBOX_LIMITS);
    for (let nth = 0; nth < 5; nth += 1) boxes.put(job('hot'), command());
    boxes.put(job('b'), command());
    const taken = (room: number) => take(boxes, room).map(([address, mails]) => `${address} ${mails.length}`);
    expect(taken(3)).toEqual(['job/hot 3']);
    expect(taken(3)).toEqual(['job/b 1', 'job/hot 2']);
    expect(boxes.isEmpty).toBe(true);
    expect(taken(0)).toEqual([]);
  });

  it('puts back before everything else, beyond every limit', () => {
    const boxes = new Mailboxes({ commandsPerActor: 1, commands: 1, messages: 1 });
    const [old, older, oldest] = [command(), command(), command()];
    const [news, back] = [message(), message()];
    boxes.put(job('a'), old);
    boxes.put(job('a'), news);
    boxes.putBack(job('a'), [oldest, back, older]);
    expect(boxes.depth).toEqual({ commands: 3, messages: 2 });
    expect([...boxes.takeMessages()]).toEqual([[job('a'), [back, news]]]);
    expect(take(boxes)).toEqual([[job('a'), [oldest, older, old]]]);
  });

  it('may be filled while it is emptied', () => {
    const boxes = new Mailboxes(MAILBOX_LIMITS);
    boxes.put(job('a'), message());
    const seen: string[] = [];
    for (const [address] of boxes.takeMessages()) {
      seen.push(address);
      if (seen.length < 3) boxes.put(job('b'), message());
    }
    expect(seen).toEqual(['job/a', 'job/b', 'job/b']);
    expect(boxes.isEmpty).toBe(true);
  });
});
