import { expect, it, vi } from 'vitest';
import { Observation } from '../../src/observation/observation.ts';
import { NotedLog } from './fixtures/noted-log.ts';

vi.mock('@opentelemetry/sdk-trace-node', () => {
  throw new Error('the SDK was loaded');
});

const options = { version: '1', log: new NotedLog('info').log, prepareTimeoutMs: 10_000 };

it('OpenTelemetry is loaded only where it is configured', async () => {
  const observation = await Observation.start(options, { OTEL_SERVICE_NAME: 'orders' });
  expect(observation.tracing).toBeUndefined();
  await observation.stop();
  const env = { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:4318' };
  await expect(Observation.start(options, env)).rejects.toMatchObject({ cause: { message: 'the SDK was loaded' } });
});
