/**
 * Realms in paths: every form, and every way to be wrong.
 */

import { strict as assert } from 'node:assert';
import { test } from 'node:test';
import fc from 'fast-check';
import type { Route } from './dialect.ts';
import {
  type RealmNames,
  type RealmOutcome,
  readRealm,
  realmPaths,
  splitRealmPath,
} from './realm-paths.ts';
import { request } from './world.testing.ts';

const NAMES: RealmNames = { known: new Set(['alpha', 'beta']), top: 'beta' };
const NO_TOP: RealmNames = { ...NAMES, top: undefined };

/** What a request to `/json` comes to, once a route has been found for it. */
async function outcomeOf(path: string, names = NAMES): Promise<RealmOutcome> {
  const routes = ['/things', '/things/:id'].flatMap((resource) =>
    realmPaths('/json', resource).map(
      (path): Route => ({
        method: 'GET',
        path,
        name: 'thing',
        handle: async (wire) => ({
          status: 200,
          headers: {},
          body: JSON.stringify(readRealm(wire, names)),
        }),
      }),
    ),
  );
  return JSON.parse((await request(routes, { path: `/json${path}` })).body);
}

for (const [path, realm] of [
  ['/realms/root/realms/alpha/things', 'alpha'],
  ['/realms/ROOT/realms/alpha/things/7', 'alpha'],
  ['/realms/alpha/things', 'alpha'],
  ['/alpha/things', 'alpha'],
  ['/alpha/things/7', 'alpha'],
  ['/realms/root/things', 'beta'],
  ['/realms/Root/things/7', 'beta'],
  ['/realms/root/realms/root/things', 'beta'],
  ['/things', 'beta'],
  ['/things/', 'beta'],
  ['/things/7', 'beta'],
  ['/things?realm=/alpha', 'alpha'],
  ['/things?realm=alpha', 'alpha'],
  ['/beta/things?realm=/alpha', 'alpha'],
  ['/realms/root/realms/beta/things?realm=/alpha', 'alpha'],
  ['/alpha/things?realm=/', 'beta'],
  ['/alpha/things?realm=root', 'beta'],
  ['/alpha/things?realm=', 'alpha'],
  ['/realms/al%70ha/things', 'alpha'],
] as const) {
  test(`${path} is in ${realm}`, async () => {
    assert.deepEqual(await outcomeOf(path), { realm });
  });
}

for (const [path, fault, names = NAMES] of [
  ['/realms/nope/things', { fault: 'unknown_realm', name: 'nope' }],
  ['/realms/root/realms/nope/things', { fault: 'unknown_realm', name: 'nope' }],
  ['/realms/root/realms/Alpha/things', { fault: 'unknown_realm', name: 'Alpha' }],
  ['/realms/alpha/realms/beta/things', { fault: 'unknown_realm', name: 'beta' }],
  ['/realms/alpha/realms/root/things', { fault: 'unknown_realm', name: 'root' }],
  ['/realms/nope/realms/alpha/things', { fault: 'unknown_realm', name: 'nope' }],
  ['/realms/__proto__/things', { fault: 'unknown_realm', name: '__proto__' }],
  ['/nope/things', { fault: 'unknown_path' }],
  ['/realms/things', { fault: 'unknown_path' }],
  ['/alpha/things?realm=/nope', { fault: 'invalid_parameter', value: '/nope' }],
  ['/alpha/things?realm=/alpha/beta', { fault: 'invalid_parameter', value: '/alpha/beta' }],
  ['/things', { fault: 'unknown_realm', name: '/' }, NO_TOP],
  ['/realms/root/things', { fault: 'unknown_realm', name: '/' }, NO_TOP],
  ['/alpha/things?realm=/', { fault: 'invalid_parameter', value: '/' }, NO_TOP],
] as const) {
  test(`${path} is ${fault.fault}${names === NO_TOP ? ' without a top realm' : ''}`, async () => {
    assert.deepEqual(await outcomeOf(path, names), fault);
  });
}

for (const [path, outcome] of [
  ['realms/root/realms/alpha/other', { rest: 'other' }],
  ['realms/alpha/type1/node1', { rest: 'type1/node1' }],
  ['alpha/other', { rest: 'other' }],
  ['nope/other', { rest: 'nope/other' }],
  ['', { rest: '' }],
  ['realms', { rest: 'realms' }],
  ['realms/root/realms/a/realms/b/things', { fault: 'unknown_realm', name: 'a' }],
  ['realms/alpha/realms/b/other', { fault: 'unknown_realm', name: 'b' }],
  ['realms/%zz/other', { fault: 'unknown_realm', name: '%zz' }],
] as const) {
  test(`nothing is at ${path}`, () => {
    assert.deepEqual(splitRealmPath(path, NAMES), outcome);
  });
}

test('whatever a path says, its realm is one that there is', () => {
  const segment = fc.oneof(
    fc.constantFrom('realms', 'root', 'alpha', 'beta', '', '%', '..', 'constructor'),
    fc.string({ unit: 'binary', maxLength: 6 }),
  );
  fc.assert(
    fc.property(fc.array(segment, { maxLength: 8 }), segment, (segments, value) => {
      splitRealmPath(segments.join('/'), NAMES);
      const [parent, realm, legacy] = segments;
      const params = Object.fromEntries(
        Object.entries({ parent, realm, legacy }).filter(([, one]) => one !== undefined),
      ) as Record<string, string>;
      const query = new Map([['realm', [value]]]);
      const wire = { params, query } as unknown as Parameters<typeof readRealm>[0];
      const found = readRealm(wire, NAMES);
      if ('realm' in found) assert.ok(NAMES.known.has(found.realm));
    }),
  );
});
