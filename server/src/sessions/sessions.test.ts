/**
 * The sessions service: renewal under concurrency, ends by the many, and what reaches the store.
 */

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { StoreFault } from '../stores/store.ts';
import { sessionKey } from './records.ts';
import {
  DAY,
  granted,
  HOUR,
  MINUTE,
  OPEN,
  openSessionsWorld,
  ROTATION,
  type SessionsWorld,
} from './sessions.testing.ts';
import type { Token } from './token.ts';

async function begun(world: SessionsWorld) {
  const { session, token } = granted(await world.sessions.open(OPEN, 'refresh'));
  assert.ok(token);
  return { session, token, native: world.sessions.token(session, 'native') };
}

const macOf = (token: Token) => token.mac.toString('hex');

describe('renewal', () => {
  it('gives a thousand callers at once, on two nodes, the same successor (I1)', async () => {
    const world = await openSessionsWorld();
    const { token } = await begun(world);
    const callers = Array.from({ length: 1000 }, (_, at) =>
      (at % 2 === 0 ? world.sessions : world.other).rotate(token, ROTATION),
    );
    const outcomes = (await Promise.all(callers)).map(granted);
    assert.equal(new Set(outcomes.map((outcome) => macOf(outcome.token))).size, 1);
    assert.equal(outcomes.filter((outcome) => !outcome.retry).length, 1);
  });

  it('gives the same successor after the key has rotated', async () => {
    const world = await openSessionsWorld();
    const { token } = await begun(world);
    const first = granted(await world.sessions.rotate(token, ROTATION));
    await world.keyring.rotate('mac');
    const again = granted(await world.sessions.rotate(token, ROTATION));
    assert.equal(macOf(again.token), macOf(first.token));
    const next = granted(await world.sessions.rotate(first.token, ROTATION));
    assert.equal(next.grant.keyId, world.keyring.currentMacKey());
  });

  it('whose acknowledgement is lost is answered at the retry (I2)', async () => {
    const world = await openSessionsWorld();
    const { token } = await begun(world);
    const { commit } = world.store;
    world.store.commit = async (writes) => {
      await commit(writes);
      throw new StoreFault('the acknowledgement was lost');
    };
    await assert.rejects(world.sessions.rotate(token, ROTATION), StoreFault);
    world.store.commit = commit;
    const again = granted(await world.sessions.rotate(token, ROTATION));
    assert.equal(again.retry, true);
    assert.equal(again.grant.generation, 2);
  });

  it('leaves the record as large as it was (I16)', async () => {
    const world = await openSessionsWorld({ lifeMs: 90 * DAY });
    const { session, token } = await begun(world);
    const sizeAfter = async (renewals: number, from: Token) => {
      let held = from;
      for (let count = 0; count < renewals; count++) {
        world.clock.move(1000);
        held = granted(await world.sessions.rotate(held, ROTATION)).token;
      }
      const [row] = await world.store.read([sessionKey(session.id)]);
      return { held, size: row?.value.length ?? 0 };
    };
    const ten = await sizeAfter(10, token);
    const tenThousand = await sizeAfter(9990, ten.held);
    // The generation is a decimal number: from two digits to five.
    assert.equal(tenThousand.size, ten.size + 3);
  });
});

describe('what reaches the store (I13)', () => {
  it('is nothing for garbage, one read for a forgery, one read for a retry or a throttled touch', async () => {
    const world = await openSessionsWorld();
    const { token, native } = await begun(world);
    const count = async (work: () => Promise<unknown>) => {
      const before = { reads: world.store.reads, commits: world.store.commits };
      await work();
      const { reads, commits } = world.store;
      return { reads: reads - before.reads, commits: commits - before.commits };
    };
    const garbage = { ...token, check: token.check ^ 1 };
    const forged = { ...token, mac: Buffer.alloc(16, 7) };
    const rotate = (presented: Token) => world.sessions.rotate(presented, ROTATION);
    assert.deepEqual(await count(() => rotate(garbage)), { reads: 0, commits: 0 });
    assert.deepEqual(await count(() => rotate(forged)), { reads: 1, commits: 0 });
    assert.deepEqual(await count(() => rotate(token)), { reads: 1, commits: 1 });
    assert.deepEqual(await count(() => rotate(token)), { reads: 1, commits: 0 });
    const touch = () => world.sessions.touch(native, 'alpha');
    assert.deepEqual(await count(touch), { reads: 1, commits: 0 });
    world.clock.move(MINUTE + 1);
    assert.deepEqual(await count(touch), { reads: 1, commits: 1 });
  });

  it('is never a forged token, whatever it claims', async () => {
    const world = await openSessionsWorld();
    const { session, token, native } = await begun(world);
    const unknown = { refused: 'unknown_token' };
    const forged = { ...token, mac: Buffer.alloc(16, 7) };
    assert.deepEqual(await world.sessions.rotate(forged, ROTATION), unknown);
    assert.deepEqual(await world.sessions.touch({ ...native, kind: 'refresh' }, 'alpha'), unknown);
    assert.deepEqual(await world.sessions.touch(native, 'beta'), unknown, 'of another realm');
    assert.equal(await world.sessions.inspectToken(forged), undefined);
    const [row] = await world.store.read([sessionKey(session.id)]);
    assert.equal(row?.version, 1, 'and changes nothing');
  });

  it('holds no token and no part of one (I12)', async () => {
    const world = await openSessionsWorld();
    const { session, token, native } = await begun(world);
    granted(await world.sessions.rotate(token, ROTATION));
    const [row] = await world.store.read([sessionKey(session.id)]);
    const kept = JSON.stringify(row) + JSON.stringify(world.events);
    for (const { mac } of [token, native]) {
      for (const form of ['hex', 'base64', 'base64url', 'latin1'] as const) {
        assert.ok(!kept.includes(mac.toString(form)), form);
      }
    }
  });
});

describe('a record that many want to change', () => {
  it('serves them all, one after the other', async () => {
    const world = await openSessionsWorld();
    const { session } = await begun(world);
    const ask = { application: 'chat', facts: {} };
    const all = await Promise.all(
      Array.from({ length: 60 }, () => world.sessions.addChild(session, ask, 'child')),
    );
    const slots = all.map((outcome) => granted(outcome).child.slot);
    assert.equal(new Set(slots).size, 60);
  });

  it('is given up when other nodes keep changing it, without an end', async () => {
    const world = await openSessionsWorld();
    const { token, session } = await begun(world);
    const { commit } = world.store;
    let tries = 0;
    world.store.commit = async () => {
      tries += 1;
      return 'conflict';
    };
    await assert.rejects(world.sessions.rotate(token, ROTATION), { name: 'Contended' });
    assert.ok(tries >= 10 && tries <= 100, String(tries));
    world.store.commit = commit;
    assert.equal((await world.sessions.inspect(session.id))?.end, null);
    granted(await world.sessions.rotate(token, ROTATION));
  });
});

describe('a named session', () => {
  it('is exactly one, however many ask at once', async () => {
    const world = await openSessionsWorld();
    const { grant: _none, ...ask } = OPEN;
    const asked = Array.from({ length: 50 }, (_, at) =>
      (at % 2 === 0 ? world.sessions : world.other).openNamed(ask, 'basic'),
    );
    const ids = (await Promise.all(asked)).map((outcome) => granted(outcome).session.id);
    assert.equal(new Set(ids).size, 1);
  });

  it('is not for a sign-in that began before everything was ended (I10)', async () => {
    const world = await openSessionsWorld();
    const epoch = await world.sessions.epoch('alpha', 'mira');
    granted(await world.sessions.openNamed({ ...OPEN, epoch }, 'basic'));
    const why = { reason: 'password_changed', by: 'user' } as const;
    await world.sessions.endSubject('alpha', 'mira', why);
    granted(await world.sessions.openNamed({ ...OPEN, epoch: epoch + 1 }, 'basic'));
    // The old password was checked before the change, and its answer comes late.
    const late = await world.sessions.openNamed({ ...OPEN, epoch }, 'basic');
    assert.deepEqual(late, { refused: 'epoch_moved' });
  });

  it('is another one when the first has ended', async () => {
    const world = await openSessionsWorld();
    const first = granted(await world.sessions.openNamed(OPEN, 'basic'));
    world.clock.move(HOUR);
    const second = granted(await world.sessions.openNamed(OPEN, 'basic'));
    assert.notEqual(second.session.id, first.session.id);
    const again = granted(await world.sessions.openNamed(OPEN, 'basic'));
    assert.equal(again.session.id, second.session.id);
  });
});

describe('ending all sessions of a person (I10)', () => {
  const why = { reason: 'signed_out_everywhere', by: 'user' } as const;

  it('leaves none alive, and nobody else touched', async () => {
    const world = await openSessionsWorld();
    const mine = await Promise.all(Array.from({ length: 120 }, () => begun(world)));
    const other = granted(await world.sessions.open({ ...OPEN, subject: 'noor' }));
    assert.deepEqual(await world.sessions.endSubject('alpha', 'mira', why), { ended: 120 });
    for (const { token } of mine) {
      const outcome = await world.sessions.rotate(token, ROTATION);
      assert.ok('refused' in outcome && outcome.refused === 'session_ended');
      assert.equal(outcome.end.reason, 'signed_out_everywhere');
    }
    assert.equal((await world.sessions.inspect(other.session.id))?.end, null);
  });

  it('leaves none alive that is being opened at that moment', async () => {
    const world = await openSessionsWorld();
    await begun(world);
    const epoch = await world.sessions.epoch('alpha', 'mira');
    const [, ...opened] = await Promise.all([
      world.sessions.endSubject('alpha', 'mira', why),
      ...Array.from({ length: 40 }, () => world.sessions.open({ ...OPEN, epoch })),
    ]);
    for (const outcome of opened) {
      if ('refused' in outcome) assert.equal(outcome.refused, 'epoch_moved');
      else assert.ok((await world.sessions.inspect(outcome.session.id))?.end, 'one is left alive');
    }
    const { sessions } = await world.sessions.list('alpha', 'mira', 100);
    assert.deepEqual(
      sessions.filter(({ end }) => end === null),
      [],
    );
  });

  it('is finished by the sweep when the process dies half way', async () => {
    const world = await openSessionsWorld();
    await Promise.all(Array.from({ length: 80 }, () => begun(world)));
    const { commit } = world.store;
    let left = 20;
    world.store.commit = async (writes) => {
      if (left-- <= 0) throw new StoreFault('the process died');
      return commit(writes);
    };
    await assert.rejects(world.sessions.endSubject('alpha', 'mira', why), StoreFault);
    world.store.commit = commit;
    await world.other.sweep(1000);
    const { sessions } = await world.sessions.list('alpha', 'mira', 100);
    assert.equal(sessions.length, 80);
    for (const { end } of sessions) assert.equal(end?.reason, 'signed_out_everywhere');
    assert.equal(await world.other.sweep(1000), 0, 'and it is done');
  });
});

describe('the sweep', () => {
  it('ends what has lapsed, publishes each end once, and forgets in time', async () => {
    const world = await openSessionsWorld();
    const { session } = await begun(world);
    const kept = granted(await world.sessions.open({ ...OPEN, lifeMs: DAY, idleMs: DAY }));
    world.clock.move(HOUR);
    await Promise.all([world.sessions.sweep(100), world.other.sweep(100)]);
    const ends = world.events.filter(({ event }) => event === 'session_ended');
    assert.deepEqual(
      ends.map((event) => [event.session, event.reason]),
      [[session.id, 'idle_timeout']],
    );
    assert.equal((await world.sessions.inspect(kept.session.id))?.end, null);
    world.clock.move(31 * DAY);
    for (let count = 0; count < 3; count++) await world.sessions.sweep(100);
    assert.equal(await world.sessions.inspect(session.id), undefined);
    assert.equal(await world.sessions.sweep(100), 0);
  });
});

describe('the sweep, when it is stopped', () => {
  it('ends with the group that is under way, and leaves the rest to the next', async () => {
    const { sessions, store, clock } = await openSessionsWorld();
    for (let count = 0; count < 200; count++) await sessions.open(OPEN);
    clock.move(3 * HOUR);
    const stop = new AbortController();
    const begun = store.commits;
    store.onCommit = async () => stop.abort();
    await sessions.sweep(500, stop.signal);
    assert.equal(store.commits - begun, 50);
    await sessions.sweep(500);
    assert.equal(store.commits - begun, 200);
  });
});

describe('the sweep, over records that cannot be read', () => {
  it('does all the others, on every page, and then says so', async () => {
    const world = await openSessionsWorld();
    const due = '000000000000001';
    for (let count = 0; count < 12; count++) {
      const indexes = { subject: null, due };
      const key = `session/zzzzzzzzzzzzzz${String(count).padStart(2, '0')}`;
      await world.store.commit([{ type: 'put', key, saw: 0, value: '{"form":99}', indexes }]);
    }
    const sessions = await Promise.all(Array.from({ length: 25 }, () => begun(world)));
    world.clock.move(HOUR);
    await assert.rejects(world.sessions.sweep(5), /has form 99/);
    for (const { session } of sessions) {
      const [row] = await world.store.read([sessionKey(session.id)]);
      assert.match(row?.value ?? '', /"end":\{"reason":"idle_timeout"/);
    }
  });
});

describe('a record at its length limit (I16)', () => {
  it('takes no more, says so, and can still be renewed and ended', async () => {
    const world = await openSessionsWorld();
    const { session, token } = await begun(world);
    const facts = Object.fromEntries(
      Array.from({ length: 12 }, (_, at) => [`fact${at}`, '"'.repeat(1000)]),
    );
    const add = () => world.sessions.addChild(session, { application: 'chat', facts }, 'child');
    const outcomes = [];
    for (let count = 0; count < 6; count++) outcomes.push(await add());
    assert.deepEqual(outcomes.at(-1), { refused: 'limit_reached', limit: 'record' });
    granted(await world.sessions.rotate(token, ROTATION));
    granted(await world.sessions.endSession(session, { reason: 'signed_out', by: 'user' }));
  });
});

describe('a list', () => {
  it('goes through all of a person, page by page, oldest first', async () => {
    const world = await openSessionsWorld();
    for (let count = 0; count < 25; count++) {
      granted(await world.sessions.open({ ...OPEN, subject: 'a/b' }));
      granted(await world.sessions.open({ ...OPEN, subject: 'a' }));
      world.clock.move(10);
    }
    const seen: number[] = [];
    let after: Parameters<typeof world.sessions.list>[3];
    do {
      const page = await world.sessions.list('alpha', 'a/b', 10, after);
      for (const { session } of page.sessions) {
        assert.equal(session.subject, 'a/b');
        seen.push(session.createdAt);
      }
      after = page.next ?? undefined;
    } while (after);
    assert.equal(seen.length, 25);
    assert.deepEqual(
      seen,
      seen.toSorted((one, other) => one - other),
    );
  });
});

it('refuses a realm that it does not know, loudly: that is a bug of the caller', async () => {
  const world = await openSessionsWorld();
  await assert.rejects(world.sessions.open({ ...OPEN, realm: 'gamma' }), RangeError);
});
