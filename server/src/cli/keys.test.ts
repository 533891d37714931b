/** `keys list` and `keys rotate`: for administrators, live, and without a key in sight. */

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { MINUTE } from '../sessions/sessions.testing.ts';
import { openStage } from './cli.testing.ts';

describe('keys', () => {
  test('are listed and rotated', async (context) => {
    const { world, run } = await openStage(context);
    const { keyring } = world.services;
    const before = keyring.list();
    world.clock.advance(5 * MINUTE);
    const mac = await run(['keys', 'rotate', 'mac']);
    assert.deepEqual(mac, { code: 0, out: 'The current mac key is now 1 (HS256).\n', err: '' });
    const signing = JSON.parse((await run(['keys', 'rotate', 'signing', '--json'])).out);
    assert.equal(signing.purpose, 'signing');
    assert.equal(keyring.currentMacKey(), 1);
    world.clock.advance(3000);
    const old = before.find(({ purpose }) => purpose === 'signing')?.id;
    const { code, out } = await run(['keys', 'list']);
    assert.equal(code, 0);
    assert.equal(
      out,
      `PURPOSE  FOR    STATE      AGE    KEY
mac      HS256  verifying  5 min  0
mac      HS256  current    3 s    1
signing  ES256  verifying  5 min  ${old}
signing  ES256  current    3 s    ${signing.id}
`,
    );
    for (const line of out.split('\n')) assert.ok(line.length <= 80, line);
    assert.equal(JSON.parse((await run(['keys', 'list', '--json'])).out).keys.length, 4);
  });

  test('are of one of two purposes', async (context) => {
    const { requests, run } = await openStage(context);
    const odd = await run(['keys', 'rotate', 'sining']);
    assert.equal(odd.code, 2);
    assert.match(odd.err, /keys rotate needs mac or signing, did you mean signing\?\n$/);
    assert.deepEqual(requests, []);
  });

  test('are for the administrators of the operators’ realm', async (context) => {
    const stage = await openStage(context, { realms: ['beta'] });
    const { code, err } = await stage.run(['keys', 'list'], { as: 'ada' });
    assert.equal(code, 1);
    assert.match(err, /ada is not an administrator of realm alpha; sign in as one with --user\n$/);
    const password = 'a-lamp-in-beta-4';
    const person = { realm: 'beta', username: 'root', password, role: 'administrator' } as const;
    await stage.world.services.directory.add(person);
    const environment = { LAMPLIGHTER_PASSWORD: password };
    const elsewhere = await stage.run(['keys', 'list', '--realm', 'beta'], { environment });
    assert.equal(elsewhere.code, 1);
    assert.match(
      elsewhere.err,
      /realm beta is not the one whose administrators look after the keys/,
    );
  });

  test('that are all in use are not rotated', async (context) => {
    const { run } = await openStage(context);
    const codes: number[] = [];
    let said = '';
    for (let count = 0; count < 8; count++) {
      const { code, err } = await run(['keys', 'rotate', 'mac']);
      codes.push(code);
      said = err;
    }
    assert.deepEqual(codes, [0, 0, 0, 0, 0, 0, 0, 1]);
    assert.match(said, /^lamplighter: .+\n$/);
  });
});
