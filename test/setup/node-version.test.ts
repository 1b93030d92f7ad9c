import { describe, expect, it } from 'vitest';
import project from '../../package.json' with { type: 'json' };
import { nodeVersionProblem, OLDEST_NODE } from '../../src/setup/node-version.mjs';

describe('nodeVersionProblem', () => {
  it.each(['20.19.0', '20.19.1', '20.20.0', '22.0.0', '24.1.0-nightly20250101'])(
    'is content with Node %s',
    (version) => {
      expect(nodeVersionProblem(version)).toBeUndefined();
    },
  );

  it.each(['20.18.3', '18.20.8', '0.12.18', 'nonsense'])('asks for a newer Node than %s', (version) => {
    expect(nodeVersionProblem(version)).toMatch(`Ordo needs Node ${OLDEST_NODE} or newer; this is Node ${version}.`);
  });

  it('asks for the version that package.json names', () => {
    expect(project.engines.node).toBe(`>=${OLDEST_NODE}`);
  });
});
