/**
 * The program that crash.test.ts kills: callers that each add one to a counter of their own and to
 * one that two of them share, in one commit, and say so on standard output once it is committed.
 *
 * Arguments: directory, callers, characters of padding in each row.
 */
import type { Row, Write } from '../store.ts';
import { ABSENT, StoreFault } from '../store.ts';
import { openLevelStore } from './index.ts';

const [directory = '', callers = '1', padding = '0'] = process.argv.slice(2);
const store = await openLevelStore({ directory });
await Promise.all(Array.from({ length: Number(callers) }, (_, which) => call(which)));

async function call(which: number): Promise<never> {
  const keys = [`own ${which}`, `shared ${which >> 1}`];
  for (;;) {
    try {
      const rows = await store.read(keys);
      const writes = keys.map((key, at) => addOne(key, rows[at]));
      if ((await store.commit(writes)) === 'conflict') continue;
      for (const { key, saw } of writes) process.stdout.write(`${key} is ${saw + 1}\n`);
    } catch (fault) {
      if (!(fault instanceof StoreFault)) throw fault;
      process.stdout.write('fault\n');
    }
  }
}

/** The count is the version, in the value and, as text that sorts, in an index. */
function addOne(key: string, row: Row | undefined): Write {
  const saw = row?.version ?? ABSENT;
  const due = String(saw + 1).padStart(8, '0');
  const indexes = { subject: key, due };
  return { type: 'put', key, saw, value: due + 'x'.repeat(Number(padding)), indexes };
}
