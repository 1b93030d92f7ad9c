import { afterAll, beforeAll, expect, it } from 'vitest';
import manifest from '../../package.json' with { type: 'json' };
import { documentsOf } from '../../src/documents/documents.ts';
import { TestService } from '../service/fixtures/test-service.ts';

let service: TestService;
beforeAll(async () => {
  service = await TestService.start({ settings: { http: { host: '127.0.0.1', port: 0 } } });
});
afterAll(() => service.stop());

const { openapi, asyncapi, schemas } = documentsOf(manifest.version)();

it.each([
  ['/openapi.json', 'application/json', openapi],
  ['/asyncapi.json', 'application/json', asyncapi],
  ['/schemas/OrderView', 'application/schema+json', schemas.OrderView],
])('The service serves %s', async (path, mediaType, document) => {
  const response = await fetch(`${service.node.httpUrl}${path}`);
  expect(response.status).toBe(200);
  expect(response.headers.get('Content-Type')).toBe(mediaType);
  expect(await response.json()).toEqual(document);
});

it.each(['/schemas/Nothing', '/schemas/constructor', '/schemas/'])('and has nothing at %s', async (path) => {
  expect((await fetch(`${service.node.httpUrl}${path}`)).status).toBe(404);
});
