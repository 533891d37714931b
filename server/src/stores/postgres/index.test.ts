/** The postgres store keeps the promises of the port. */
import { after } from 'node:test';
import { checkStore } from '../conformance.ts';
import type { Store } from '../store.ts';
import { openPostgresStore } from './index.ts';
import { startPostgres } from './postgres.testing.ts';

const server = await startPostgres();
after(() => server.stop());

checkStore('postgres', async () => {
  const url = await server.createDatabase();
  const stores: Store[] = [];
  const open = async (): Promise<Store> => {
    const store = await openPostgresStore({ url, now: Date.now, random: Math.random });
    stores.push(store);
    return store;
  };
  const remove = async (): Promise<void> => {
    await Promise.all(stores.map((store) => store.close()));
  };
  return { store: await open(), reopen: open, remove };
});
