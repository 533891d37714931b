/**
 * A session that is ended anywhere is over for applications at once: refresh, introspection,
 * userinfo and token info refuse, for signed and for opaque tokens, offline grants included.
 */

import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { stringify } from 'yaml';
import { demo } from './configs.ts';
import { type Program, startProgram } from './program.ts';
import {
  ADA,
  forgerock,
  type Held,
  must,
  oauth,
  oauthTokens,
  ROOT,
  VENDORS,
  WEB,
} from './vendors.ts';
import { type Answer, form, json, openWire, type Wire } from './wire.ts';

const OAUTH = '/am/oauth2/realms/root/realms/alpha';
const REALM = '/lamplighter/v1/realms/alpha';
const SESSIONS = `${REALM}/sessions`;
const SCOPES = ['openid edit', 'openid edit offline_access'];

/** Ends the session of what an application holds. */
interface End {
  readonly by: string;
  readonly reason: RegExp;
  end(held: Held): Promise<unknown>;
}

for (const format of ['jwt', 'opaque']) {
  describe(`a session ended anywhere, with tokens of the format ${format}`, () => {
    const folder = mkdtempSync(join(tmpdir(), 'lamplighter-ended-'));
    let program: Program;
    let wire: Wire;

    before(async () => {
      const config = demo();
      const { clients } = config.dialects.oauth as { clients: object[] };
      config.dialects.oauth = {
        clients: clients.map((client) => ({ ...client, access_token_format: format })),
      };
      const file = join(folder, 'config.yaml');
      writeFileSync(file, stringify(config));
      program = await startProgram({ data: join(folder, 'data'), config: file });
      wire = openWire(program.base);
    });

    after(async () => {
      wire.close();
      await program.stop();
      rmSync(folder, { recursive: true, force: true });
    });

    const asRoot = async () => {
      const signedIn = await must(wire, { method: 'POST', path: SESSIONS, ...json(ROOT) }, 201);
      return { Authorization: `Bearer ${JSON.parse(signedIn.body).token}` };
    };

    const ends: readonly End[] = [
      ...VENDORS.map((vendor) => ({
        by: vendor.name,
        reason: /signed_out|ended_by/,
        async end(held: Held) {
          const own = vendor === oauth ? held : await vendor.adopt(wire, forgerock.key(held));
          // Some doors hand out what a sign-out needs with the first renewal alone.
          await vendor.end(wire, vendor === oauth ? own : await vendor.renew(wire, own));
        },
      })),
      {
        by: 'an administrator',
        reason: /ended_by_administrator/,
        end: async ({ sid }) =>
          must(wire, { method: 'DELETE', path: `${SESSIONS}/${sid}`, headers: await asRoot() }),
      },
      {
        by: 'an end of all that the person has',
        reason: /ended_by_administrator/,
        async end() {
          const path = `${SESSIONS}?subject=${ADA.username}`;
          await must(wire, { method: 'DELETE', path, headers: await asRoot() });
        },
      },
      {
        by: 'a new password',
        reason: /password_changed/,
        async end() {
          const { headers, body } = json({ password: ADA.password });
          const path = `${REALM}/users/${ADA.username}/password`;
          const root = await asRoot();
          await must(wire, { method: 'PUT', path, headers: { ...headers, ...root }, body });
        },
      },
    ];

    /** Two grants on one sign-in, the second offline. */
    async function openApps() {
      const held = await forgerock.open(wire);
      const apps: Held[] = [];
      for (const scope of SCOPES) {
        const tokens = await oauthTokens(wire, held.tokenId ?? '', scope);
        const [, claims = ''] = (tokens.id_token ?? '').split('.');
        const { sid } = JSON.parse(Buffer.from(claims, 'base64url').toString());
        apps.push({ ...held, ...tokens, sid });
      }
      return apps;
    }

    const call = (path: string, fields: Record<string, string>) =>
      wire.send({ method: 'POST', path: OAUTH + path, ...form({ ...fields, ...WEB }) });
    const refresh = (refresh_token = '') =>
      call('/access_token', { grant_type: 'refresh_token', refresh_token });
    const introspect = async (token = '') =>
      JSON.parse((await call('/introspect', { token })).body);
    const show = (path: string, token = '') =>
      wire.send({ method: 'GET', path, headers: { Authorization: `Bearer ${token}` } });

    async function assertGood({ access_token, refresh_token }: Held) {
      assert.equal((await show(`${OAUTH}/userinfo`, access_token)).status, 200);
      assert.equal((await show(`${OAUTH}/tokeninfo`, access_token)).status, 200);
      assert.equal((await introspect(access_token)).active, true);
      assert.equal((await introspect(refresh_token)).active, true);
    }

    async function assertOver({ access_token, refresh_token }: Held, reason: RegExp) {
      const [renewed, person, info, access, token] = await Promise.all([
        refresh(refresh_token),
        show(`${OAUTH}/userinfo`, access_token),
        show(`${OAUTH}/tokeninfo`, access_token),
        introspect(access_token),
        introspect(refresh_token),
      ]);
      assertError(renewed, 400, 'invalid_grant', reason);
      assertError(person, 401, 'invalid_token', reason);
      assert.match(person.headers['www-authenticate'] ?? '', /^Bearer .*error="invalid_token"/);
      assertError(info, 401, 'invalid_token', reason);
      assert.deepEqual([access, token], [{ active: false }, { active: false }]);
    }

    for (const { by, reason, end } of ends) {
      it(`by ${by}: nothing of its applications is good any more`, async () => {
        const apps = await openApps();
        const [first] = apps;
        assert.ok(first);
        for (const app of apps) await assertGood(app);
        await end(first);
        for (const app of apps) await assertOver(app, reason);
      });
    }

    it('while it is being renewed: whatever came of that is over as well', async () => {
      for (let round = 0; round < 5; round++) {
        const apps = await openApps();
        const [first] = apps;
        assert.ok(first);
        const renewals = apps.flatMap((app) =>
          Array.from({ length: 20 }, () => refresh(app.refresh_token)),
        );
        const path = `${SESSIONS}/${first.sid}`;
        await must(wire, { method: 'DELETE', path, headers: await asRoot() });
        for (const { status, body } of await Promise.all(renewals)) {
          assert.ok(status === 200 || status === 400, body);
          if (status === 200) await assertOver(JSON.parse(body), /ended_by_administrator/);
        }
      }
    });
  });
}

function assertError({ status, body }: Answer, wanted: number, code: string, why: RegExp): void {
  assert.equal(status, wanted, body);
  const { error, error_description } = JSON.parse(body);
  assert.equal(error, code);
  assert.match(error_description, /^grant is invalid: the session ended \(\w+\)$/);
  assert.match(error_description, why);
}
