/**
 * Signing in with a password, and what may happen meanwhile.
 */

import { strict as assert } from 'node:assert';
import { test } from 'node:test';
import type { Directory, Verdict } from '../directory/directory.ts';
import { DAY, GRANT, MINUTE } from '../sessions/sessions.testing.ts';
import { authenticate, signIn } from './sign-in.ts';
import { openWorld, type World } from './world.testing.ts';

const ask = { origin: 'native' };

function loginOf(world: World) {
  const { password } = world.people.ada;
  return { realm: 'alpha', login: 'ada', password, address: '192.0.2.1' };
}

/** The world's services, with something that happens before or after a password is checked. */
function during(world: World, change: Partial<Directory>) {
  return { ...world.services, directory: { ...world.services.directory, ...change } };
}

test('signs a person in', async () => {
  const world = await openWorld();
  const opened = await signIn(world.services, loginOf(world), { ...ask, grant: GRANT }, 'some');
  assert.ok('verdict' in opened && opened.verdict === 'right');
  assert.equal(opened.session.subject, 'ada');
  assert.equal(opened.session.origin, 'native');
  assert.deepEqual(opened.session.methods, ['pwd']);
  assert.equal(opened.person.email, 'ada@example.com');
  assert.deepEqual([opened.token?.kind, opened.token?.slot], ['some', 1]);
});

test('wrong password, unknown login, other realm: nobody, and nothing is written', async () => {
  const world = await openWorld({ realms: ['beta'] });
  const right = loginOf(world);
  for (const wrong of [
    { password: 'wrong' },
    { login: 'nobody' },
    { realm: 'beta' },
    { login: '' },
  ]) {
    const outcome = await signIn(world.services, { ...right, ...wrong }, ask);
    assert.deepEqual(outcome, { verdict: 'wrong', epoch: 0 });
  }
  assert.deepEqual(world.events, []);
});

test('an unknown login costs the same reads as a known one', async () => {
  const world = await openWorld();
  const count = async (login: string) => {
    let epochs = 0;
    const sessions = {
      ...world.services.sessions,
      epoch: async () => {
        epochs += 1;
        return 0;
      },
    };
    const services = { ...world.services, sessions };
    await authenticate(services, 'alpha', login, 'wrong', '192.0.2.1');
    return epochs;
  };
  assert.deepEqual([await count('ada'), await count('nobody')], [1, 1]);
});

test('signed out everywhere while the password is checked: not let in', async () => {
  const world = await openWorld();
  const { directory, sessions } = world.services;
  const why = { reason: 'password_changed', by: 'user' } as const;
  for (const isBefore of [true, false]) {
    const services = during(world, {
      async authenticate(...asked): Promise<Verdict> {
        if (isBefore) await sessions.endSubject('alpha', 'ada', why);
        const verdict = await directory.authenticate(...asked);
        if (!isBefore) await sessions.endSubject('alpha', 'ada', why);
        return verdict;
      },
    });
    assert.deepEqual(await signIn(services, loginOf(world), ask), { verdict: 'wrong' });
  }
  assert.ok('session' in (await signIn(world.services, loginOf(world), ask)));
});

test('a locked login and an expired password open nothing, and say which it was', async () => {
  const world = await openWorld({ lockout: { failures: 2 }, passwordAge: { maxMs: DAY } });
  const right = loginOf(world);
  const there = { ...right, address: '192.0.2.99' };
  for (let count = 0; count < 2; count++) {
    const outcome = await signIn(world.services, { ...there, password: 'wrong' }, ask);
    assert.ok('verdict' in outcome && outcome.verdict === 'wrong');
  }
  const locked = await signIn(world.services, there, ask);
  assert.ok('verdict' in locked && locked.verdict === 'locked');
  assert.equal(locked.until, world.clock.now() + 15 * MINUTE);
  assert.ok('session' in (await signIn(world.services, right, ask)), 'elsewhere it is not locked');

  world.clock.advance(DAY);
  const expired = await signIn(world.services, right, ask);
  assert.ok('verdict' in expired && expired.verdict === 'expired');
  assert.equal(expired.person.subject, 'ada');
  const opened = world.events.filter(({ event }) => event === 'session_opened');
  assert.equal(opened.length, 1);
});

test('hands on when the password ends, and the epoch', async () => {
  const world = await openWorld({ passwordAge: { maxMs: DAY, warnMs: DAY / 2 } });
  const changed = world.clock.now();
  const { realm, login, password, address } = loginOf(world);
  const found = await authenticate(world.services, realm, login, password, address);
  const { person: _, ...rest } = 'person' in found ? found : assert.fail(found.verdict);
  assert.deepEqual(rest, {
    verdict: 'right',
    epoch: 0,
    passwordEndsAt: changed + DAY,
    isPasswordEnding: false,
  });
  world.clock.advance(DAY / 2);
  const later = await signIn(world.services, loginOf(world), ask);
  assert.ok('session' in later && later.isPasswordEnding);
});

test('hands back what else the engine refuses', async () => {
  const world = await openWorld();
  const properties = Object.fromEntries(Array.from({ length: 99 }, (_, at) => [`p${at}`, 'x']));
  const refused = await signIn(world.services, loginOf(world), { ...ask, properties });
  assert.deepEqual(refused, { refused: 'limit_reached', limit: 'properties' });
});
