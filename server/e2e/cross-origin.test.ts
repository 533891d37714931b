/**
 * Browser clients of other origins, and realms by host, on the running program.
 */

import { strict as assert } from 'node:assert';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { stringify } from 'yaml';
import { demo } from './configs.ts';
import { startProgram } from './program.ts';
import { openWire, type Wire } from './wire.ts';

const APP = 'https://app.example';
const AUTHENTICATE = '/am/json/realms/root/realms/alpha/authenticate';

async function withConfig(config: object, work: (wire: Wire) => Promise<void>): Promise<void> {
  const data = await mkdtemp(join(tmpdir(), 'lamplighter-origin-'));
  const file = join(data, 'config.yaml');
  await writeFile(file, stringify(config));
  const program = await startProgram({ data, config: file });
  const wire = openWire(program.base);
  try {
    await work(wire);
  } finally {
    wire.close();
    await program.stop();
    await rm(data, { recursive: true });
  }
}

function preflight(wire: Wire, origin: string) {
  return wire.send({
    method: 'OPTIONS',
    path: AUTHENTICATE,
    headers: {
      Origin: origin,
      'Access-Control-Request-Method': 'POST',
      'Access-Control-Request-Headers': 'accept-api-version,content-type,x-openam-username',
    },
  });
}

test('a page of a listed origin may call with its cookies, any other may not', () =>
  withConfig({ ...demo(), cors: { origins: [APP] } }, async (wire) => {
    const asked = await preflight(wire, APP);
    assert.equal(asked.status, 204);
    assert.equal(asked.headers['access-control-allow-origin'], APP);
    assert.equal(asked.headers['access-control-allow-credentials'], 'true');
    assert.match(asked.headers['access-control-allow-headers'] ?? '', /x-openam-username/);
    const wrong = { Origin: APP, 'X-OpenAM-Username': 'ada', 'X-OpenAM-Password': 'wrong' };
    const answer = await wire.send({ method: 'POST', path: AUTHENTICATE, headers: wrong });
    assert.deepEqual([answer.status, answer.headers['access-control-allow-origin']], [401, APP]);

    for (const origin of ['https://app.example.evil', 'http://app.example', 'null']) {
      const refused = await preflight(wire, origin);
      assert.notEqual(refused.status, 204, origin);
      assert.equal(refused.headers['access-control-allow-origin'], undefined, origin);
    }
  }));

test('by default no page of another origin may call', () =>
  withConfig(demo(), async (wire) => {
    const refused = await preflight(wire, APP);
    assert.equal(refused.headers['access-control-allow-origin'], undefined);
    assert.ok(refused.status >= 400 && refused.status < 500);
  }));

test('two realms have a Zendesk each, by host', () => {
  const config = demo();
  const { alpha } = config.realms;
  const realms = { alpha, beta: { users: [{ username: 'bea', password: 'a-second-lamp-4' }] } };
  const zendesk = ['alpha', 'beta'].map((realm) => ({ realm, hosts: [`${realm}.example`] }));
  const dialects = { ...config.dialects, zendesk };
  return withConfig({ ...config, realms, dialects }, async (wire) => {
    const renew = async (host: string, login: string) => {
      const Authorization = `Basic ${Buffer.from(login).toString('base64')}`;
      const path = '/api/v2/users/me/session/renew.json';
      const { status } = await wire.send({
        method: 'GET',
        path,
        headers: { Host: host, Authorization },
      });
      return status;
    };
    assert.equal(await renew('alpha.example', 'ada:let-there-be-light-1'), 200);
    assert.equal(await renew('beta.example:8080', 'bea:a-second-lamp-4'), 200);
    assert.equal(await renew('beta.example', 'ada:let-there-be-light-1'), 401);
    assert.equal(await renew('gamma.example', 'ada:let-there-be-light-1'), 404);
  });
});
