import { beforeEach, describe, expect, it } from 'vitest';
import type { Announced } from '../../runtime/group-commit.ts';
import { MemoryStore } from '../../runtime/memory/store.ts';
import { Publisher } from '../../runtime/publisher.ts';
import { settled } from '../fixtures/stepped-clock.ts';
import { job, TestNode } from './fixtures/node.ts';
import { StoreProxy } from './fixtures/store-proxy.ts';

describe('The publisher', () => {
  let store: StoreProxy;
  let node: TestNode;
  /** None, as long as the process has not begun to publish. */
  let publisher: Publisher | undefined;
  let published: string[];
  let trouble: unknown[];
  let announce: (announced: readonly Announced[]) => Promise<void>;

  const arrived = async (announced: readonly Announced[]) => {
    published.push(...announced.map(({ address, seq, index }) => `${address}/${seq}/${index}`));
  };

  function newPublisher(): Publisher {
    return new Publisher({
      store,
      clock: node.clock,
      announce: (announced) => announce(announced),
      onTrouble: (error) => trouble.push(error),
    });
  }

  /** Another process on the same store, which does not publish yet. */
  async function restart(): Promise<void> {
    publisher = undefined;
    node = await TestNode.started({
      store,
      clock: node.clock,
      onAnnounced: (announced, before, after) => publisher?.offer(announced, before, after),
    });
  }

  function publish(): Publisher {
    publisher = newPublisher();
    publisher.start();
    return publisher;
  }

  beforeEach(async () => {
    store = new StoreProxy(new MemoryStore());
    published = [];
    trouble = [];
    announce = arrived;
    node = new TestNode({ store });
    await restart();
    await node.create('a', 'b');
  });

  async function announceTimes(count: number, key = 'a'): Promise<void> {
    for (let nth = 0; nth < count; nth += 1) await node.command(job(key), { type: 'add', amount: 1 });
    await settled();
  }

  const numbered = (from: number, to: number, key = 'a') =>
    Array.from({ length: to - from + 1 }, (_, nth) => `job/${key}/${from + nth}/0`);

  it('publishes what is written, in the order of the feed, without reading it again', async () => {
    publish();
    await settled();
    const { feed } = store.reads;
    await announceTimes(3);
    await announceTimes(2, 'b');
    expect(published).toEqual([...numbered(2, 4), ...numbered(2, 3, 'b')]);
    expect(store.reads.feed).toBe(feed);
    expect(publisher?.lag).toBe(0);
  });

  it('takes up from the feed after a restart where the last process left off', async () => {
    const first = publish();
    await announceTimes(3);
    await first.stop();
    await restart();
    await announceTimes(2);
    publish();
    await settled();
    expect(published).toEqual(numbered(2, 6));
  });

  it('repeats after a crash what it may have published, and leaves nothing out', async () => {
    publish();
    await announceTimes(3);
    await restart();
    publish();
    await settled();
    await announceTimes(1);
    expect(new Set(published)).toEqual(new Set(numbered(2, 5)));
    expect(published.slice(-4)).toEqual(numbered(2, 5));
  });

  it('tries again after an outage, a second later, and nothing is left out or out of order', async () => {
    publish();
    await announceTimes(2);
    announce = () => Promise.reject(new Error('nobody is there'));
    await announceTimes(3);
    expect(trouble).toHaveLength(1);
    await node.clock.pass(1_000);
    expect(trouble).toHaveLength(2);
    announce = arrived;
    await announceTimes(2);
    expect(published).toEqual(numbered(2, 3));
    await node.clock.pass(1_000);
    expect(published).toEqual(numbered(2, 8));
  });

  it('leaves no gap between what it reads and what it is handed', async () => {
    let letGo = () => {};
    announce = async (announced) => {
      await new Promise<void>((resolve) => {
        letGo = resolve;
      });
      await arrived(announced);
    };
    publish();
    await announceTimes(1);
    await announceTimes(5);
    announce = arrived;
    letGo();
    await settled();
    await announceTimes(1);
    expect(published).toEqual(numbered(2, 8));
  });

  it('reads the feed where it was not told everything', async () => {
    publish();
    await announceTimes(1);
    const kept = publisher;
    publisher = undefined;
    await announceTimes(2);
    publisher = kept;
    await announceTimes(1);
    expect(published).toEqual(numbered(2, 5));
    expect(store.reads.feed).toBeGreaterThan(0);
  });

  it('is handed again what is written, once it has caught up', async () => {
    await announceTimes(3);
    await restart();
    await announceTimes(2);
    publish();
    await settled();
    await announceTimes(1);
    const { feed } = store.reads;
    await announceTimes(3);
    expect(published).toEqual(numbered(2, 10));
    expect(store.reads.feed).toBe(feed);
  });

  it('is handed again what is written, though it was written while it read what came before', async () => {
    await announceTimes(3);
    const read = store.inner.feed.bind(store.inner);
    let isRead = () => {};
    store.inner.feed = async (after, limit) => {
      await new Promise<void>((resolve) => {
        isRead = resolve;
      });
      return read(after, limit);
    };
    publish();
    await announceTimes(2);
    isRead();
    await settled();
    store.inner.feed = read;
    isRead();
    await settled();
    const { feed } = store.reads;
    await announceTimes(3);
    expect(published).toEqual(numbered(2, 9));
    expect(store.reads.feed).toBe(feed);
  });

  it('catches up page by page', async () => {
    for (let nth = 0; nth < 1_500; nth += 1) node.message(job('a'), { type: 'do', amount: 1 });
    await settled();
    await restart();
    publish();
    await settled();
    expect(published).toEqual(numbered(2, 1_501));
    expect(store.reads.feed).toBe(3);
  });

  it('remembers its place from time to time, and when it stops', async () => {
    publish();
    for (let nth = 0; nth < 5_000; nth += 1) node.message(job('a'), { type: 'do', amount: 1 });
    await settled();
    expect(store.cursor('publisher')).toBe(5_002);
    await announceTimes(1);
    expect(store.cursor('publisher')).toBe(5_002);
    await publisher?.stop();
    expect(store.cursor('publisher')).toBe(5_003);
  });

  it('publishes what is left when it stops, but does not wait for an outage to end', async () => {
    announce = () => Promise.reject(new Error('nobody is there'));
    const first = publish();
    await announceTimes(2);
    await first.stop();
    expect(node.clock.planned).toEqual([]);
    announce = arrived;
    await restart();
    await publish().stop();
    expect(published).toEqual(numbered(2, 3));
  });

  it('says what is wrong when the feed names an entry that is missing, and does not skip it', async () => {
    await announceTimes(1);
    await restart();
    store.inner.entry = () => undefined;
    publish();
    await settled();
    expect(trouble).toEqual([new Error('The journal entry job/a/2 is in the feed, yet missing')]);
    expect(publisher?.lag).toBe(3);
  });
});
