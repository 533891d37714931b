/** Listing: order, pages, and what a page costs. */

import { strict as assert } from 'node:assert';
import { test } from 'node:test';
import type { Session } from '../engine/session.ts';
import {
  granted,
  MINUTE,
  OPEN,
  openSessionsWorld,
  type SessionsWorld,
} from './sessions.testing.ts';
import type { SessionPage } from './sessions.ts';

const WHY = { reason: 'signed_out', by: 'user' } as const;

async function open(world: SessionsWorld, subject: string, realm = 'alpha'): Promise<Session> {
  world.clock.move(1);
  return granted(await world.sessions.open({ ...OPEN, realm, subject })).session;
}

const idsOf = ({ sessions }: SessionPage) => sessions.map(({ session }) => session.id);

/** Every page, to the end. */
async function all(world: SessionsWorld, limit: number, subject: string | null = null) {
  const pages: string[][] = [];
  let page = await world.sessions.live('alpha', subject, limit);
  for (;;) {
    pages.push(idsOf(page));
    if (!page.next) return pages;
    page = await world.sessions.live('alpha', subject, limit, page.next);
  }
}

test('the live sessions of a realm come by person, oldest first, in pages', async () => {
  const world = await openSessionsWorld();
  const b1 = await open(world, 'bo');
  const a1 = await open(world, 'ann');
  const b2 = await open(world, 'bo');
  await open(world, 'ann', 'beta');
  const wanted = [a1, b1, b2].map(({ id }) => id);
  assert.deepEqual(await all(world, 2), [wanted.slice(0, 2), wanted.slice(2)]);
  assert.deepEqual(await all(world, 3), [wanted]);
  assert.deepEqual(await all(world, 1, 'bo'), [[b1.id], [b2.id]]);
  assert.deepEqual(idsOf(await world.sessions.live('alpha', 'nobody', 5)), []);
});

test('a page may be as long as the longest that a store hands out, and longer', async () => {
  const world = await openSessionsWorld();
  for (let count = 0; count < 1200; count++) await open(world, 'ann');
  for (const limit of [999, 1000, 1100, 2000]) {
    const page = await world.sessions.live('alpha', 'ann', limit);
    assert.equal(page.sessions.length, Math.min(limit, 1200), `limit ${limit}`);
    assert.equal(page.next === null, limit === 2000);
  }
});

test('people and realms whose names begin alike are kept apart', async () => {
  const world = await openSessionsWorld();
  const one = await open(world, 'bo');
  for (const other of ['bob', 'bo/', 'bo/x', 'b', 'bo~']) await open(world, other);
  assert.deepEqual(await all(world, 10, 'bo'), [[one.id]]);
});

test('what has ended, by time or otherwise, is not among the live', async () => {
  const world = await openSessionsWorld();
  const lapsed = await open(world, 'ann');
  world.clock.move(31 * MINUTE);
  const ended = await open(world, 'ann');
  const live = await open(world, 'bo');
  await world.sessions.endSession(ended, WHY);
  assert.deepEqual(await all(world, 1), [[live.id]]);
  await world.sessions.sweep(10);
  assert.deepEqual(await all(world, 1), [[live.id]]);
  const listed = idsOf(await world.sessions.list('alpha', 'ann', 10));
  assert.deepEqual(listed, [lapsed.id, ended.id], 'and is remembered');
});

test('a person sees the live ones first, each session once, however short the pages', async () => {
  const world = await openSessionsWorld();
  const opened: Session[] = [];
  for (let count = 0; count < 7; count++) opened.push(await open(world, 'ann'));
  for (const at of [0, 3, 5]) await world.sessions.endSession(opened[at] as Session, WHY);
  const wanted = [1, 2, 4, 6, 0, 3, 5].map((at) => opened[at]?.id);
  for (const limit of [1, 2, 3, 4, 5, 7, 8]) {
    const seen: string[] = [];
    let page = await world.sessions.list('alpha', 'ann', limit);
    seen.push(...idsOf(page));
    while (page.next) {
      page = await world.sessions.list('alpha', 'ann', limit, page.next);
      assert.ok(page.sessions.length > 0, 'no page is empty');
      seen.push(...idsOf(page));
    }
    assert.deepEqual(seen, wanted, `${limit} to a page`);
  }
});

test('the cost of a page does not grow with ended sessions or with other people', async () => {
  const world = await openSessionsWorld();
  const cost = async () => {
    const before = world.store.reads;
    await world.sessions.live('alpha', 'ann', 5);
    return world.store.reads - before;
  };
  await open(world, 'ann');
  const alone = await cost();
  for (let count = 0; count < 200; count++) {
    const session = await open(world, count % 2 ? 'ann' : `other${count}`);
    if (count % 2) await world.sessions.endSession(session, WHY);
  }
  assert.equal(await cost(), alone);
});
