import { MemoryStore } from '../../../runtime/memory/store.ts';
import { storeSuite } from '../suites/store.ts';

storeSuite('memory', async () => {
  const store = new MemoryStore();
  return { store, reopen: async () => store, close: () => store.close() };
});
