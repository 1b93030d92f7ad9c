import { describe, expect, it } from 'vitest';
import type { CommandOutcome } from '../../runtime/mail.ts';
import { WaitingCommands } from '../../runtime/waiting.ts';
import { job } from './fixtures/node.ts';

const done: CommandOutcome = { kind: 'absent' };

describe('Those who wait for a command', () => {
  it('are all told once, and then nobody waits any more', () => {
    const waiting = new WaitingCommands();
    const told: string[] = [];
    for (const name of ['first', 'second']) waiting.add(job('a'), 1, () => told.push(name));
    waiting.add(job('a'), 2, () => told.push('other step'));
    waiting.add(job('b'), 1, () => told.push('other actor'));
    expect(waiting.tell(job('a'), 1, done)).toBe(true);
    expect(waiting.tell(job('a'), 1, done)).toBe(false);
    expect(told).toEqual(['first', 'second']);
    expect(waiting.size).toBe(2);
  });

  it('are forgotten one by one', () => {
    const waiting = new WaitingCommands();
    const told: string[] = [];
    const first = () => told.push('first');
    waiting.add(job('a'), 1, first);
    waiting.add(job('a'), 1, () => told.push('second'));
    waiting.add(job('b'), 1, first);
    waiting.forget(first);
    expect(waiting.size).toBe(1);
    expect(waiting.tell(job('b'), 1, done)).toBe(false);
    waiting.tell(job('a'), 1, done);
    expect(told).toEqual(['second']);
  });
});
