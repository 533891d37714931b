/** Upgrade: whoever was signed in under an earlier version still is, and can be signed out. */

import { strict as assert } from 'node:assert';
import { describe, it } from 'node:test';
import type { Session } from '../engine/session.ts';
import { openMemoryStore } from '../stores/memory/index.ts';
import { type Store, StoreFault } from '../stores/store.ts';
import {
  DAY,
  GRANT,
  granted,
  MINUTE,
  OPEN,
  openSessionsWorld,
  POLICY,
  ROTATION,
} from './sessions.testing.ts';
import { upgradeRecords } from './upgrade.ts';

const EVERYWHERE = { reason: 'signed_out_everywhere', by: 'user' } as const;
const ALL = { from: '', to: '~', limit: 1000 } as const;

/** Every session as the first form had it: another place in the index, and less in the record. */
async function makeOld(store: Store): Promise<number> {
  const entries = await store.list('due', ALL);
  const rows = await store.read(entries.map(({ key }) => key));
  let count = 0;
  for (const row of rows) {
    if (!row?.key.startsWith('session/')) continue;
    const { notices: _notices, ...session } = JSON.parse(row.value) as Session;
    const grants = session.grants.map(({ renewedAt: _renewedAt, ...grant }) => grant);
    const value = JSON.stringify({ ...session, form: 1, grants });
    const subject = row.indexes.subject?.replace(/^(?:live|over)\//, '') ?? null;
    const indexes = { ...row.indexes, subject };
    await store.commit([{ type: 'put', key: row.key, saw: row.version, value, indexes }]);
    count++;
  }
  return count;
}

const IDLE = { ...OPEN, grant: { ...GRANT, idleMs: 20 * MINUTE } };
const OFFLINE = { ...OPEN, grant: { ...GRANT, offline: true } };

/** Sessions of two people, one of them ended, one with a grant that outlives it. */
async function yesterday(policy = POLICY) {
  const store = openMemoryStore();
  const world = await openSessionsWorld({ policy }, store);
  const { sessions } = world;
  const idle = granted(await sessions.open(IDLE, 'renewal'));
  await sessions.open(OFFLINE);
  await sessions.open({ ...OPEN, subject: 'nils' });
  const { session: ended } = granted(await sessions.open(OPEN));
  await sessions.endSession(ended, { reason: 'signed_out', by: 'user' });
  assert.equal(await makeOld(store), 4);
  return { ...world, inner: store, idle };
}

describe('the upgrade of a store', () => {
  it('keeps everybody signed in', async () => {
    const { inner, sessions, idle, clock } = await yesterday();
    assert.equal(await upgradeRecords(inner), 4);
    assert.ok(idle.token);
    clock.move(10 * MINUTE);
    const renewed = granted(await sessions.rotate(idle.token, ROTATION));
    assert.equal(renewed.grant.generation, 2);
    clock.move(21 * MINUTE);
    const late = await sessions.rotate(renewed.token, ROTATION);
    assert.equal('end' in late && late.end.reason, 'idle_timeout');
  });

  it('lists them where they now stand', async () => {
    const { inner, sessions } = await yesterday();
    await upgradeRecords(inner);
    assert.equal((await sessions.live('alpha', OPEN.subject, 100)).sessions.length, 2);
    assert.equal((await sessions.list('alpha', OPEN.subject, 100)).sessions.length, 3);
    const standing = (await inner.list('subject', ALL)).map(({ at }) => at.split('/')[0]);
    assert.deepEqual(standing, ['live', 'live', 'live', 'over']);
  });

  it('lets a sign-out everywhere find every one of them', async () => {
    const { inner, sessions, idle } = await yesterday();
    await upgradeRecords(inner);
    assert.deepEqual(await sessions.endSubject('alpha', OPEN.subject, EVERYWHERE), { ended: 2 });
    assert.ok(idle.token);
    const refused = await sessions.rotate(idle.token, ROTATION);
    assert.equal('refused' in refused && refused.refused, 'session_ended');
  });

  it('has a quota count them', async () => {
    const quota = { sessions: 3, whenReached: 'deny' } as const;
    const { inner, sessions } = await yesterday({ ...POLICY, quota });
    await upgradeRecords(inner);
    granted(await sessions.open(OPEN));
    const refused = await sessions.open(OPEN);
    assert.equal('refused' in refused && refused.refused, 'quota_reached');
  });

  it('lets the sweep end and forget them', async () => {
    const { inner, sessions, clock } = await yesterday();
    await upgradeRecords(inner);
    for (let count = 0; count < 4; count++) {
      clock.move(31 * DAY);
      await sessions.sweep(100);
    }
    assert.deepEqual(await inner.list('due', ALL), []);
  });

  it('goes on where it died, and costs one read when it is done', async () => {
    const store = openMemoryStore();
    const { sessions, store: watched, clock } = await openSessionsWorld({}, store);
    for (let count = 0; count < 250; count++) await sessions.open(OPEN);
    assert.equal(await makeOld(store), 250);
    let left = 1;
    watched.onCommit = async () => {
      if (left-- === 0) throw new StoreFault('the machine has died');
    };
    await assert.rejects(upgradeRecords(watched), StoreFault);
    // Those that are done are as good as any, and may have changed since.
    clock.move(MINUTE + 1);
    await sessions.endSubject('alpha', OPEN.subject, EVERYWHERE);
    assert.equal(await upgradeRecords(watched), 50);
    const { reads, commits } = watched;
    assert.equal(await upgradeRecords(watched), 0);
    assert.deepEqual([watched.reads - reads, watched.commits - commits], [1, 0]);
  });

  it('refuses what a later version has written, and leaves it alone', async () => {
    const store = openMemoryStore();
    await upgradeRecords(store);
    const [row] = await store.read(['records']);
    assert.ok(row);
    await store.commit([{ ...row, type: 'put', saw: row.version, value: '9' }]);
    await assert.rejects(upgradeRecords(store), /form 9, written by a later version/);
    assert.equal((await store.read(['records']))[0]?.value, '9');
  });
});
