/** Owns the proof of the rows: numbers lead to people, and old rows are good. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ABSENT } from '../../stores/store.ts';
import { DirectoryRefusal } from '../directory.ts';
import { ADA, ADDRESS, check, DAY, rewrite, setUp } from './local.testing.ts';
import { numberOf } from './values.ts';

test('a person is found by their number, which no two of a realm share', async () => {
  const { directory, store } = setUp();
  const ada = await directory.add(ADA);
  assert.deepEqual(await directory.findByNumber('alpha', ada.number), ada);
  for (const number of [ada.number + 1, 0, -1, Number.NaN, 1.5, 2 ** 60]) {
    assert.equal(await directory.findByNumber('alpha', number), undefined);
  }
  assert.equal(await directory.findByNumber('beta', ada.number), undefined);
  const taken = numberOf('alpha', 'grace');
  const write = { saw: ABSENT, value: 'ada', indexes: { subject: null, due: null } };
  await store.commit([{ type: 'put', key: `number/alpha/${taken}`, ...write }]);
  const grace = { ...ADA, username: 'grace', email: 'grace@example.com' };
  await assert.rejects(directory.add(grace), DirectoryRefusal);
  assert.equal(await directory.find('alpha', 'grace'), undefined, 'nothing was written');
  assert.equal(await directory.resolve('alpha', 'grace@example.com'), undefined);
});

test('rows from before there were numbers and ages are read, and completed in use', async () => {
  for (const use of ['sign-in', 'new password'] as const) {
    const { directory, open, store, clock } = setUp();
    const { number } = await directory.add(ADA);
    await rewrite(store, 'ada', { passwordChangedAt: undefined });
    const key = `number/alpha/${number}`;
    const [pointer] = await store.read([key]);
    await store.commit([{ type: 'delete', key, saw: pointer?.version ?? ABSENT }]);
    clock.time += 1000 * DAY;
    const old = await directory.find('alpha', 'ada');
    assert.deepEqual([old?.number, old?.passwordChangedAt], [number, 0]);
    assert.equal(await directory.findByNumber('alpha', number), undefined);

    const later = open({ passwordAge: () => ({ maxMs: DAY, warnMs: 0 }) });
    const password = use === 'sign-in' ? ADA.password : 'a-second-password';
    if (use === 'new password') await later.setPassword('alpha', 'ada', password);
    const found = await later.authenticate('alpha', 'ada', password, ADDRESS);
    assert.ok(found.verdict === 'right', 'its age is not known, so it never ends');
    assert.equal(found.passwordEndsAt, use === 'sign-in' ? null : clock.time + DAY);
    assert.equal((await later.findByNumber('alpha', number))?.subject, 'ada');
    assert.ok(await later.authenticate('alpha', 'ada', password, ADDRESS));
  }
});

test('an old row whose number is somebody else’s goes on without one', async () => {
  const { directory, store } = setUp();
  const { number } = await directory.add(ADA);
  await rewrite(store, 'ada', { passwordChangedAt: undefined });
  assert.ok(await check(directory, 'ada', ADA.password));
  await directory.setPassword('alpha', 'ada', 'a-second-password');
  assert.ok(await check(directory, 'ada', 'a-second-password'));
  assert.equal((await directory.findByNumber('alpha', number))?.subject, 'ada');
});
