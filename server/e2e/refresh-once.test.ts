/**
 * Exactly-once refresh as applications meet it: twenty tabs, answers that were lost, in order and
 * interleaved, and a token that is used again half a minute late, with a new DPoP key as well.
 */

import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import { type CryptoKey, exportJWK, generateKeyPair, type JWK, SignJWT } from 'jose';
import { stringify } from 'yaml';
import { demo } from './configs.ts';
import { type Program, startProgram } from './program.ts';
import { forgerock } from './vendors.ts';
import { type Answer, form, openWire, type Wire } from './wire.ts';

const OAUTH = '/am/oauth2/realms/root/realms/alpha';
const REDIRECT = 'http://127.0.0.1:9999/callback';
const SECRET = 'a-secret-of-more-than-32-characters';
const VERIFIER = 'a-verifier-of-more-than-forty-three-characters';
const TABS = 20;

const BASE = {
  realm: 'alpha',
  redirect_uris: [REDIRECT],
  grant_types: ['authorization_code', 'refresh_token'],
  scopes: ['openid', 'edit'],
  implied_consent: true,
};

/** How an application holds its tokens. */
interface Kind {
  readonly client_id: string;
  readonly client_secret?: string;
  /** Whether its calls for tokens bring proofs. */
  readonly isBound?: boolean;
}

const KINDS: readonly Kind[] = [
  { client_id: 'web', client_secret: SECRET },
  { client_id: 'web', client_secret: SECRET, isBound: true },
  { client_id: 'opaque', client_secret: SECRET },
  { client_id: 'page' },
  { client_id: 'page', isBound: true },
];

const nameOf = ({ client_id, isBound }: Kind) => client_id + (isBound ? ' with DPoP' : '');

interface Tokens {
  readonly access_token: string;
  readonly refresh_token: string;
}

interface Key {
  readonly privateKey: CryptoKey;
  readonly jwk: JWK;
}

async function newKey(): Promise<Key> {
  const { privateKey, publicKey } = await generateKeyPair('ES256');
  return { privateKey, jwk: await exportJWK(publicKey) };
}

describe('exactly-once refresh', () => {
  const folder = mkdtempSync(join(tmpdir(), 'lamplighter-refresh-'));
  let program: Program;
  let wire: Wire;
  let proofs = 0;

  before(async () => {
    const config = demo();
    const confidential = { ...BASE, client_secret: SECRET };
    config.dialects.oauth = {
      clients: [
        { ...confidential, client_id: 'web' },
        { ...confidential, client_id: 'opaque', access_token_format: 'opaque' },
        { ...BASE, client_id: 'page', public: true },
      ],
    };
    const file = join(folder, 'config.yaml');
    writeFileSync(file, stringify(config, { aliasDuplicateObjects: false }));
    program = await startProgram({ data: join(folder, 'data'), config: file });
    wire = openWire(program.base, TABS);
  });

  after(async () => {
    wire.close();
    await program.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  function proofOf({ privateKey, jwk }: Key, path: string, method = 'POST', token?: string) {
    const ath = token && createHash('sha256').update(token).digest('base64url');
    return new SignJWT({ htm: method, htu: program.base + path, ...(ath && { ath }) })
      .setProtectedHeader({ typ: 'dpop+jwt', alg: 'ES256', jwk })
      .setIssuedAt()
      .setJti(`${proofs++}`)
      .sign(privateKey);
  }

  /** An application of one person, with a key of its own if it has any. */
  async function openApp(kind: Kind) {
    const { client_id, client_secret, isBound = false } = kind;
    const own = { client_id, ...(client_secret && { client_secret }) };
    const key = isBound ? await newKey() : undefined;

    async function askOf(fields: Record<string, string>, holder = key) {
      const path = `${OAUTH}/access_token`;
      const { headers, body = '' } = form({ ...fields, ...own });
      const proof = holder && { DPoP: await proofOf(holder, path) };
      return { method: 'POST', path, headers: { ...headers, ...proof }, body };
    }
    const refreshing = (refresh_token: string) => ({ grant_type: 'refresh_token', refresh_token });
    const refresh = async (token: string, holder?: Key) =>
      wire.send(await askOf(refreshing(token), holder ?? key));

    /** Sends the whole call, and hangs up as soon as the answer comes. */
    async function loseAnswer(token: string): Promise<void> {
      const { hostname, port } = new URL(program.base);
      const { method, path, headers, body } = await askOf(refreshing(token));
      const lines = Object.entries({ Host: `${hostname}:${port}`, ...headers });
      const text = lines.map(([name, value]) => `${name}: ${value}\r\n`).join('');
      const head = `${method} ${path} HTTP/1.1\r\n${text}Content-Length: ${body.length}\r\n\r\n`;
      const socket = connect(Number(port), hostname);
      await new Promise<void>((resolve, reject) => {
        socket.once('data', () => resolve()).once('error', reject);
        socket.write(head + body);
      });
      socket.destroy();
    }

    /** What the access token opens: at userinfo, with the key that it was got for. */
    async function userinfo(token: string, holder = key): Promise<number> {
      const path = `${OAUTH}/userinfo`;
      const scheme = holder ? 'DPoP' : 'Bearer';
      const proof = holder && { DPoP: await proofOf(holder, path, 'GET', token) };
      const headers = { Authorization: `${scheme} ${token}`, ...proof };
      return (await wire.send({ method: 'GET', path, headers })).status;
    }

    async function introspect(token: string): Promise<boolean> {
      const ask = { method: 'POST', path: `${OAUTH}/introspect`, ...form({ token, ...own }) };
      return JSON.parse((await wire.send(ask)).body).active;
    }

    const { tokenId = '' } = await forgerock.open(wire);
    const query = new URLSearchParams({
      response_type: 'code',
      client_id,
      redirect_uri: REDIRECT,
      scope: 'openid edit',
      code_challenge: createHash('sha256').update(VERIFIER).digest('base64url'),
      code_challenge_method: 'S256',
    });
    const headers = { iPlanetDirectoryPro: tokenId };
    const sent = await wire.send({ method: 'GET', path: `${OAUTH}/authorize?${query}`, headers });
    const code = new URL(sent.headers.location ?? '').searchParams.get('code') ?? '';
    const exchange = { grant_type: 'authorization_code', code, redirect_uri: REDIRECT };
    const asked = await wire.send(await askOf({ ...exchange, code_verifier: VERIFIER }));
    return { first: tokensIn(asked), refresh, loseAnswer, userinfo, introspect };
  }

  for (const kind of KINDS) {
    it(`twenty tabs of ${nameOf(kind)} get one successor, three times over`, async () => {
      const app = await openApp(kind);
      let { refresh_token } = app.first;
      for (let round = 0; round < 3; round++) {
        const tabs = Array.from({ length: TABS }, () => app.refresh(refresh_token));
        const all = (await Promise.all(tabs)).map(tokensIn);
        const successors = [...new Set(all.map((each) => each.refresh_token))];
        assert.equal(successors.length, 1, 'one successor');
        assert.notEqual(successors[0], refresh_token);
        for (const each of all) assert.equal(await app.userinfo(each.access_token), 200);
        refresh_token = successors[0] ?? '';
      }
    });

    it(`lost answers of ${nameOf(kind)}, one after the other and interleaved`, async () => {
      const app = await openApp(kind);
      let { refresh_token } = app.first;
      for (let round = 0; round < 5; round++) {
        await app.loseAnswer(refresh_token);
        refresh_token = tokensIn(await app.refresh(refresh_token)).refresh_token;
      }
      for (let round = 0; round < 5; round++) {
        const calls = Array.from({ length: TABS }, async (_, tab) => {
          const held = refresh_token;
          if (tab % 3 === 0) await app.loseAnswer(held);
          await wait((tab % 4) * 5);
          return tokensIn(await app.refresh(held)).refresh_token;
        });
        const successors = new Set(await Promise.all(calls));
        assert.equal(successors.size, 1, 'whoever asked again got the same');
        [refresh_token = ''] = successors;
      }
    });
  }

  it('half a minute after the rotation the token before works until its successor is used', async () => {
    const held = await Promise.all(
      KINDS.map(async (kind) => {
        const [unused, renewed, seen] = await Promise.all([1, 2, 3].map(() => openApp(kind)));
        assert.ok(unused && renewed && seen);
        const next = await Promise.all(
          [unused, renewed, seen].map(async (app) =>
            tokensIn(await app.refresh(app.first.refresh_token)),
          ),
        );
        return { kind, unused, renewed, seen, next };
      }),
    );
    await wait(30_500);
    for (const { kind, unused, renewed, seen, next } of held) {
      const [afterUnused, afterRenewed, afterSeen] = next;
      assert.ok(afterUnused && afterRenewed && afterSeen);
      const old = unused.first.refresh_token;
      const again = tokensIn(await unused.refresh(old));
      assert.equal(again.refresh_token, afterUnused.refresh_token, nameOf(kind));
      // A key that it never had, which its client's authentication makes up for.
      const other = await newKey();
      const withOther = await unused.refresh(old, other);
      const isItsOwn = kind.client_secret !== undefined || !kind.isBound;
      if (isItsOwn) {
        const late = tokensIn(withOther);
        assert.equal(late.refresh_token, afterUnused.refresh_token, `${nameOf(kind)}, a new key`);
        assert.equal(await unused.userinfo(late.access_token, other), 200);
      } else {
        assertRefused(withOther, /bound to another key/);
      }

      await renewed.refresh(afterRenewed.refresh_token);
      assertRefused(await renewed.refresh(renewed.first.refresh_token), /used before/);
      assertRefused(await renewed.refresh(afterRenewed.refresh_token), /token_replayed/);

      assert.equal(await seen.userinfo(afterSeen.access_token), 200, 'its successor is in use');
      assertRefused(await seen.refresh(seen.first.refresh_token), /used before/);
      assertRefused(await seen.refresh(afterSeen.refresh_token), /token_replayed/);
      assert.equal(await seen.userinfo(afterSeen.access_token), 401);
      assert.equal(await seen.introspect(afterSeen.access_token), false);
    }
  });
});

function tokensIn({ status, body }: Answer): Tokens {
  assert.equal(status, 200, body);
  return JSON.parse(body);
}

function assertRefused({ status, body }: Answer, why: RegExp): void {
  assert.equal(status, 400, body);
  const { error, error_description } = JSON.parse(body);
  assert.equal(error, 'invalid_grant');
  assert.match(error_description, why);
}
