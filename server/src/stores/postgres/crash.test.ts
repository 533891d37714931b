/** Nothing acknowledged is lost, and no commit is torn, when PostgreSQL is killed in the middle. */
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import { ABSENT, type Row, type Store, StoreFault, type Write } from '../store.ts';
import { openPostgresStore } from './index.ts';
import { startOwnPostgres } from './postgres.testing.ts';

const ROUNDS = 4;
const CALLERS = 12;

// Never one that is given: it will be killed.
const server = await startOwnPostgres();
after(() => server.stop());

test('kill -9 of PostgreSQL loses nothing acknowledged, and the store comes back by itself', async () => {
  const url = await server.createDatabase();
  const store = await openPostgresStore({ url, now: Date.now, random: Math.random });
  const said = { versions: new Map<string, number>(), committed: 0, faults: 0 };
  let isOver = false;
  const callers = Array.from({ length: CALLERS }, async (_, which) => {
    while (!isOver) await addOne(store, which, said);
  });
  try {
    for (let round = 0; round < ROUNDS; round++) {
      const before = said.committed;
      // A number that says nothing about where in a transaction the kill falls.
      const enough = before + 100 + ((round * 389) % 300);
      await until(() => said.committed >= enough);
      await server.kill();
      const faults = said.faults;
      await until(() => said.faults > faults);
      await server.start();
      await until(() => said.committed > enough + 100);
    }
  } finally {
    isOver = true;
    await Promise.all(callers);
  }
  for (const [key, version] of said.versions) {
    const [row] = await store.read([key]);
    assert.ok(row && row.version >= version, `${key} was at ${version}, and is at ${row?.version}`);
    assert.equal(row.value, String(row.version));
  }
  for (let shared = 0; shared < CALLERS / 2; shared++) {
    const rows = await store.read([
      `shared ${shared}`,
      `own ${shared * 2}`,
      `own ${shared * 2 + 1}`,
    ]);
    const [both = 0, one = 0, two = 0] = rows.map((row) => row?.version);
    assert.equal(both, one + two, 'a commit was torn');
  }
  await store.close();
});

interface Said {
  /** The newest version of each row that was said to be committed. */
  readonly versions: Map<string, number>;
  committed: number;
  faults: number;
}

/** Adds one to a counter of the caller's own and to one that two share, in one commit. */
async function addOne(store: Store, which: number, said: Said): Promise<void> {
  const keys = [`own ${which}`, `shared ${which >> 1}`];
  try {
    const rows = await store.read(keys);
    const writes = keys.map((key, at) => raised(key, rows[at]));
    if ((await store.commit(writes)) === 'conflict') return;
    for (const { key, saw } of writes) {
      said.versions.set(key, Math.max(saw + 1, said.versions.get(key) ?? 0));
    }
    said.committed++;
  } catch (fault) {
    assert.ok(fault instanceof StoreFault, String(fault));
    said.faults++;
    await setTimeout(5);
  }
}

function raised(key: string, row: Row | undefined): Write {
  const saw = row?.version ?? ABSENT;
  return { type: 'put', key, saw, value: String(saw + 1), indexes: { subject: key, due: null } };
}

async function until(isSo: () => boolean): Promise<void> {
  for (let attempt = 0; !isSo(); attempt++) {
    assert.ok(attempt < 3_000, 'it did not come to that within 30 s');
    await setTimeout(10);
  }
}
