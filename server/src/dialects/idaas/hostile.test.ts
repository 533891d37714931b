/**
 * What no honest client sends: anything at all, and requests that are good but for one field.
 */

import { strict as assert } from 'node:assert';
import { test } from 'node:test';
import fc from 'fast-check';
import { assertWithstands, drawSeed } from '../hostile.testing.ts';
import { type Ask, request } from '../world.testing.ts';
import { type Door, ON_DEVICE, ON_SERVER, TENANT_CLIENTS } from './doors.testing.ts';
import {
  CLIENT,
  FINGERPRINT,
  openStage,
  PATHS,
  REFRESH_BODY,
  SDK_HEADERS,
  type Stage,
} from './idaas.testing.ts';

const TEXTS = fc.oneof(
  fc.constantFrom('', ' ', '\0', '\ud800', '__proto__', 'null', '-1', '1e999', '🏮', 'آدا', '../x'),
  fc.constantFrom(
    'x'.repeat(20_000),
    'ssoTicket-',
    `ssoTicket-${'z'.repeat(32)}`,
    'a.b.c',
    'e30.e30.',
  ),
  fc.string({ unit: 'binary', maxLength: 60 }),
  fc.stringMatching(/^[0-9A-Za-z]{32}$/),
);
const VALUES = fc.oneof(TEXTS, fc.jsonValue(), fc.constant(undefined));
/** As HTTP hands them over: one letter for each byte. */
const HEADERS = TEXTS.map((text) => Buffer.from(text, 'utf8').toString('latin1'));

const isServer = (door: Door) => ON_SERVER.includes(door);

/** What is good for a door. */
async function goodAsk(stage: Stage, door: Door): Promise<Required<Pick<Ask, 'headers' | 'body'>>> {
  const { headers = {}, body } = await door.key(stage);
  if (!isServer(door)) return { headers: { ...SDK_HEADERS, ...headers }, body: Object(body) };
  const bearer = { Authorization: `Bearer ${await stage.bearer()}` };
  return { headers: bearer, body: { ...REFRESH_BODY, ...Object(body) } };
}

function assertOurs({ status, body }: { readonly status: number; readonly body: string }) {
  if (status === 200) return;
  assert.equal(status, 400, body);
  const { error, error_description, error_code, error_msg, ...more } = JSON.parse(body);
  assert.deepEqual(more, {});
  if (error === undefined) assert.match(error_code, /^IDAAS\.SDK\.[A-Z]+\.\d{4}$/);
  assert.ok(error_msg ?? error_description);
}

for (const door of [...ON_SERVER, ...ON_DEVICE]) {
  const { path, method = 'POST', world = {} } = door;
  test(`malformed fields: ${path}${door.otherClient ? ', signed' : ''}`, async (t) => {
    const seed = drawSeed(t);
    const stage = await openStage(TENANT_CLIENTS, world);
    const good = await goodAsk(stage, door);
    const field = fc.constantFrom(...Object.keys(good.headers), 'content-type');
    const member = fc.constantFrom(...Object.keys(good.body), 'client_id', '__proto__');
    const asks = fc.oneof(
      fc.record({ name: field, value: HEADERS }).map(({ name, value }) => {
        return { headers: { ...good.headers, [name]: value } };
      }),
      fc.record({ name: member, value: VALUES }).map(({ name, value }) => {
        return { body: Object.fromEntries([...Object.entries(good.body), [name, value]]) };
      }),
      fc.oneof(TEXTS, fc.json()).map((body) => ({ body })),
      fc.uint8Array({ maxLength: 80 }).map((bytes) => ({ body: Buffer.from(bytes) })),
    );
    await fc.assert(
      fc.asyncProperty(asks, async (ask) => {
        assertOurs(await request(stage.dialect, { ...good, ...ask, path, method }));
      }),
      { numRuns: 200, seed },
    );
  });
}

test('malformed fields: the tenant token', async (t) => {
  const seed = drawSeed(t);
  const { dialect } = await openStage();
  const good = { grant_type: 'client_credentials', ...CLIENT };
  const name = fc.constantFrom(...Object.keys(good), 'x');
  const inBody = fc.record({ name, value: VALUES }).map(({ name, value }) => {
    return { body: Object.fromEntries([...Object.entries(good), [name, value]]) };
  });
  const inQuery = fc.record({ name, value: fc.oneof(TEXTS, fc.array(TEXTS)) }).map((one) => {
    return { query: { ...good, [one.name]: one.value } };
  });
  const byBasic = HEADERS.map((text) => ({ query: good, headers: { Authorization: text } }));
  await fc.assert(
    fc.asyncProperty(fc.oneof(inBody, inQuery, byBasic), async (ask) => {
      assertOurs(await request(dialect, { method: 'POST', path: PATHS.token, ...ask }));
    }),
    { numRuns: 300, seed },
  );
});

test('withstands what no honest client sends', async () => {
  const { dialect, bearer, login } = await openStage();
  const access = await bearer();
  const { session_token } = await login();
  const parameters = ['grant_type', 'client_id', 'client_secret'];
  const bait = {
    headers: [...Object.keys(SDK_HEADERS), 'session-token'],
    parameters,
    fields: [
      ...parameters,
      ...['session_token', 'user_name', 'password'],
      ...Object.keys(REFRESH_BODY),
    ],
    values: [
      ...[access, `Bearer ${access}`, session_token, FINGERPRINT, 'ada'],
      ...['client_credentials', CLIENT.client_id, CLIENT.client_secret],
    ],
  };
  const check = (status: number, body: string) => {
    if (status === 200) return;
    assert.equal(status, 400);
    const { error, error_code } = JSON.parse(body);
    assert.ok(error ?? error_code);
  };
  await assertWithstands(dialect, bait, check, 400);
});
