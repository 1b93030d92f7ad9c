import { describe, expect, it } from 'vitest';
import type { ActorState } from '../../runtime/definition.ts';
import { Watchers } from '../../runtime/watchers.ts';
import { job } from './fixtures/node.ts';

const state = (seq: number): ActorState => ({ address: job('a'), value: 'idle', context: {}, seq, at: 0 });

describe('Watchers', () => {
  it('hear of their actor, all of them, and of no other', () => {
    const watchers = new Watchers();
    const heard: string[] = [];
    watchers.add(job('a'), ({ seq }) => heard.push(`first ${seq}`));
    watchers.add(job('a'), ({ seq }) => heard.push(`second ${seq}`));
    watchers.add(job('b'), ({ seq }) => heard.push(`other ${seq}`));
    watchers.tell(job('a'), () => state(1));
    expect(heard).toEqual(['first 1', 'second 1']);
  });

  it('hear nothing once they have ended it, the others still do', () => {
    const watchers = new Watchers();
    const heard: string[] = [];
    const end = watchers.add(job('a'), () => heard.push('first'));
    watchers.add(job('a'), () => heard.push('second'));
    end();
    end();
    watchers.tell(job('a'), () => state(1));
    expect(heard).toEqual(['second']);
  });

  it('may end it while they are being told, and may begin again', () => {
    const watchers = new Watchers();
    const heard: number[] = [];
    const end = watchers.add(job('a'), ({ seq }) => {
      heard.push(seq);
      end();
      watchers.add(job('a'), (next) => heard.push(10 * next.seq));
    });
    for (const seq of [1, 2]) watchers.tell(job('a'), () => state(seq));
    expect(heard).toEqual([1, 20]);
  });

  it('cost nothing where there are none: the state is not even looked up', () => {
    const watchers = new Watchers();
    watchers.add(job('a'), () => {})();
    watchers.tell(job('a'), () => {
      throw new Error('nobody wants to know');
    });
  });
});
