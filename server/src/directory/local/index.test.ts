/** Owns the proof of the local directory: the port's promises, and that no password is kept. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Store } from '../../stores/store.ts';
import { DirectoryBusy, DirectoryRefusal, type NewPerson, type Person } from '../directory.ts';
import { argon2id, type PasswordHashing } from './hashing.ts';
import { ADA, ADDRESS, check, QUICK, rewrite, START, setUp } from './local.testing.ts';
import { numberOf } from './values.ts';

test('a person is found by user name, e-mail address and subject, in any case', async () => {
  const { directory } = setUp();
  const ada = await directory.add(ADA);
  assert.deepEqual(ada, {
    realm: 'alpha',
    subject: 'ada',
    username: 'ada',
    email: 'ada@example.com',
    names: { en: 'Ada Lamp', ar: 'آدا لامب' },
    mobile: '+962790000000',
    role: 'user',
    active: true,
    number: numberOf('alpha', 'ada'),
    passwordChangedAt: START,
  } satisfies Person);
  for (const login of ['ada', ' ADA ', 'ada@example.com', 'Ada@EXAMPLE.com']) {
    assert.deepEqual(await directory.resolve('alpha', login), ada);
    assert.deepEqual(await check(directory, login, ADA.password), ada);
  }
  assert.deepEqual(await directory.find('alpha', 'ada'), ada);
  for (const nobody of [
    '',
    'grace',
    'ada@',
    'ada/',
    'a'.repeat(1e6),
    '\ud800',
    '../ada',
    '%61da',
  ]) {
    assert.equal(await directory.resolve('alpha', nobody), undefined);
    assert.equal(await directory.find('alpha', nobody), undefined);
  }
  assert.equal(await directory.find('alpha', 'ada@example.com'), undefined);
  assert.equal(await directory.resolve('beta', 'ada'), undefined);
  assert.equal(await check(directory, 'ada', ADA.password, 'beta'), undefined);
});

test('a person is found by a mobile number that nobody else has, however it is set out', async () => {
  const { directory } = setUp();
  const ada = await directory.add(ADA);
  for (const login of ['+962790000000', '962 79 000 0000', '(962) 79-000.0000']) {
    assert.deepEqual(await directory.resolve('alpha', login), ada, login);
    assert.deepEqual(await check(directory, login, ADA.password), ada, login);
  }
  assert.equal(await directory.resolve('alpha', '+962790000001'), undefined);
  assert.equal(await directory.resolve('beta', '+962790000000'), undefined);

  const twin = { ...ADA, username: 'twin', email: null };
  await directory.add(twin);
  assert.equal(await directory.resolve('alpha', '+962790000000'), undefined, 'whose is it?');
  assert.equal((await directory.resolve('alpha', 'twin'))?.subject, 'twin');
  await directory.add({ ...ADA, username: '962790000000', email: null, mobile: null });
  const named = await directory.resolve('alpha', '962790000000');
  assert.equal(named?.username, '962790000000', 'a user name comes first');
});

test('one verification in every case, and one answer in every case but one', async () => {
  const { directory, store, verified } = setUp();
  await directory.add(ADA);
  await directory.add({ ...ADA, username: 'gone', email: null });
  await rewrite(store, 'gone', { active: false });
  const { dummy } = argon2id(QUICK);
  const long = 'x'.repeat(5_000);

  const cases: [login: string, password: string, known: boolean, answer: string | undefined][] = [
    ['ada', ADA.password, true, 'ada'],
    ['ada@example.com', ADA.password, true, 'ada'],
    ['ada', 'wrong-password', true, undefined],
    ['ada', '', true, undefined],
    ['ada', long, true, undefined],
    ['ada', `${ADA.password} `, true, undefined],
    ['gone', ADA.password, true, undefined],
    ['gone', 'wrong-password', true, undefined],
    ['nobody', ADA.password, false, undefined],
    ['nobody', '', false, undefined],
    ['nobody', long, false, undefined],
    ['nobody@example.com', ADA.password, false, undefined],
    [long, ADA.password, false, undefined],
    ['\ud800', '\udfff', false, undefined],
  ];
  for (const [login, password, known, answer] of cases) {
    verified.length = 0;
    const found = await check(directory, login, password);
    assert.equal(found?.subject, answer, login.slice(0, 20));
    assert.equal(verified.length, 1);
    assert.equal(verified[0] !== dummy, known);
  }
  assert.equal((await directory.find('alpha', 'gone'))?.active, false);
});

test('names of another person are refused, whichever way they meet', async () => {
  const { directory } = setUp();
  await directory.add(ADA);
  await directory.add({ ...ADA, username: 'g@example.com', email: null });
  for (const [username, email] of [
    ['ada', null],
    ['ADA', 'other@example.com'],
    ['other', 'ADA@example.com'],
    ['ada@example.com', null],
    ['other', 'g@example.com'],
  ] as const) {
    await assert.rejects(directory.add({ ...ADA, username, email }), DirectoryRefusal);
    assert.equal(await directory.resolve('alpha', 'other'), undefined);
    assert.equal(await directory.resolve('alpha', 'other@example.com'), undefined);
  }
  const same = { ...ADA, username: 'h@example.com', email: 'H@example.com' };
  assert.equal((await directory.add(same)).email, 'h@example.com');
  assert.equal((await directory.add({ ...ADA, realm: 'beta' })).realm, 'beta');
});

test('no realm and login can be mistaken for another pair', async () => {
  const { directory } = setUp();
  const pairs = [
    ['a', 'b/c'],
    ['a/b', 'c'],
    ['a%2Fb', 'c'],
    ['a', 'b%2fc'],
    ['a/b/c', 'd'],
    ['آ', 'آدا'],
  ] as const;
  for (const [realm, username] of pairs) {
    await directory.add({ ...ADA, realm, username, email: null });
  }
  for (const [realm, username] of pairs) {
    const person = await directory.resolve(realm, username);
    assert.deepEqual([person?.realm, person?.username], [realm, username]);
  }
});

test('of twenty who add one login at once, one does', async () => {
  for (const change of [
    (id: number) => ({ mobile: `+96279000000${id}` }),
    (id: number) => ({ username: `ada${id}` }),
  ]) {
    const { directory } = setUp();
    const adding = Array.from({ length: 20 }, (_, id) => directory.add({ ...ADA, ...change(id) }));
    const results = await Promise.allSettled(adding);
    const added = results.filter((result) => result.status === 'fulfilled');
    assert.equal(added.length, 1);
    assert.deepEqual(await directory.resolve('alpha', ADA.email), added[0]?.value);
    for (const result of results) {
      if (result.status === 'rejected') assert.ok(result.reason instanceof DirectoryRefusal);
    }
  }
});

test('a changed password is the only one, at once', async () => {
  const { directory } = setUp();
  await directory.add(ADA);
  await directory.setPassword('alpha', 'ada', 'a-second-password');
  assert.equal(await check(directory, 'ada', ADA.password), undefined);
  const ada = await check(directory, 'ada', 'a-second-password');
  assert.deepEqual(ada, await directory.find('alpha', 'ada'));
  await assert.rejects(directory.setPassword('alpha', 'ada', 'short'), DirectoryRefusal);
  await assert.rejects(directory.setPassword('alpha', 'eve', 'long-enough'), DirectoryRefusal);
  await assert.rejects(directory.setPassword('beta', 'ada', 'long-enough'), DirectoryRefusal);
});

test('a sign-in renews a hash of other parameters, and a failed one does not', async () => {
  const { directory, open, written, hashes } = setUp();
  await directory.add(ADA);
  const now = argon2id({ ...QUICK, passes: 2 });
  const later = open({ hashing: now });
  const writes = written.length;
  assert.equal(await check(later, 'ada', 'wrong-password'), undefined);
  assert.equal(written.length, writes);
  for (let round = 0; round < 2; round++) {
    assert.ok(await check(later, 'ada', ADA.password));
    assert.equal(written.length, writes + 1, 'renewed once');
  }
  const last = written.at(-1);
  assert.ok(last?.type === 'put');
  assert.equal(now.isOutdated(JSON.parse(last.value).hashed), false);
  assert.equal(hashes(), 1);
});

test('a renewed hash never undoes a change of password', async () => {
  const { directory, open } = setUp();
  await directory.add(ADA);
  const real = argon2id({ ...QUICK, passes: 2 });
  const later = open({
    hashing: {
      ...real,
      async hash(password) {
        await directory.setPassword('alpha', 'ada', 'a-second-password');
        return real.hash(password);
      },
    },
  });
  assert.ok(await check(later, 'ada', ADA.password), 'it was right when it was read');
  assert.equal(await check(directory, 'ada', ADA.password), undefined);
  assert.ok(await check(directory, 'ada', 'a-second-password'));
});

test('a change of password wins over writes that come between', async () => {
  const { directory: plain, open, store } = setUp();
  await plain.add(ADA);
  let between = 3;
  const contended: Store = {
    ...store,
    async commit(writes) {
      if (between-- > 0) await plain.setPassword('alpha', 'ada', `password-between-${between}`);
      return store.commit(writes);
    },
  };
  await open({ store: contended }).setPassword('alpha', 'ada', 'the-last-one');
  assert.ok(await check(plain, 'ada', 'the-last-one'));
});

test('so many hashes at once, so many waiting, and then it is busy', async () => {
  const real = argon2id(QUICK);
  let running = 0;
  let most = 0;
  const counted = async <Result>(work: Promise<Result>) => {
    most = Math.max(most, ++running);
    return work.finally(() => running--);
  };
  const hashing: PasswordHashing = {
    ...real,
    hash: (password) => counted(real.hash(password)),
    verify: (hashed, password) => counted(real.verify(hashed, password)),
  };
  const { directory } = setUp({ hashing });
  await directory.add(ADA);
  const checks = Array.from({ length: 300 }, () => check(directory, 'ada', ADA.password));
  const results = await Promise.allSettled(checks);
  assert.equal(results.filter((result) => result.status === 'fulfilled').length, 259);
  for (const result of results) {
    if (result.status === 'rejected') assert.ok(result.reason instanceof DirectoryBusy);
  }
  assert.equal(most, 3);
  assert.ok(await check(directory, 'ada', ADA.password), 'and then free again');
});

test('a seed adds who is missing, and leaves who is there', async () => {
  const { directory, hashes, open } = setUp();
  const people = Array.from({ length: 400 }, (_, id): NewPerson => {
    return { ...ADA, username: `user${id}`, email: `user${id}@example.com` };
  });
  await directory.seed(people.slice(0, 390));
  await directory.setPassword('alpha', 'user0', 'a-second-password');
  assert.equal(hashes(), 391);
  await Promise.all([directory.seed(people), open().seed(people)]);
  await directory.seed(people);
  for (const { username } of people) {
    const password = username === 'user0' ? 'a-second-password' : ADA.password;
    assert.equal((await check(directory, username, password))?.username, username);
  }
  assert.ok(hashes() <= 411);

  await assert.rejects(
    directory.seed([{ ...ADA, username: 'eve', email: 'user1@example.com' }]),
    DirectoryRefusal,
  );
  await assert.rejects(directory.seed([{ ...ADA, password: 'short' }]), DirectoryRefusal);
  await directory.seed([]);
});

test('nothing that is written or answered holds a password, and no person a hash', async () => {
  const { directory, written } = setUp();
  const passwords = [ADA.password, 'a-second-password'];
  const answers = [
    await directory.add(ADA),
    await directory.setPassword('alpha', 'ada', 'a-second-password'),
    await directory.resolve('alpha', 'ada'),
    await directory.find('alpha', 'ada'),
    await check(directory, 'ada', 'a-second-password'),
  ];
  const stored = JSON.stringify(written);
  assert.ok(stored.includes('$argon2id$'));
  assert.ok(!JSON.stringify(answers).includes('argon2'));
  for (const password of passwords) {
    for (const encoding of ['utf8', 'hex', 'base64', 'base64url'] as const) {
      const text = Buffer.from(password).toString(encoding);
      assert.ok(!stored.includes(text));
      assert.ok(!JSON.stringify(answers).includes(text));
    }
  }
});

test('a flood from one address delays nobody at another by more than a few hashes', async () => {
  const { directory, verified } = setUp({ hashesAtOnce: 3 });
  await directory.add(ADA);
  const junk = Array.from({ length: 300 }, (_, at) =>
    directory.authenticate('alpha', `nobody${at}`, 'wrong-password', `2001:db8::${at}`),
  );
  const flood = Promise.allSettled(junk);
  await new Promise((resolve) => setImmediate(resolve));
  const before = verified.length;
  assert.ok(await check(directory, 'ada', ADA.password));
  const own = verified.findLastIndex((hashed) => hashed !== argon2id(QUICK).dummy);
  assert.ok(own - before <= 6, `${own - before} hashes came first`);
  assert.ok(verified.length < 50, 'the flood is not over yet');
  const refused = (await flood).filter((result) => result.status === 'rejected');
  assert.ok(refused.length >= 41 && refused.length <= 45, `${refused.length} were turned away`);
});

test('changes wait beside the checks, not behind them', async () => {
  const { directory, verified } = setUp({ hashesAtOnce: 1 });
  await directory.add(ADA);
  const flood = Promise.allSettled(
    Array.from({ length: 100 }, () =>
      directory.authenticate('alpha', 'nobody', 'wrong-password', ADDRESS),
    ),
  );
  await new Promise((resolve) => setImmediate(resolve));
  const before = verified.length;
  await directory.setPassword('alpha', 'ada', 'a-second-password');
  assert.ok(verified.length - before < 20, `${verified.length - before} checks came first`);
  await flood;
});
