import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { step } from '../../runtime/step.ts';
import {
  type Incoming,
  incoming,
  participantInput,
  paymentBranches,
  shipmentBranches,
  stockBranches,
} from './arbitraries/participant-inputs.ts';
import type { BranchFixture } from './fixtures/branch.ts';
import { emptyScene, type Scene } from './fixtures/scene.ts';
import { paymentBreaches, shipmentBreaches, stockBreaches } from './invariants/books.ts';
import { type Handled, ParticipantModel } from './invariants/participant-model.ts';
import { unstorable } from './invariants/plain-data.ts';

const RUNS = { numRuns: 150 };

interface Participant {
  readonly type: string;
  readonly branches: fc.Arbitrary<readonly BranchFixture[]>;
  readonly bookBreaches: (book: never, model: ParticipantModel) => readonly string[];
}

const participants: readonly Participant[] = [
  { type: 'payment', branches: paymentBranches, bookBreaches: paymentBreaches },
  { type: 'stock', branches: stockBranches, bookBreaches: stockBreaches },
  { type: 'shipment', branches: shipmentBranches, bookBreaches: shipmentBreaches },
];

function play(
  type: string,
  branches: readonly BranchFixture[],
  items: readonly Incoming[],
  see: (handled: Handled) => void,
): void {
  let scene: Scene = emptyScene(type, 'one');
  for (const item of items) {
    const happened = participantInput(item, branches, scene);
    if (happened === undefined) continue;
    const { input, at, branch } = happened;
    const result = step(scene.actor, input, at);
    const next = { actor: result.kind === 'stepped' ? result.actor : scene.actor, now: at };
    see({ input, branch, before: scene, result, after: next });
    scene = next;
  }
}

describe.each(participants)('Whatever is sent to a $type, in whatever order and however often', (participant) => {
  const { type, branches, bookBreaches } = participant;
  const always = (see: () => (handled: Handled) => void) =>
    fc.assert(
      fc.property(branches, incoming, (all, items) => play(type, all, items, see())),
      RUNS,
    );

  it('it votes, remembers, inquires and answers as the protocol has it', () => {
    always(() => {
      const model = new ParticipantModel();
      return (handled) => expect(model.breaches(handled)).toEqual([]);
    });
  });

  it('its book is what was applied once each and what is held', () => {
    always(() => {
      const model = new ParticipantModel();
      return (handled) => {
        model.breaches(handled);
        const { book } = handled.after.actor.snapshot.context as { readonly book: never };
        expect(bookBreaches(book, model)).toEqual([]);
      };
    });
  });

  it('its context survives JSON', () => {
    always(
      () =>
        ({ after }) =>
          expect(unstorable(after.actor.snapshot.context)).toEqual([]),
    );
  });
});
