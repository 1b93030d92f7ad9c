import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { REMEMBERED_REQUESTS, type Waiting } from '../../runtime/record.ts';
import { type RequestState, recall, remember } from '../../runtime/requests.ts';

const NOTHING: RequestState = { requests: [], expired: new Uint8Array(0) };
const waiting = (id: string, seq: number): Waiting => ({ seq, request: { id, hash: `hash of ${id}` } });

/** What is remembered after requests `r0`, `r1` … were answered one by one. */
function answered(count: number): RequestState {
  let state = NOTHING;
  for (let nth = 0; nth < count; nth += 1) state = remember(state, [waiting(`r${nth}`, nth + 1)], nth + 1);
  return state;
}

const recalled = (state: RequestState, id: string, hash = `hash of ${id}`, open: readonly Waiting[] = []) =>
  recall({ ...state, waiting: open }, { id, hash });

describe('Of its requests an actor', () => {
  it('knows nothing when it is not there', () => {
    expect(recall(null, { id: 'r1', hash: 'h' })).toEqual({ kind: 'unknown' });
  });

  it('knows the answered ones by the step that answered them', () => {
    expect(recalled(answered(3), 'r1')).toEqual({ kind: 'answered', seq: 2 });
    expect(recalled(answered(3), 'r3')).toEqual({ kind: 'unknown' });
  });

  it('knows those under way by the step that took them', () => {
    expect(recalled(NOTHING, 'r1', 'hash of r1', [waiting('r1', 7)])).toEqual({ kind: 'waiting', seq: 7 });
  });

  it.each([
    ['answered', answered(1), []],
    ['under way', NOTHING, [waiting('r0', 1)]],
  ] as const)('tells the same id with another body apart: %s', (_what, state, open) => {
    expect(recalled(state, 'r0', 'another', open)).toEqual({ kind: 'reused' });
  });

  it('remembers the 64 newest, and of all older ones that they are expired, for ever', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 300 }), (count) => {
        const state = answered(count);
        for (let nth = 0; nth < count; nth += 1) {
          const kind = nth < count - REMEMBERED_REQUESTS ? 'expired' : 'answered';
          expect(recalled(state, `r${nth}`).kind).toBe(kind);
        }
        expect(recalled(state, `r${count}`).kind).toBe('unknown');
        expect(state.requests.length).toBeLessThanOrEqual(REMEMBERED_REQUESTS);
        expect(state.expired).toHaveLength(8 * Math.max(0, count - REMEMBERED_REQUESTS));
      }),
      { numRuns: 20 },
    );
  });

  it('remembers all that one step has answered, more than 64 at once too', () => {
    const many = Array.from({ length: 70 }, (_, nth) => waiting(`r${nth}`, 1));
    const state = remember(NOTHING, many, 9);
    expect(recalled(state, 'r5').kind).toBe('expired');
    expect(recalled(state, 'r69')).toEqual({ kind: 'answered', seq: 9 });
  });

  it('remembers nothing of commands without an id', () => {
    expect(remember(NOTHING, [{ seq: 1 }, { seq: 2, replyTo: 'x' }], 2)).toBe(NOTHING);
  });

  it('does not take a hash for one that lies across two others', () => {
    const { expired } = answered(REMEMBERED_REQUESTS + 40);
    const shifted = new Uint8Array(expired.length).fill(1);
    shifted.set(expired.subarray(0, -3), 3);
    expect(recalled({ requests: [], expired: shifted }, 'r0')).toEqual({ kind: 'unknown' });
    expect(recalled({ requests: [], expired }, 'r0')).toEqual({ kind: 'expired' });
  });
});
