/**
 * Theft: spent tokens end the grant and the reason is told; forgeries change nothing.
 */

import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import { runCli } from './cli.ts';
import { shortCaps } from './configs.ts';
import { type Program, startProgram } from './program.ts';
import { type Held, must, native, oauth, Refused, ROOT, WEB } from './vendors.ts';
import { form, json, openWire, type Wire } from './wire.ts';

const SESSIONS = '/lamplighter/v1/realms/alpha/sessions';

describe('a stolen refresh token', () => {
  const folder = mkdtempSync(join(tmpdir(), 'lamplighter-theft-'));
  let program: Program;
  let wire: Wire;

  before(async () => {
    const config = join(folder, 'short-caps.yaml');
    writeFileSync(config, shortCaps());
    program = await startProgram({ data: join(folder, 'data'), config });
    wire = openWire(program.base);
  });

  after(async () => {
    wire.close();
    await program.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  /** The session behind an OAuth client's tokens, with its grants, as an administrator sees it. */
  async function why(held: Held) {
    const [, claims = ''] = (held.access_token ?? '').split('.');
    const { sid } = JSON.parse(Buffer.from(claims, 'base64url').toString());
    const signedIn = await must(wire, { method: 'POST', path: SESSIONS, ...json(ROOT) }, 201);
    const headers = { Authorization: `Bearer ${JSON.parse(signedIn.body).token}` };
    const told = await must(wire, { method: 'GET', path: `${SESSIONS}/${sid}/why`, headers });
    return { sid: String(sid), told: JSON.parse(told.body) };
  }

  async function refusal(held: Held) {
    const error = await oauth.renew(wire, held).then(
      () => assert.fail('it was renewed'),
      (thrown: unknown) => thrown,
    );
    assert.ok(error instanceof Refused);
    assert.equal(error.answer.status, 400);
    return JSON.parse(error.answer.body);
  }

  async function assertGrantEnded(held: Held, newest: Held) {
    const { error, error_uri } = await refusal(held);
    assert.equal(error, 'invalid_grant');
    assert.equal((await refusal(newest)).error, 'invalid_grant', 'the newest is dead too');
    const { sid, told } = await why(held);
    const whyPath = `/lamplighter/v1/realms/alpha/sessions/${sid}/why`;
    assert.equal(error_uri, `${program.base}${whyPath}`);
    const stranger = await wire.send({ method: 'GET', path: whyPath });
    assert.equal(stranger.status, 401, 'to its owner alone');
    assert.equal(told.alive, true, 'the sign-in lives on');
    assert.equal(told.grants[0].end.reason, 'token_replayed');
    assert.ok(told.history.some((note: { what: string }) => note.what === 'token_replayed'));
    const cli = await runCli(program.base, ['why', sid]);
    assert.equal(cli.code, 0, cli.stderr);
    assert.match(cli.stdout, /spent token was used again/);
  }

  it('two generations old ends the grant', async () => {
    const first = await oauth.open(wire);
    const second = await oauth.renew(wire, first);
    const third = await oauth.renew(wire, second);
    await assertGrantEnded(first, third);
  });

  it('one generation old ends the grant once the cap has passed', async () => {
    const first = await oauth.open(wire);
    const second = await oauth.renew(wire, first);
    assert.equal((await oauth.renew(wire, first)).refresh_token, second.refresh_token);
    await wait(2100);
    await assertGrantEnded(first, second);
  });

  it('one generation old ends the grant once the successor was used', async () => {
    const first = await oauth.open(wire);
    const second = await oauth.renew(wire, first);
    const third = await oauth.renew(wire, second);
    await assertGrantEnded(first, third);
  });

  it('one generation old ends the grant once its access token was seen', async () => {
    const first = await oauth.open(wire);
    const second = await oauth.renew(wire, first);
    const path = '/am/oauth2/realms/root/realms/alpha/introspect';
    const ask = form({ token: second.access_token ?? '', ...WEB });
    const told = await must(wire, { method: 'POST', path, ...ask });
    assert.equal(JSON.parse(told.body).active, true);
    await assertGrantEnded(first, second);
  });

  it('that is forged or mangled changes nothing', async () => {
    const held = await oauth.open(wire);
    const before = await why(held);
    const token = held.refresh_token ?? '';
    for (let at = 0; at < token.length; at += 3) {
      const letter = token[at] === 'A' ? 'B' : 'A';
      const refresh_token = token.slice(0, at) + letter + token.slice(at + 1);
      assert.equal((await refusal({ ...held, refresh_token })).error, 'invalid_grant');
    }
    const afterwards = await why(held);
    assert.deepEqual(afterwards.told, before.told);
    await oauth.renew(wire, held);
  });

  it('in a call whose client could not prove itself was not used', async () => {
    const first = await oauth.open(wire);
    const second = await oauth.renew(wire, first);
    await oauth.renew(wire, second);
    const path = '/am/oauth2/realms/root/realms/alpha/access_token';
    const body = new URLSearchParams({
      grant_type: 'refresh_token',
      refresh_token: first.refresh_token ?? '',
      client_id: 'demo-web',
      client_secret: 'guessed',
    }).toString();
    const headers = { 'Content-Type': 'application/x-www-form-urlencoded' };
    await must(wire, { method: 'POST', path, headers, body }, 401);
    assert.equal((await why(first)).told.grants[0].end, null);
  });

  it('of a session is told why it died, when it is shown again', async () => {
    const { token = '' } = await native.open(wire);
    await native.end(wire, { token });
    const headers = { Authorization: `Bearer ${token}` };
    const path = `${SESSIONS}/current/why`;
    const { body } = await must(wire, { method: 'GET', path, headers });
    assert.equal(JSON.parse(body).end.reason, 'signed_out');
  });
});
