/**
 * Sessions from sign-in to oblivion: idle and absolute time, ends, what hangs on a session, the
 * sweep, a person's epoch, limits.
 */

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Command, Redeem, Rotate } from './command.ts';
import { decide } from './decide.ts';
import {
  DAY,
  GRANT,
  HOUR,
  MINUTE,
  OPEN,
  openWorld,
  POLICY,
  refusalOf,
  SECOND,
  SIGN_OUT,
} from './engine.testing.ts';

const AT = { id: OPEN.id, realm: 'alpha' } as const;
const TOUCH = { type: 'touch', ...AT, slot: 0 } as const;
const LOOK = { type: 'look', ...AT, slot: 0 } as const;
const SWEEP = { type: 'sweep', id: OPEN.id } as const;
const ROTATE: Rotate = {
  type: 'rotate',
  ...AT,
  slot: 1,
  generation: 1,
  client: 'web',
  binding: { kind: 'none', value: '' },
  scope: null,
  keyId: 1,
  restMs: 0,
};

function begun(grant = GRANT) {
  const world = openWorld();
  world.must({ ...OPEN, grant });
  return world;
}

function reasonOf(outcome: object): string | undefined {
  const { end } = outcome as { end?: { reason: string } };
  return 'refused' in outcome ? end?.reason : undefined;
}

/** Ended by ten minutes of rest. */
function restedSince(createdAt: number) {
  return { reason: 'idle_timeout', at: createdAt + 10 * MINUTE, by: 'policy' };
}

describe('idle time', () => {
  it('leaves last access alone up to the throttle, and moves it after (I7, I13)', () => {
    const world = begun();
    const opened = world.now;
    const { commits } = world;
    world.now += MINUTE;
    assert.equal(world.must(TOUCH).moved, false);
    assert.equal(world.session().lastAccessAt, opened);
    assert.equal(world.commits, commits, 'nothing is written');
    world.now += 1;
    assert.equal(world.must(TOUCH).moved, true);
    assert.equal(world.session().lastAccessAt, world.now);
  });

  it('is not moved by a look', () => {
    const world = begun();
    world.now += 20 * MINUTE;
    world.must(LOOK);
    world.now += 10 * MINUTE;
    assert.equal(reasonOf(world.run(LOOK)), 'idle_timeout');
  });

  it('ends a session to the millisecond', () => {
    const world = begun();
    world.now += 30 * MINUTE - 1;
    assert.equal(refusalOf(world.run(LOOK)), undefined);
    world.now += 1;
    assert.equal(reasonOf(world.run(TOUCH)), 'idle_timeout');
  });

  it('is never blurred by more than a quarter of itself', () => {
    const world = openWorld();
    world.must({ ...OPEN, idleMs: 40 * SECOND });
    for (let count = 0; count < 10; count++) {
      world.now += 30 * SECOND;
      assert.equal(refusalOf(world.run(TOUCH)), undefined, 'somebody who acts in time stays in');
    }
  });

  it('does not go backward with a clock (I8)', () => {
    const world = begun();
    world.now -= HOUR;
    assert.equal(world.must(TOUCH).moved, false);
    assert.equal(refusalOf(world.run({ ...ROTATE })), undefined);
    assert.equal(world.session().lastAccessAt, world.session().createdAt);
  });
});

describe('the absolute end', () => {
  it('comes whatever happens (I6)', () => {
    const world = begun();
    for (let passed = 0; passed < 119; passed++) {
      world.now += MINUTE + 1;
      if (passed < 117) world.must(TOUCH);
    }
    world.now = world.session().endsAt;
    assert.equal(reasonOf(world.run(TOUCH)), 'absolute_timeout');
    assert.equal(reasonOf(world.run(ROTATE)), 'absolute_timeout');
  });

  it('bounds an offline grant too', () => {
    const world = begun({ ...GRANT, offline: true, idleMs: null, lifeMs: 3 * DAY });
    world.now += 3 * DAY - 1;
    assert.equal(refusalOf(world.run(ROTATE)), undefined);
    world.now += 1;
    assert.equal(reasonOf(world.run({ ...ROTATE, generation: 2 })), 'absolute_timeout');
  });
});

describe('an end', () => {
  it('ends all that hangs on the session, in one commit (I9)', () => {
    const world = begun({ ...GRANT, offline: true, lifeMs: 30 * DAY });
    const { child } = world.must({ type: 'add_child', ...AT, application: 'chat', facts: {} });
    const { ticket } = world.must(CODE);
    const { commits } = world;
    assert.equal(world.must(SIGN_OUT).ended, true);
    assert.equal(world.commits, commits + 1);
    const outcomes = [TOUCH, ROTATE, { ...TOUCH, slot: child.slot }, redeem(ticket.slot)];
    for (const command of outcomes) {
      assert.equal(refusalOf(world.run(command)), 'session_ended');
      assert.equal(reasonOf(world.run(command)), 'signed_out');
    }
    const { grants, children } = world.session();
    for (const part of [...grants, ...children]) assert.equal(part.end?.reason, 'signed_out');
  });

  it('is final, and its first reason stays (I5, I11)', () => {
    const world = begun();
    world.must(SIGN_OUT);
    const ended = world.session();
    const again = { ...SIGN_OUT, reason: 'ended_by_administrator', by: 'admin' } as const;
    assert.equal(world.must(again).ended, false);
    assert.equal(world.session(), ended);
  });

  it('says what time ended, not who asked later (I11)', () => {
    const world = begun();
    world.now += HOUR;
    assert.equal(world.must(SIGN_OUT).ended, false);
    assert.equal(world.session().end?.reason, 'idle_timeout');
    world.now -= HOUR;
    assert.equal(reasonOf(world.run(TOUCH)), 'idle_timeout', 'by a clock that is behind as well');
    assert.equal(world.session().end?.at, world.session().createdAt + 30 * MINUTE);
  });

  it('of a grant that rested too long stays its own, when the sign-in ends after it (I11)', () => {
    const world = begun({ ...GRANT, idleMs: 10 * MINUTE });
    world.now += 10 * MINUTE;
    const told = world.run(ROTATE);
    assert.equal(refusalOf(told), 'grant_ended');
    world.now += HOUR;
    assert.deepEqual(world.run(ROTATE), told, 'before the sweep');
    world.must(SWEEP);
    assert.deepEqual(world.run(ROTATE), told, 'and after it');
    assert.deepEqual(world.session().grants[0]?.end, restedSince(world.session().createdAt));
  });

  it('of a child stays its own, when the sign-in ends after it (I11)', () => {
    const world = begun();
    const { child } = world.must({ type: 'add_child', ...AT, application: 'chat', facts: {} });
    const why = { reason: 'revoked_by_client', by: 'user' } as const;
    world.must({ type: 'end_part', ...AT, slot: child.slot, ...why });
    const told = world.run({ ...TOUCH, slot: child.slot });
    assert.equal(reasonOf(told), 'revoked_by_client');
    world.must(SIGN_OUT);
    assert.deepEqual(world.run({ ...TOUCH, slot: child.slot }), told);
  });

  it('of a part leaves the rest alive', () => {
    const world = begun();
    const { child } = world.must({ type: 'add_child', ...AT, application: 'chat', facts: {} });
    const why = { reason: 'signed_out', by: 'user' } as const;
    world.must({ type: 'end_part', ...AT, slot: child.slot, ...why });
    assert.equal(refusalOf(world.run({ ...TOUCH, slot: child.slot })), 'child_ended');
    world.must({ type: 'end_part', ...AT, slot: 1, ...why });
    assert.equal(refusalOf(world.run(ROTATE)), 'grant_ended');
    assert.equal(world.must({ type: 'end_part', ...AT, slot: 1, ...why }).ended, false);
    assert.equal(refusalOf(world.run(TOUCH)), undefined);
  });
});

describe('an offline grant', () => {
  const OFFLINE = { ...GRANT, offline: true, idleMs: 7 * DAY, lifeMs: 90 * DAY };

  it('outlives the sign-in that time has ended, before and after the sweep', () => {
    const world = begun(OFFLINE);
    world.now += HOUR;
    assert.equal(refusalOf(world.run(TOUCH)), 'session_ended');
    assert.equal(refusalOf(world.run(ROTATE)), undefined);
    world.must(SWEEP);
    assert.equal(world.session().end?.reason, 'idle_timeout');
    world.now += DAY;
    assert.equal(refusalOf(world.run({ ...ROTATE, generation: 2 })), undefined);
    assert.equal(world.session().end?.at, world.session().lastAccessAt + 30 * MINUTE);
  });

  it('dies with a sign-out', () => {
    const world = begun(OFFLINE);
    world.must(SIGN_OUT);
    assert.equal(reasonOf(world.run(ROTATE)), 'signed_out');
  });

  it('dies with a sign-out that comes after the sign-in has lapsed', () => {
    const world = begun(OFFLINE);
    world.now += HOUR;
    assert.equal(world.must(SIGN_OUT).ended, true);
    assert.equal(reasonOf(world.run(ROTATE)), 'signed_out');
    assert.equal(world.session().end?.reason, 'idle_timeout', 'the sign-in had ended before');
  });

  it('rests for as long as it may, and no longer', () => {
    const world = begun(OFFLINE);
    world.now += 7 * DAY;
    assert.equal(reasonOf(world.run(ROTATE)), 'idle_timeout');
  });
});

describe('the sweep', () => {
  it('files a session that was renewed under its new time, and the renewal does not (I17)', () => {
    const world = begun();
    const { dueAt } = world.session();
    world.now += 20 * MINUTE;
    world.must(TOUCH);
    assert.equal(world.session().dueAt, dueAt, 'a renewal leaves the filing alone');
    world.now = dueAt;
    assert.equal(world.must(SWEEP).swept, 'filed');
    assert.equal(world.session().dueAt, world.session().lastAccessAt + 30 * MINUTE);
  });

  it('writes down what time has ended, remembers it, and then forgets it', () => {
    const world = begun();
    world.now = world.session().dueAt;
    assert.equal(world.must(SWEEP).swept, 'ended');
    const { end, dueAt } = world.session();
    assert.equal(dueAt, (end?.at ?? 0) + POLICY.rememberMs);
    world.now = dueAt - 1;
    assert.equal(world.must(SWEEP).swept, 'filed');
    assert.equal(reasonOf(world.run(LOOK)), 'idle_timeout');
    world.now = dueAt;
    assert.equal(world.must(SWEEP).swept, 'forgotten');
    assert.equal(refusalOf(world.run(LOOK)), 'unknown_token');
    assert.equal(world.must(SWEEP).swept, 'gone');
  });

  it('never forgets what is alive', () => {
    const world = begun({ ...GRANT, offline: true, idleMs: null, lifeMs: 90 * DAY });
    for (let day = 0; day < 89; day++) {
      world.now += DAY;
      assert.notEqual(world.must(SWEEP).swept, 'forgotten');
    }
    assert.equal(refusalOf(world.run(ROTATE)), undefined);
  });

  it('remembers from the last end, not from the first', () => {
    const world = begun({ ...GRANT, offline: true, idleMs: null, lifeMs: 90 * DAY });
    world.now += 90 * DAY;
    world.must(SWEEP);
    assert.equal(world.must(SWEEP).swept, 'filed');
    assert.equal(reasonOf(world.run(ROTATE)), 'absolute_timeout');
  });
});

describe("a person's epoch", () => {
  const END_ALL = {
    type: 'end_subject',
    realm: 'alpha',
    subject: 'mira',
    reason: 'signed_out_everywhere',
    by: 'user',
  } as const;

  it('refuses a sign-in that began before everything was ended (I10)', () => {
    const world = openWorld();
    world.must(END_ALL);
    assert.equal(refusalOf(world.run(OPEN)), 'epoch_moved');
    assert.equal(refusalOf(world.run({ ...OPEN, epoch: 1 })), undefined);
  });

  it('holds a sign-in to the epoch that it saw', () => {
    const world = openWorld();
    world.must(OPEN);
    const { changes } = world.peek({ ...OPEN, id: '0000000000000002' });
    assert.deepEqual(changes[1], { type: 'check_subject', realm: 'alpha', subject: 'mira' });
  });

  it('spares the sessions of the new epoch', () => {
    const world = begun();
    world.must(END_ALL);
    const later = { ...OPEN, id: '0000000000000002', epoch: 1 };
    world.must(later);
    const end = { ...SIGN_OUT, beforeEpoch: 1 };
    assert.equal(world.must({ ...end, id: later.id }).ended, false);
    assert.equal(world.must(end).ended, true);
  });

  it('is settled once, by whoever finished that very epoch', () => {
    const world = begun();
    world.must(END_ALL);
    world.must(END_ALL);
    const settle = { type: 'settle_subject', realm: 'alpha', subject: 'mira' } as const;
    assert.equal(world.must({ ...settle, epoch: 1 }).settled, false);
    assert.equal(world.must({ ...settle, epoch: 2 }).settled, true);
    assert.equal(world.must({ ...settle, epoch: 2 }).settled, false);
  });
});

describe('a named session', () => {
  const named = (id: string, replaces: string | null = null) => ({
    ...OPEN,
    id,
    name: { name: 'basic', replaces },
  });

  it('is one: a second is told who holds the name', () => {
    const world = openWorld();
    world.must(named('0000000000000001'));
    const second = world.run(named('0000000000000002'));
    assert.deepEqual(second, { refused: 'name_taken', id: '0000000000000001' });
    world.must(named('0000000000000002', '0000000000000001'));
  });

  it('gives no more names than the limit', () => {
    const world = openWorld();
    world.must({ ...OPEN, id: '0000000000000001', name: { name: 'a', replaces: null } });
    world.must({ ...OPEN, id: '0000000000000002', name: { name: 'b', replaces: null } });
    const third = { ...OPEN, id: '0000000000000003', name: { name: 'c', replaces: null } };
    assert.deepEqual(world.run(third), { refused: 'limit_reached', limit: 'named' });
  });
});

const CODE = {
  type: 'issue_ticket',
  ...AT,
  client: 'web',
  scope: ['read'],
  lifeMs: 2 * MINUTE,
  conditions: { redirect: 'hash', challenge: 'S256' },
  facts: { nonce: 'n' },
} as const;

function redeem(slot: number, ask: Partial<Redeem> = {}): Redeem {
  const { client: _client, scope: _scope, ...grant } = GRANT;
  return {
    type: 'redeem',
    ...AT,
    slot,
    client: 'web',
    conditions: CODE.conditions,
    grant,
    ...ask,
  };
}

describe('a ticket', () => {
  it('is good once; a second use ends what came of the first (I14)', () => {
    const world = begun();
    const { ticket } = world.must(CODE);
    const { grant } = world.must(redeem(ticket.slot));
    assert.deepEqual(grant.scope, ['read']);
    assert.deepEqual(grant.facts, {}, 'what the ticket knew is for the exchange alone');
    assert.equal(refusalOf(world.run(redeem(ticket.slot))), 'ticket_spent');
    const after = world.session().grants.find(({ slot }) => slot === grant.slot);
    assert.equal(after?.end?.reason, 'code_replayed');
    assert.equal(refusalOf(world.run(redeem(ticket.slot))), 'ticket_spent', 'and stays so');
  });

  it('whose grant time has ended leaves that reason as it is (I11)', () => {
    const world = begun();
    const { ticket } = world.must(CODE);
    const { grant: _grant, ...ask } = redeem(ticket.slot);
    const { client: _client, scope: _scope, ...draft } = { ...GRANT, idleMs: MINUTE };
    const { grant } = world.must({ ...ask, grant: draft });
    world.now += MINUTE;
    assert.equal(refusalOf(world.run(redeem(ticket.slot))), 'ticket_spent');
    const late = world.run({ ...ROTATE, slot: grant.slot ?? 0 });
    assert.equal(reasonOf(late), 'idle_timeout');
  });

  it('that was used ends nothing for whoever lacks its verifier', () => {
    const world = begun();
    const { ticket } = world.must(CODE);
    const { grant } = world.must(redeem(ticket.slot));
    const stranger = redeem(ticket.slot, { conditions: { redirect: 'hash' } });
    assert.equal(refusalOf(world.run(stranger)), 'ticket_mismatch');
    assert.equal(world.session().grants.find(({ slot }) => slot === grant.slot)?.end, null);
  });

  it('makes room for the next when its time has passed, spent or not', () => {
    const world = begun();
    for (let count = 0; count < 4; count++) world.must(CODE);
    world.now += 2 * MINUTE;
    world.must(CODE);
    assert.equal(world.session().tickets.length, 1);
  });

  it('is for one client, one redirect URI, one verifier, and a while', () => {
    const world = begun();
    const { ticket } = world.must(CODE);
    const { commits } = world;
    const mismatch = redeem(ticket.slot, { conditions: { redirect: 'hash', challenge: 'x' } });
    const missing = redeem(ticket.slot, { conditions: { redirect: 'hash' } });
    const more = redeem(ticket.slot, { conditions: { ...CODE.conditions, other: 'x' } });
    assert.equal(refusalOf(world.run(redeem(ticket.slot, { client: 'other' }))), 'wrong_client');
    for (const wrong of [mismatch, missing, more]) {
      assert.equal(refusalOf(world.run(wrong)), 'ticket_mismatch');
    }
    assert.equal(world.commits, commits, 'a wrong try spends nothing');
    world.now += 2 * MINUTE;
    assert.equal(refusalOf(world.run(redeem(ticket.slot))), 'ticket_expired');
  });
});

describe('limits (I16)', () => {
  it('make room among ended grants first, then among those never renewed, then refuse', () => {
    const world = begun();
    const add = (client: string) =>
      world.run({ type: 'add_grant', ...AT, grant: { ...GRANT, client } });
    for (let count = 1; count < POLICY.limits.grants; count++) add(`c${count}`);
    world.must({ type: 'end_part', ...AT, slot: 3, reason: 'signed_out', by: 'user' });
    add('x');
    assert.ok(!world.session().grants.some(({ slot }) => slot === 3), 'the ended one made room');
    world.must(ROTATE);
    add('y');
    const slots = world.session().grants.map(({ slot }) => slot);
    assert.ok(
      slots.includes(1) && !slots.includes(2),
      'the oldest unused made room, not one in use',
    );
    assert.equal(refusalOf(world.run({ ...ROTATE, slot: 2, client: 'c1' })), 'grant_ended');
    for (const { slot, client } of world.session().grants) {
      if (slot > 1) world.must({ ...ROTATE, slot, client });
    }
    assert.deepEqual(add('z'), { refused: 'limit_reached', limit: 'grants' });
  });

  it("do not let one client's sign-ins end another client's grant", () => {
    const world = begun({ ...GRANT, client: 'web' });
    for (let count = 0; count < 40; count++) {
      world.now += SECOND;
      world.must({ type: 'add_grant', ...AT, grant: { ...GRANT, client: 'spa' } });
    }
    assert.equal(refusalOf(world.run(ROTATE)), undefined);
  });

  it('refuse a ticket more, rather than take back one that is still good', () => {
    const world = begun();
    const codes = Array.from({ length: POLICY.limits.tickets }, () => world.must(CODE));
    assert.deepEqual(world.run(CODE), { refused: 'limit_reached', limit: 'tickets' });
    for (const { ticket } of codes.slice(0, 2)) world.must(redeem(ticket.slot));
    world.must(CODE);
  });

  it('that were lowered since make room for more than one', () => {
    const world = begun();
    for (let count = 0; count < 6; count++) {
      world.must({ type: 'add_grant', ...AT, grant: GRANT });
    }
    const limits = { ...POLICY.limits, grants: 3 };
    const add: Command = { type: 'add_grant', ...AT, grant: GRANT };
    const seen = { session: world.session(), subject: null, live: [] };
    const { outcome } = decide(add, seen, world.now, { ...POLICY, limits });
    assert.ok('session' in outcome);
    assert.equal(outcome.session.grants.length, 3);
  });

  it('refuse a child too many, a property too long, too many of them', () => {
    const world = begun();
    const child = (application: string, facts = {}): Command => ({
      type: 'add_child',
      ...AT,
      application,
      facts,
    });
    for (let count = 0; count < POLICY.limits.children; count++) world.must(child(`a${count}`));
    assert.deepEqual(world.run(child('more')), { refused: 'limit_reached', limit: 'children' });
    const long = { long: 'x'.repeat(64) };
    assert.deepEqual(world.run(child('long', long)), {
      refused: 'limit_reached',
      limit: 'properties',
    });
    const many = Object.fromEntries([1, 2, 3, 4, 5].map((n) => [`p${n}`, '']));
    assert.deepEqual(world.run({ ...OPEN, id: '0000000000000002', properties: many }), {
      refused: 'limit_reached',
      limit: 'properties',
    });
  });

  it('keep the history short, and count what recurs', () => {
    const world = begun();
    for (let count = 0; count < 20; count++) {
      const { child } = world.must({ type: 'add_child', ...AT, application: 'a', facts: {} });
      world.must({
        type: 'end_part',
        ...AT,
        slot: child.slot,
        reason: 'signed_out',
        by: 'user',
      });
    }
    const { history } = world.session();
    assert.ok(history.length <= POLICY.limits.history);
    assert.equal(history.find((note) => note.what === 'child_ended')?.count, 20);
  });
});
