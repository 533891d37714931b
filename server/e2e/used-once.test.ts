/**
 * What is good once stays used: a code, a client's assertion and a DPoP proof, whether fifty bring
 * it at the same moment, or somebody again after the server was killed.
 */

import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { it } from 'node:test';
import { type CryptoKey, exportJWK, generateKeyPair, type JWTPayload, SignJWT } from 'jose';
import { stringify } from 'yaml';
import { demo } from './configs.ts';
import { type Program, startProgram } from './program.ts';
import { forgerock } from './vendors.ts';
import { form, openWire, type Wire } from './wire.ts';

const OAUTH = '/am/oauth2/realms/root/realms/alpha';
/** A call for tokens, and how it is refused the second time. */
interface Use {
  readonly fields: Readonly<Record<string, string>>;
  readonly proofs: Readonly<Record<string, string>>;
  readonly refusal: string;
}

/** Whichever port the program has: what was signed for it once must mean it again. */
const PUBLIC = 'https://login.example.com';
const REDIRECT = 'http://127.0.0.1:9999/callback';
const ASSERTION_TYPE = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';
const AT_ONCE = 50;

const OWN = { client_id: 'web', client_secret: 'a-secret-of-more-than-32-characters' };
const SIGNS = { client_id: 'signs' };

it('a code, an assertion and a proof are good once, over a crash too', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'lamplighter-used-'));
  const programs: Program[] = [];
  t.after(async () => {
    for (const one of programs) await one.kill();
    rmSync(folder, { recursive: true, force: true });
  });
  const { privateKey, publicKey } = await generateKeyPair('ES256');
  const jwk = await exportJWK(publicKey);
  const base = {
    realm: 'alpha',
    redirect_uris: [REDIRECT],
    scopes: ['edit'],
    implied_consent: true,
  };
  const config = demo();
  config.dialects.oauth = {
    base_url: PUBLIC,
    clients: [
      { ...base, ...OWN, grant_types: ['authorization_code', 'client_credentials'] },
      { ...base, ...SIGNS, grant_types: ['client_credentials'], jwks: { keys: [jwk] } },
    ],
  };
  const file = join(folder, 'config.yaml');
  writeFileSync(file, stringify(config, { aliasDuplicateObjects: false }));
  const options = { data: join(folder, 'data'), config: file };
  const first = await startProgram(options);
  programs.push(first);
  const wire = openWire(first.base, AT_ONCE);

  const path = `${OAUTH}/access_token`;
  const sign = (key: CryptoKey, claims: JWTPayload, header: object) =>
    new SignJWT({ jti: 'the-same', ...claims })
      .setProtectedHeader({ alg: 'ES256', ...header })
      .setIssuedAt()
      .sign(key);
  const assertion = await sign(
    privateKey,
    { iss: 'signs', sub: 'signs', aud: PUBLIC + OAUTH, exp: Math.ceil(Date.now() / 1000) + 300 },
    {},
  );
  const proof = await sign(
    privateKey,
    { htm: 'POST', htu: PUBLIC + path },
    { typ: 'dpop+jwt', jwk },
  );
  const code = await codeFor(wire);

  const itself = { grant_type: 'client_credentials', scope: 'edit' };
  const uses: readonly Use[] = [
    {
      fields: { grant_type: 'authorization_code', code, redirect_uri: REDIRECT, ...OWN },
      proofs: {},
      refusal: '400 invalid_grant',
    },
    {
      fields: { ...itself, client_assertion: assertion, client_assertion_type: ASSERTION_TYPE },
      proofs: {},
      refusal: '401 invalid_client',
    },
    { fields: { ...itself, ...OWN }, proofs: { DPoP: proof }, refusal: '400 invalid_dpop_proof' },
  ];
  const use = async (at: Wire, { fields, proofs }: Use) => {
    const { headers, body = '' } = form(fields);
    const ask = { method: 'POST', path, headers: { ...headers, ...proofs }, body };
    const answer = await at.send(ask);
    return answer.status === 200 ? '200' : `${answer.status} ${JSON.parse(answer.body).error}`;
  };

  for (const each of uses) {
    const answers = await Promise.all(Array.from({ length: AT_ONCE }, () => use(wire, each)));
    const refused = Array.from({ length: AT_ONCE - 1 }, () => each.refusal);
    assert.deepEqual(answers.toSorted(), ['200', ...refused]);
  }
  wire.close();
  await first.kill();
  const second = await startProgram(options);
  programs.push(second);
  const again = openWire(second.base);
  for (const each of uses) assert.equal(await use(again, each), each.refusal);
  again.close();
});

async function codeFor(wire: Wire): Promise<string> {
  const { tokenId = '' } = await forgerock.open(wire);
  const { client_id } = OWN;
  const query = new URLSearchParams({
    ...{ response_type: 'code', client_id, redirect_uri: REDIRECT, scope: 'edit' },
  });
  const headers = { iPlanetDirectoryPro: tokenId };
  const sent = await wire.send({ method: 'GET', path: `${OAUTH}/authorize?${query}`, headers });
  return new URL(sent.headers.location ?? '').searchParams.get('code') ?? assert.fail('no code');
}
