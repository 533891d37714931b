/** The conformance suite can fail: stores that break one promise each, and the checks they fail. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CHECKS, runCheck } from './conformance.ts';
import { openMemoryStore } from './memory/index.ts';
import type { Store, Write } from './store.ts';
import { ABSENT } from './store.ts';

interface BrokenStore {
  readonly breaks: string;
  readonly methods: (store: Store) => Partial<Store>;
  /** Words from the names of the checks that have to notice. */
  readonly noticed: readonly RegExp[];
}

const BROKEN: readonly BrokenStore[] = [
  {
    breaks: 'the version check',
    methods: (store) => ({
      commit: async (writes) => {
        while ((await store.commit(await asTheyAre(store, writes))) === 'conflict');
        return 'committed';
      },
    }),
    noticed: [/saw another version/, /exactly one wins/, /add up/, /a Map would/],
  },
  {
    breaks: 'all or nothing',
    methods: (store) => ({
      commit: async (writes) => {
        for (const write of writes) {
          if ((await store.commit([write])) === 'conflict') return 'conflict';
        }
        return 'committed';
      },
    }),
    noticed: [/all or nothing/, /one wins whole/, /seen whole/, /a Map would/],
  },
  {
    breaks: '`check`',
    methods: (store) => ({
      commit: (writes) => store.commit(writes.filter((write) => write.type !== 'check')),
    }),
    noticed: [/check changes nothing/, /check what the other changes/, /a Map would/],
  },
  {
    breaks: '`after`',
    methods: (store) => ({
      list: (index, { from, to, limit }) => store.list(index, { from, to, limit }),
    }),
    noticed: [/resumes right behind/, /a page holds/, /neither skips nor repeats/, /a Map would/],
  },
  {
    breaks: 'the end of a range',
    methods: (store) => ({
      list: async (index, range) => {
        const page = await store.list(index, range);
        return page.filter((entry) => entry.at !== range.to);
      },
    }),
    noticed: [/both ends/, /a Map would/],
  },
  {
    breaks: 'the order of UTF-8',
    methods: (store) => ({
      list: async (index, range) => {
        const page = await store.list(index, range);
        return page.toSorted((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : 0));
      },
    }),
    noticed: [/ordered by UTF-8/],
  },
  {
    breaks: 'the word given to a loser',
    methods: (store) => {
      const onTheirWay = new Set<string>();
      return {
        commit: async (writes) => {
          // Tells the conflict while the winner is still on its way to where it can be read.
          const keys = writes.map((write) => write.key);
          if (keys.some((key) => onTheirWay.has(key))) return 'conflict';
          for (const key of keys) onTheirWay.add(key);
          await new Promise((resolve) => setImmediate(resolve));
          for (const key of keys) onTheirWay.delete(key);
          return store.commit(writes);
        },
      };
    },
    noticed: [/exactly one wins, and every loser/],
  },
  {
    breaks: 'the index entries of a deleted row',
    methods: (store) => ({
      commit: (writes) => {
        const kept = writes.map((write): Write => {
          if (write.type !== 'delete' || write.saw === ABSENT) return write;
          const indexes = { subject: null, due: 'left behind' };
          return { ...write, type: 'put', value: '', indexes };
        });
        return store.commit(kept);
      },
    }),
    noticed: [/delete removes/, /goes with it/, /a Map would/],
  },
  {
    breaks: 'its word after close',
    methods: () => ({ close: async () => {} }),
    noticed: [/after close every call throws/],
  },
];

for (const { breaks, methods, noticed } of BROKEN) {
  test(`a store that breaks ${breaks} is found out`, async () => {
    for (const words of noticed) {
      const [check, ...others] = CHECKS.filter(({ name }) => words.test(name));
      assert.ok(check && others.length === 0, `${words} has to name one check`);
      const open = async () => {
        const store = openMemoryStore();
        return { store: broken(store, methods(store)), remove: () => store.close() };
      };
      await assert.rejects(runCheck(check, open), Error, `it passed "${check.name}"`);
    }
  });
}

test('a store that breaks no promise passes every check', async () => {
  for (const check of CHECKS) {
    await runCheck(check, async () => {
      const store = openMemoryStore();
      return { store, remove: () => store.close() };
    });
  }
});

function broken(store: Store, methods: Partial<Store>): Store {
  return {
    facts: store.facts,
    read: (keys) => store.read(keys),
    commit: (writes) => store.commit(writes),
    list: (index, range) => store.list(index, range),
    close: () => store.close(),
    ...methods,
  };
}

/** The writes with whatever versions are there now, as if the caller had seen them. */
async function asTheyAre(store: Store, writes: readonly Write[]): Promise<Write[]> {
  const rows = await store.read(writes.map((write) => write.key));
  return writes.map((write, which) => ({ ...write, saw: rows[which]?.version ?? ABSENT }));
}
