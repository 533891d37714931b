/** Owns the proof of the values: limits on everything, and numbers for ever. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { DirectoryRefusal, type NewPerson } from '../directory.ts';
import { fitPassword, fitPerson, numberOf, passwordBytes } from './values.ts';

const ADA: NewPerson = { realm: 'alpha', username: 'ada', password: 'let-there-be-light-1' };

test('a password is bytes of its composed form, and none or too many are nobody’s', () => {
  assert.deepEqual(passwordBytes('pa\u0308ssword'), Buffer.from('p\u00e4ssword'));
  assert.deepEqual(passwordBytes(' Spaces count '), Buffer.from(' Spaces count '));
  assert.equal(passwordBytes(''), undefined);
  assert.equal(passwordBytes('a'.repeat(1024))?.length, 1024);
  assert.equal(passwordBytes('a'.repeat(1025)), undefined);
  assert.equal(passwordBytes('آ'.repeat(513)), undefined);
});

test('a chosen password has 8 to 1024 bytes, and is not shown when it has not', () => {
  assert.equal(fitPassword('12345678').length, 8);
  assert.equal(fitPassword('آدا!!').length, 8);
  assert.equal(fitPassword('a'.repeat(1024)).length, 1024);
  for (const password of ['', '1234567', 'آدا!', 'secret-'.repeat(147)]) {
    assert.throws(
      () => fitPassword(password),
      (error: unknown) =>
        error instanceof DirectoryRefusal && (password === '' || !String(error).includes(password)),
    );
  }
});

test('a person is known by the normal spelling, with what is missing filled in', () => {
  assert.deepEqual(fitPerson({ ...ADA, username: ' Ada ' }, 1234), {
    realm: 'alpha',
    subject: 'ada',
    username: 'ada',
    email: null,
    names: { en: 'Ada', ar: null },
    mobile: null,
    role: 'user',
    active: true,
    number: numberOf('alpha', 'ada'),
    passwordChangedAt: 1234,
  });
  const full = fitPerson(
    {
      ...ADA,
      email: 'Ada@Example.com',
      names: { en: ' Ada Lamp ', ar: 'آدا لامب' },
      mobile: '+962 7 9000 0000',
      role: 'administrator',
    },
    1234,
  );
  assert.equal(full.email, 'ada@example.com');
  assert.deepEqual(full.names, { en: 'Ada Lamp', ar: 'آدا لامب' });
  assert.equal(full.mobile, '+962 7 9000 0000');
  assert.equal(full.role, 'administrator');
  assert.ok(!JSON.stringify(full).includes(ADA.password));
});

test('unfit values are refused', () => {
  const unfit: Partial<NewPerson>[] = [
    { realm: '' },
    { realm: 'r'.repeat(129) },
    { username: '' },
    { username: ' \t ' },
    { username: 'a'.repeat(129) },
    { username: 'آ'.repeat(65) },
    { username: 'ada lamp' },
    { username: 'ada:lamp' },
    { username: 'ada\u0000' },
    { username: 'ada\u200b' },
    { username: 'ada\u202e' },
    { username: 'ada\ud800' },
    { email: '' },
    { email: 'ada' },
    { email: '@example.com' },
    { email: 'ada@' },
    { email: 'a@da@example.com' },
    { email: 'ada lamp@example.com' },
    { email: `${'a'.repeat(254)}@example.com` },
    { names: { en: '' } },
    { names: { en: 'Ada\nLamp' } },
    { names: { en: 'a'.repeat(257) } },
    { names: { en: 'Ada', ar: '\ud800' } },
    { mobile: '' },
    { mobile: 'call me' },
    { mobile: '9'.repeat(40) },
  ];
  for (const change of unfit) {
    assert.throws(
      () => fitPerson({ ...ADA, ...change }, 1234),
      DirectoryRefusal,
      JSON.stringify(change),
    );
  }
});

test('a number is the same for ever, and exact in JSON', () => {
  // The first 53 bits of SHA-256 of `["user","alpha","ada"]`, worked out elsewhere.
  assert.equal(numberOf('alpha', 'ada'), 8_955_574_906_635_928);
  assert.notEqual(numberOf('beta', 'ada'), numberOf('alpha', 'ada'));
  fc.assert(
    fc.property(fc.string(), fc.string(), (realm, subject) => {
      const number = numberOf(realm, subject);
      assert.ok(Number.isSafeInteger(number) && number > 0);
    }),
  );
});
