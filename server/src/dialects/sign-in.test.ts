/**
 * Signing in with a password, and what may happen meanwhile.
 */

import { strict as assert } from 'node:assert';
import { test } from 'node:test';
import type { Directory, Person } from '../directory/directory.ts';
import { GRANT } from '../sessions/sessions.testing.ts';
import { authenticate, signIn } from './sign-in.ts';
import { openWorld, type World } from './world.testing.ts';

const ask = { origin: 'native' };

function loginOf(world: World) {
  return { realm: 'alpha', login: 'ada', password: world.people.ada.password };
}

/** The world's services, with something that happens before or after a password is checked. */
function during(world: World, change: Partial<Directory>) {
  return { ...world.services, directory: { ...world.services.directory, ...change } };
}

test('signs a person in', async () => {
  const world = await openWorld();
  const opened = await signIn(world.services, loginOf(world), { ...ask, grant: GRANT }, 'some');
  assert.ok(opened && !('refused' in opened));
  assert.equal(opened.session.subject, 'ada');
  assert.equal(opened.session.origin, 'native');
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
    assert.equal(await signIn(world.services, { ...right, ...wrong }, ask), undefined);
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
    await authenticate({ ...world.services, sessions }, 'alpha', login, 'wrong');
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
      async authenticate(realm, login, password): Promise<Person | undefined> {
        if (isBefore) await sessions.endSubject('alpha', 'ada', why);
        const person = await directory.authenticate(realm, login, password);
        if (!isBefore) await sessions.endSubject('alpha', 'ada', why);
        return person;
      },
    });
    assert.equal(await signIn(services, loginOf(world), ask), undefined);
  }
  assert.ok(await signIn(world.services, loginOf(world), ask));
});

test('hands back what else the engine refuses', async () => {
  const world = await openWorld();
  const properties = Object.fromEntries(Array.from({ length: 99 }, (_, at) => [`p${at}`, 'x']));
  const refused = await signIn(world.services, loginOf(world), { ...ask, properties });
  assert.deepEqual(refused, { refused: 'limit_reached', limit: 'properties' });
});
