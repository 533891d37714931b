/** The options of a realm about passwords, as the directory is given them. */

import assert from 'node:assert/strict';
import path from 'node:path';
import { test } from 'node:test';
import { errorLines } from './errors.ts';
import { loadConfig } from './load.ts';
import { lockoutOf, passwordAgeOf } from './realms.ts';

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;

function load(alpha: string) {
  const file = path.resolve('lamp.yaml');
  const environment = { logLevel: undefined };
  const text = `realms: { alpha: ${alpha}, beta: {} }\n`;
  return loadConfig({ file, text, dialectSchemas: {}, environment, flags: {} });
}

function loaded(alpha: string) {
  const outcome = load(alpha);
  return 'errors' in outcome ? assert.fail(errorLines(outcome)) : outcome;
}

test('a lockout is as the realm says, and by default as OWASP and NIST have it', () => {
  const usual = {
    failures: 50,
    failuresAnywhere: 100,
    withinMs: 15 * MINUTE,
    forMs: 15 * MINUTE,
  };
  const said = '{ lockout: { failures: 5, failures_anywhere: 0, within: 1h, for: 2m } }';
  const lockout = lockoutOf(loaded(said));
  assert.deepEqual(lockout('alpha'), {
    failures: 5,
    failuresAnywhere: 0,
    withinMs: 60 * MINUTE,
    forMs: 2 * MINUTE,
  });
  for (const realm of ['beta', 'nowhere', '__proto__']) assert.deepEqual(lockout(realm), usual);
  assert.deepEqual(lockoutOf(loaded('{ lockout: { failures: 0 } }'))('alpha'), {
    ...usual,
    failures: 0,
  });
});

test('passwords grow as old as they like, unless the realm says otherwise', () => {
  const age = passwordAgeOf(loaded('{ password: { max_age: 90d, warn_before: 14d } }'));
  assert.deepEqual(age('alpha'), { maxMs: 90 * DAY, warnMs: 14 * DAY });
  for (const realm of ['beta', 'nowhere', '__proto__']) {
    assert.deepEqual(age(realm), { maxMs: null, warnMs: 7 * DAY });
  }
});

test('what cannot be meant is refused', () => {
  for (const wrong of [
    '{ lockout: { failures: -1 } }',
    '{ lockout: { failures_anywhere: 1001 } }',
    '{ lockout: { within: 0s } }',
    '{ lockout: { for: 2d } }',
    '{ password: { max_age: 1s } }',
    '{ password: { max_age: none } }',
    '{ password: { warn: 7d } }',
  ]) {
    assert.ok('errors' in load(wrong), wrong);
  }
});
