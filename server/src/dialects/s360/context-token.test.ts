/**
 * The context JWT, as the system that receives it reads it.
 */

import { strict as assert } from 'node:assert';
import { createDecipheriv } from 'node:crypto';
import { test } from 'node:test';
import { jwtVerify } from 'jose';
import { claimsOf, JWT_KEY, openStage, TOKEN_KEY } from './s360.testing.ts';

/** As a system would that holds the AES key. */
function decrypted(sessionTokenEncrypted: string, key: Buffer): string {
  assert.match(sessionTokenEncrypted, /^[A-Za-z0-9+/]{64}$/);
  const bytes = Buffer.from(sessionTokenEncrypted, 'base64');
  assert.equal(bytes.length, 48);
  const decipher = createDecipheriv('aes-256-cbc', key, bytes.subarray(0, 16));
  const plain = Buffer.concat([decipher.update(bytes.subarray(16)), decipher.final()]);
  return plain.toString('hex');
}

test('the JWT has every member, in the order of the vendor, and jose takes it', async () => {
  const { signIn, pairOf, call, people } = await openStage();
  const pair = await pairOf(await signIn());
  const { json } = await call('refresh', pair);
  const { accessToken } = json.data;

  const { payload, protectedHeader } = await jwtVerify(accessToken, Buffer.from(JWT_KEY), {
    issuer: 'IID-IDPServices',
    subject: 'chatbot',
    audience: 'SSO',
    algorithms: ['HS256'],
  });
  assert.deepEqual(protectedHeader, { alg: 'HS256', typ: 'JWT' });

  const claims = claimsOf(accessToken);
  const [profile] = claims.context.user.selfProfile;
  assert.equal(
    JSON.stringify(claims),
    JSON.stringify({
      iss: 'IID-IDPServices',
      sub: 'chatbot',
      aud: 'SSO',
      context: {
        user: {
          selfProfile: [
            {
              profileId: profile.profileId,
              nameEn: 'Ada Lamp',
              nameAr: 'آدا لامب',
              mobileNo: people.ada.mobile,
              email: 'ada@example.com',
              type: 'INDIVIDUAL',
              isActive: true,
            },
          ],
        },
        app: { iidParams: {} },
        sso: {
          sessionId: pair.sessionId,
          externalSystemId: 'chatbot',
          authorityType: 'SELF',
          sessionTokenEncrypted: claims.context.sso.sessionTokenEncrypted,
        },
      },
    }),
  );
  assert.deepEqual(payload.context, claims.context);
  assert.equal(
    decrypted(claims.context.sso.sessionTokenEncrypted, Buffer.from(TOKEN_KEY, 'hex')),
    pair.sessionToken.replaceAll('-', ''),
  );
});

test('without keys in the config each system has its own derived ones', async () => {
  const { signIn, pairOf, call, services } = await openStage();
  const pair = await pairOf(await signIn(), 'forms');
  const { accessToken } = (await call('refresh', pair)).json.data;
  await jwtVerify(accessToken, services.keyring.derive('s360/jwt/alpha/forms'), {
    subject: 'forms',
  });
  await assert.rejects(jwtVerify(accessToken, Buffer.from(JWT_KEY)));
  assert.equal(
    decrypted(
      claimsOf(accessToken).context.sso.sessionTokenEncrypted,
      services.keyring.derive('s360/token/alpha/forms'),
    ),
    pair.sessionToken.replaceAll('-', ''),
  );
});

test('sessionTokenEncrypted has 48 bytes in every form, under keys of every length', async () => {
  const keys = [TOKEN_KEY, TOKEN_KEY.slice(0, 48), TOKEN_KEY.slice(0, 32)];
  for (const token_encryption of ['fresh_iv', 'zero_iv', 'ecb'] as const) {
    for (const token_key of keys) {
      const { signIn, pairOf, call } = await openStage({
        token_encryption,
        external_systems: [{ name: 'chatbot', jwt_key: JWT_KEY, token_key }, { name: 'forms' }],
      });
      const pair = await pairOf(await signIn());
      const tokens = [await call('refresh', pair), await call('refresh', pair)].map(({ json }) =>
        String(json.data.accessToken),
      );
      assert.equal(new Set(tokens).size, token_encryption === 'fresh_iv' ? 2 : 1);
      for (const token of tokens) {
        const written = claimsOf(token).context.sso.sessionTokenEncrypted;
        assert.match(written, /^[A-Za-z0-9+/]{64}$/);
        const bytes = Buffer.from(written, 'base64');
        const mode = token_encryption === 'ecb' ? 'ecb' : 'cbc';
        const isFresh = token_encryption === 'fresh_iv';
        const iv = isFresh ? bytes.subarray(0, 16) : Buffer.alloc(16);
        const key = Buffer.from(token_key, 'hex');
        const decipher = createDecipheriv(
          `aes-${8 * key.length}-${mode}`,
          key,
          mode === 'ecb' ? null : iv,
        );
        const secret = isFresh ? bytes.subarray(16) : bytes;
        const plain = Buffer.concat([decipher.update(secret), decipher.final()]);
        const expected = pair.sessionToken;
        assert.equal(
          isFresh ? plain.toString('hex') : plain.toString(),
          isFresh ? expected.replaceAll('-', '') : expected,
        );
      }
    }
  }
});

test('exp comes by option alone', async () => {
  const { signIn, pairOf, call, clock } = await openStage({ jwt_life: '5m' });
  const { accessToken } = (await call('refresh', await pairOf(await signIn()))).json.data;
  const claims = claimsOf(accessToken);
  assert.equal(claims.exp, Math.floor(clock.now() / 1000) + 300);
  assert.deepEqual(Object.keys(claims), ['iss', 'sub', 'aud', 'context', 'exp']);
});

test('a profile is numbered for ever, and read again at each refresh', async () => {
  const { services, signIn, pairOf, call, people } = await openStage();
  const pair = await pairOf(await signIn());
  const other = await pairOf(await signIn(people.grace.subject));
  const profileOf = async (asked: object) =>
    claimsOf((await call('refresh', asked)).json.data.accessToken).context.user.selfProfile[0];

  const first = await profileOf(pair);
  const grace = await profileOf(other);
  assert.ok(Number.isSafeInteger(first.profileId) && first.profileId > 0);
  assert.notEqual(grace.profileId, first.profileId);
  assert.equal(grace.nameAr, grace.nameEn, 'a name is there even when the directory has one only');

  const { find } = services.directory;
  services.directory.find = async (realm, subject) => {
    const person = await find(realm, subject);
    return person && { ...person, mobile: '+97150*****12', names: { en: 'Ada B', ar: 'آدا ب' } };
  };
  const second = await profileOf(pair);
  assert.equal(second.profileId, first.profileId);
  assert.equal(second.mobileNo, '+97150*****12');
  assert.equal(second.nameAr, 'آدا ب');
});
