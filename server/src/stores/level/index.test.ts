/** The level store keeps the promises of the port. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { checkStore } from '../conformance.ts';
import type { Store } from '../store.ts';
import { openLevelStore } from './index.ts';

checkStore('level', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'level-store-'));
  const stores: Store[] = [];
  const open = async (): Promise<Store> => {
    const store = await openLevelStore({ directory });
    stores.push(store);
    return store;
  };
  const remove = async (): Promise<void> => {
    await Promise.all(stores.map((store) => store.close()));
    await rm(directory, { recursive: true });
  };
  return { store: await open(), reopen: open, remove };
});
