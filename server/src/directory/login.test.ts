/** Owns the proof that a login has one spelling. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { normaliseLogin } from './login.ts';

test('logins compare without regard to case, width, composition and white space', () => {
  for (const [typed, filed] of [
    [' Ada ', 'ada'],
    ['ADA@Example.COM', 'ada@example.com'],
    ['\u00a0ada\t', 'ada'],
    ['ＡＤＡ', 'ada'],
    ['Zoe\u0308', 'zo\u00eb'],
    ['ﬁona', 'fiona'],
    ['آدا', 'آدا'],
    ['\u0627\u0653\u062f\u0627', '\u0622\u062f\u0627'],
    ['ÅSA', 'åsa'],
    ['J\u030c', '\u01f0'], // composed in lower case only
    ['', ''],
  ] as const) {
    assert.equal(normaliseLogin(typed), filed);
  }
});

test('the normal spelling of a normal spelling is itself', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 60 }), (login) => {
      const once = normaliseLogin(login);
      if (once !== undefined) assert.equal(normaliseLogin(once), once);
    }),
    { numRuns: 500, examples: [['H\u0331'], ['İ\u0323'], ['\u1e9e'], ['¨'], ['Σ'], ['\ud800']] },
  );
});

test('a login that is too long is nobody’s', () => {
  assert.equal(normaliseLogin('a'.repeat(254))?.length, 254);
  assert.equal(normaliseLogin('a'.repeat(255)), undefined);
  assert.equal(normaliseLogin('ﷺ'.repeat(100)), undefined);
  assert.equal(normaliseLogin('a'.repeat(10_000_000)), undefined);
});
