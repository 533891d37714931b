/**
 * Upgrade: rows that an earlier version wrote are brought to the form of this one, before anybody is
 * served: a session that stands where nobody looks could not be signed out with the others.
 *
 * It may die at any moment: what is done stays, and the next start goes on with the rest.
 */

import { ABSENT, type IndexEntry, LIST_LIMIT, type Store, StoreFault } from '../stores/store.ts';
import { decodeSession, dueAt, FORM, isOutdated, readKey, writeOf } from './records.ts';

/** The row that says which form all others have. A store without one is new, or of form 1. */
const KEY = 'records';

const EVERYTHING = { from: '', to: dueAt(Number.POSITIVE_INFINITY) } as const;

/** Rows of one commit. */
const GROUP = 200;

/**
 * @param onBegin Told when there is something to do, which may take a minute for a million sessions.
 * @returns How many sessions were brought to this form.
 * @throws StoreFault when a later version has written the store, which alone can read it; nothing
 * is changed then. Any other: the next call goes on.
 */
export async function upgradeRecords(store: Store, onBegin?: () => void): Promise<number> {
  const [marker] = await store.read([KEY]);
  const form = marker ? Number(marker.value) : 0;
  if (form === FORM) return 0;
  if (form > FORM) {
    throw new StoreFault(
      `The sessions in the store have form ${form}, written by a later version of this program; ` +
        `this one reads ${FORM}. Start that version, or restore a backup from before it.`,
    );
  }
  let count = 0;
  // Every session is filed for the sweep, whatever else it stands under; and stays in that place.
  for (let after: IndexEntry | undefined; ; ) {
    const page = await store.list('due', { ...EVERYTHING, limit: LIST_LIMIT, after });
    const keys = page.map(({ key }) => key).filter(isSession);
    if (!after && keys.length > 0) onBegin?.();
    for (let begin = 0; begin < keys.length; begin += GROUP) {
      count += await upgradeGroup(store, keys.slice(begin, begin + GROUP));
    }
    after = page.at(-1);
    if (page.length < LIST_LIMIT) break;
  }
  const saw = marker?.version ?? ABSENT;
  const indexes = { subject: null, due: null };
  // In a conflict another process has come to the same end.
  await store.commit([{ type: 'put', key: KEY, saw, value: String(FORM), indexes }]);
  return count;
}

async function upgradeGroup(store: Store, keys: readonly string[]): Promise<number> {
  for (;;) {
    const found = (await store.read(keys)).filter((row) => row !== undefined);
    const rows = new Map(found.filter(isOutdated).map((row) => [row.key, row]));
    if (rows.size === 0) return 0;
    const writes = [...rows.values()].map((row) =>
      writeOf({ type: 'put_session', session: decodeSession(row) }, rows),
    );
    // Another process may have changed one of them since.
    if ((await store.commit(writes)) === 'committed') return rows.size;
  }
}

function isSession(key: string): boolean {
  const record = readKey(key);
  return record !== 'brief' && 'session' in record;
}
