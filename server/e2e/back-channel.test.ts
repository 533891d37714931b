/**
 * Back-channel logout, end to end: a receiver that is down for the first two tries, and a server
 * that is killed in between.
 */

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { it } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import { createRemoteJWKSet, decodeJwt, jwtVerify } from 'jose';
import { stringify } from 'yaml';
import { demo } from './configs.ts';
import { type Program, startProgram } from './program.ts';
import { forgerock, must, ROOT } from './vendors.ts';
import { form, json, openWire, type Wire } from './wire.ts';

const REDIRECT = 'http://127.0.0.1:9999/callback';
const REALM = '/am/oauth2/realms/root/realms/alpha';
const NATIVE = '/lamplighter/v1/realms/alpha/sessions';
const CLIENT = { client_id: 'told', client_secret: 'a-secret-of-more-than-32-characters' };

/** Ten seconds to the second try, twenty more to the third, and time for a slow machine. */
const PATIENCE_MS = 60_000;

/** Notes every form that is posted to it, and answers with the next status. */
async function listen(port: number, statuses: number[], posted: string[]): Promise<Server> {
  const server = createServer((request, response) => {
    let body = '';
    request.setEncoding('utf8').on('data', (text: string) => {
      body += text;
    });
    request.on('end', () => {
      posted.push(body);
      response.writeHead(statuses.shift() ?? 200).end();
    });
  });
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  return server;
}

async function close(server: Server): Promise<void> {
  server.close();
  server.closeAllConnections();
  await once(server, 'close');
}

/** The ID token of somebody who has signed in and come to the client. */
async function idToken(wire: Wire): Promise<string> {
  const { tokenId } = await forgerock.open(wire);
  const query = new URLSearchParams({
    ...{ response_type: 'code', client_id: CLIENT.client_id, redirect_uri: REDIRECT },
    scope: 'openid',
  });
  const headers = { iPlanetDirectoryPro: tokenId ?? '' };
  const path = `${REALM}/authorize?${query}`;
  const { headers: sent } = await must(wire, { method: 'GET', path, headers }, 302);
  const code = new URL(sent.location ?? '').searchParams.get('code') ?? '';
  const ask = { grant_type: 'authorization_code', code, redirect_uri: REDIRECT, ...CLIENT };
  const exchange = { method: 'POST', path: `${REALM}/access_token`, ...form(ask) };
  return JSON.parse((await must(wire, exchange)).body).id_token;
}

interface Receipt {
  readonly state: string;
  readonly attempts: number;
  readonly fault: string | null;
}

/** The receipt that an administrator sees, once it is as it should be. */
async function receiptThat(
  wire: Wire,
  sid: string,
  isRight: (receipt: Receipt) => boolean,
): Promise<Receipt> {
  const signedIn = await must(wire, { method: 'POST', path: NATIVE, ...json(ROOT) }, 201);
  const headers = { Authorization: `Bearer ${JSON.parse(signedIn.body).token}` };
  const until = performance.now() + PATIENCE_MS;
  for (;;) {
    const { body } = await must(wire, { method: 'GET', path: `${NATIVE}/${sid}/why`, headers });
    const [receipt] = JSON.parse(body).notices;
    if (isRight(receipt)) return receipt;
    assert.ok(performance.now() < until, JSON.stringify(receipt));
    await wait(200);
  }
}

it('a receiver hears of a logout, though it was down and the server was killed', async () => {
  const data = mkdtempSync(join(tmpdir(), 'lamplighter-told-'));
  const statuses = [503, 200];
  const posted: string[] = [];
  let receiver = await listen(0, [], posted);
  const { port } = receiver.address() as AddressInfo;
  await close(receiver);
  const options = demo();
  const client = {
    ...CLIENT,
    realm: 'alpha',
    redirect_uris: [REDIRECT],
    scopes: ['openid'],
    implied_consent: true,
    backchannel_logout_uri: `http://127.0.0.1:${port}/out`,
  };
  options.dialects.oauth = { clients: [client], base_url: 'http://127.0.0.1:8080' };
  const file = join(data, 'config.yaml');
  writeFileSync(file, stringify({ ...options, sweep: '100ms' }));
  const start = () => startProgram({ data: join(data, 'data'), config: file });

  let program: Program = await start();
  let wire = openWire(program.base);
  const hint = await idToken(wire);
  const { sid = '' } = decodeJwt<{ sid: string }>(hint);
  const out = `${REALM}/connect/endSession?id_token_hint=${hint}`;
  await must(wire, { method: 'GET', path: out }, 204);
  const refused = await receiptThat(wire, sid, ({ fault }) => fault !== null);
  assert.deepEqual([refused.state, refused.attempts, refused.fault], ['due', 1, 'ECONNREFUSED']);
  wire.close();
  await program.kill();

  receiver = await listen(port, statuses, posted);
  program = await start();
  wire = openWire(program.base);
  const told = await receiptThat(wire, sid, ({ state }) => state === 'delivered');
  assert.deepEqual([told.attempts, told.fault], [3, null]);
  const tokens = posted.map((body) => new URLSearchParams(body).get('logout_token') ?? '');
  assert.equal(tokens.length, 2, 'one that was answered 503, and the last');
  const keys = createRemoteJWKSet(new URL(`${program.base}${REALM}/connect/jwk_uri`));
  const { payload } = await jwtVerify(tokens[1] ?? '', keys, {
    issuer: `http://127.0.0.1:8080${REALM}`,
    audience: CLIENT.client_id,
    typ: 'logout+jwt',
    requiredClaims: ['iat', 'exp', 'jti', 'sub', 'sid', 'events'],
  });
  assert.equal(payload.sid, sid);
  assert.equal(payload.nonce, undefined);
  assert.deepEqual(payload.events, { 'http://schemas.openid.net/event/backchannel-logout': {} });
  assert.equal(decodeJwt(tokens[0] ?? '').jti, payload.jti, 'it can tell that it is the same');
  wire.close();
  await program.stop();
  await close(receiver);
  rmSync(data, { recursive: true, force: true });
});
