/**
 * What is said of a session while it lives: a second sign-in of its owner, properties, facts.
 */

import { strict as assert } from 'node:assert';
import { describe, it } from 'node:test';
import { HOUR, MINUTE, OPEN, openWorld, refusalOf } from './engine.testing.ts';

const AT = { id: OPEN.id, realm: OPEN.realm } as const;
const AGAIN = {
  type: 'reauthenticate',
  ...AT,
  subject: OPEN.subject,
  methods: ['otp', 'sms'],
} as const;

function begun() {
  const world = openWorld();
  world.must(OPEN);
  return world;
}

const set = (facts: Record<string, string | null>, slot = 0) =>
  ({ type: 'set_facts', ...AT, slot, facts }) as const;

describe('a second sign-in', () => {
  it('moves the time of authentication, and no end (I6)', () => {
    const world = begun();
    const { endsAt } = world.session();
    world.now += 20 * MINUTE;
    const { session } = world.must(AGAIN);
    assert.deepEqual(
      [session.authenticatedAt, session.lastAccessAt, session.endsAt],
      [world.now, world.now, endsAt],
    );
    assert.equal(session.createdAt, world.now - 20 * MINUTE);
    assert.deepEqual(session.methods, AGAIN.methods);
  });

  it('is for the same person, and for a session that lives', () => {
    const world = begun();
    const other = { ...AGAIN, subject: 'nils' };
    assert.equal(refusalOf(world.run(other)), 'unknown_token');
    world.now += 3 * HOUR;
    assert.equal(refusalOf(world.run(AGAIN)), 'session_ended');
  });
});

describe('properties', () => {
  it('are set, replaced and taken away, and leave the idle clock alone', () => {
    const world = begun();
    const { lastAccessAt } = world.session();
    world.now += 10 * MINUTE;
    world.must(set({ place: 'quay', light: 'on' }));
    const { session } = world.must(set({ place: null, light: 'off' }));
    assert.deepEqual(session.properties, { light: 'off' });
    assert.equal(session.lastAccessAt, lastAccessAt);
  });

  it('that are so already write nothing', () => {
    const world = begun();
    world.must(set({ light: 'on' }));
    const { commits } = world;
    world.must(set({ light: 'on', place: null }));
    assert.equal(world.commits, commits);
  });

  it('have names of any sort, and nothing but a name of their own', () => {
    const world = begun();
    const facts = JSON.parse('{"__proto__":"a","constructor":"b"}');
    const { session } = world.must(set(facts));
    assert.deepEqual(Object.entries(session.properties), Object.entries(facts));
    assert.equal(Object.getPrototypeOf(session.properties), Object.prototype);
    world.must(set({ toString: null } as never));
  });

  it('have a limit in number and length, and one too many changes nothing (I16)', () => {
    const world = begun();
    const many = Object.fromEntries(Array.from({ length: 5 }, (_, at) => [`p${at}`, 'x']));
    for (const facts of [many, { long: 'x'.repeat(64) }]) {
      assert.equal(refusalOf(world.run(set(facts))), 'limit_reached');
    }
    assert.deepEqual(world.session().properties, {});
  });

  it('of a child are its own, and end with it', () => {
    const world = begun();
    const { child } = world.must({
      type: 'add_child',
      ...AT,
      application: 'chat',
      facts: { a: '1' },
    });
    const said = world.must(set({ b: '2' }, child.slot));
    assert.deepEqual(said.child?.facts, { a: '1', b: '2' });
    assert.deepEqual(said.session.properties, {});
    const why = { reason: 'signed_out', by: 'user' } as const;
    world.must({ type: 'end_part', ...AT, slot: child.slot, ...why });
    assert.equal(refusalOf(world.run(set({ c: '3' }, child.slot))), 'child_ended');
  });
});
