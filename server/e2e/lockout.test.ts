/**
 * Password guessing against the running program: locked at every door, for known and unknown names
 * alike, and open sessions live on.
 */

import { strict as assert } from 'node:assert';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { stringify } from 'yaml';
import { demo } from './configs.ts';
import { startProgram } from './program.ts';
import { json, openWire, type Wire } from './wire.ts';

const REALM = '/am/json/realms/root/realms/alpha';
const RIGHT = 'let-there-be-light-1';

async function authenticate(wire: Wire, username: string, password: string) {
  const answer = await wire.send({
    method: 'POST',
    path: `${REALM}/authenticate`,
    headers: { 'X-OpenAM-Username': username, 'X-OpenAM-Password': password },
  });
  const { message, tokenId } = JSON.parse(answer.body);
  return { status: answer.status, message, tokenId };
}

test('three wrong passwords lock a login at every door, and sign nobody out', async () => {
  const data = await mkdtemp(join(tmpdir(), 'lamplighter-lockout-'));
  const file = join(data, 'config.yaml');
  const config = demo();
  const alpha = { ...config.realms.alpha, lockout: { failures: 3, for: '10m' } };
  await writeFile(file, stringify({ ...config, realms: { alpha } }));
  const program = await startProgram({ data, config: file });
  const wire = openWire(program.base);
  try {
    const { tokenId } = await authenticate(wire, 'ada', RIGHT);
    for (const name of ['ada', 'nobody']) {
      for (let count = 0; count < 3; count++) {
        const wrong = await authenticate(wire, name, `wrong-${count}`);
        assert.deepEqual([wrong.status, wrong.message], [401, 'Login failure'], name);
      }
      const locked = await authenticate(wire, name, RIGHT);
      assert.deepEqual([locked.status, locked.message], [401, 'Your account has been locked.']);
    }
    const native = await wire.send({
      method: 'POST',
      path: '/lamplighter/v1/realms/alpha/sessions',
      ...json({ username: 'ada', password: RIGHT }),
    });
    assert.equal(native.status, 429);
    assert.ok(Number(native.headers['retry-after']) > 500);

    const headers = { iPlanetDirectoryPro: tokenId, 'Accept-API-Version': 'resource=4.0' };
    const path = `${REALM}/sessions?_action=refresh`;
    assert.equal((await wire.send({ method: 'POST', path, headers })).status, 200);
    assert.equal((await authenticate(wire, 'grace', 'keep-the-lamp-lit-2')).status, 200);
  } finally {
    wire.close();
    await program.stop();
    await rm(data, { recursive: true });
  }
});
