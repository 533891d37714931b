/**
 * node-zendesk against the running program: every method of its sessions, and renewing, unchanged
 * but for `endpointUri`.
 */

import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import nodeZendesk, { type ZendeskClientOptions } from 'node-zendesk';
import { type Program, startProgram } from './program.ts';
import { ADA, forgerock, must, native, oauthTokens, Refused, ROOT, zendesk } from './vendors.ts';
import { openWire, type Wire } from './wire.ts';

const GRACE = { username: 'grace@example.com', token: 'demo-zendesk-token' };
const ADMINISTRATOR = { username: 'root@example.com', password: ROOT.password };
const END_USER = { username: ADA.email, password: ADA.password };

interface ShownSession {
  readonly id: number;
  readonly user_id: number;
  readonly url: string;
}

/** What the client's types leave open. */
interface Result<Body> {
  readonly response: { readonly status: number };
  readonly result: Body;
}

describe('node-zendesk', () => {
  const data = mkdtempSync(join(tmpdir(), 'lamplighter-node-zendesk-'));
  let program: Program;
  let wire: Wire;

  before(async () => {
    program = await startProgram({ data });
    wire = openWire(program.base);
  });

  after(async () => {
    wire.close();
    await program.stop();
    rmSync(data, { recursive: true, force: true });
  });

  const client = (options: ZendeskClientOptions) =>
    nodeZendesk.createClient({
      endpointUri: `${program.base}/api/v2`,
      throwOriginalException: true,
      ...options,
    });

  type Client = ReturnType<typeof client>;

  async function renewed({ sessions }: Client): Promise<string> {
    const path = ['users', 'me', 'session', 'renew'];
    const answer = (await sessions.get(path)) as unknown as Result<{ authenticity_token: string }>;
    return answer.result.authenticity_token;
  }

  async function current({ sessions }: Client): Promise<ShownSession> {
    const shown = await sessions.getMyAuthenticatedSession();
    return (shown as Result<{ session: ShownSession }>).result.session;
  }

  async function me({ users }: Client): Promise<{ id: number; email: string; role: string }> {
    const { result } = (await users.me()) as unknown as Result<Awaited<ReturnType<typeof me>>>;
    return result;
  }

  const list = async ({ sessions }: Client) => (await sessions.list()) as ShownSession[];

  async function fails(call: Promise<unknown>, statusCode: number, title?: string) {
    const thrown = await call.then(
      () => assert.fail(`it was granted, not ${statusCode}`),
      (error: unknown) => error as { statusCode: number; result: { error: unknown } },
    );
    assert.equal(thrown.statusCode, statusCode);
    const { error } = thrown.result;
    assert.ok(error, 'the client crashes without');
    if (title) assert.equal((error as { title: string }).title, title);
  }

  it('renews, and gets the same authenticity token each time', async () => {
    for (const options of [GRACE, END_USER, ADMINISTRATOR]) {
      const caller = client(options);
      const token = await renewed(caller);
      assert.match(token, /^\S{20,}$/);
      assert.equal(await renewed(caller), token);
    }
  });

  it('knows who calls', async () => {
    for (const [options, role] of [
      [GRACE, 'agent'],
      [END_USER, 'end-user'],
      [ADMINISTRATOR, 'admin'],
    ] as const) {
      const user = await me(client(options));
      assert.equal(user.email, options.username);
      assert.equal(user.role, role);
      assert.ok(Number.isSafeInteger(user.id));
    }
  });

  it('shows the current session, and finds it again by its numbers and in the lists', async () => {
    const grace = client(GRACE);
    const shown = await current(grace);
    assert.equal(shown.user_id, (await me(grace)).id);
    const { user_id, id } = shown;
    const found = await grace.sessions.getByUserIdBySessionId(user_id, id);
    const { session } = (found as Result<{ session: ShownSession }>).result;
    assert.deepEqual({ ...session }, { ...shown });
    assert.ok(shown.url.startsWith(`${program.base}/api/v2/users/${user_id}/sessions/${id}`));
    const own = (await grace.sessions.getByUserId(user_id)) as ShownSession[];
    for (const all of [own, await list(grace), await list(client(ADMINISTRATOR))]) {
      assert.ok(all.some((each) => each.id === id));
    }
    assert.ok((await list(grace)).every((each) => each.user_id === user_id));
  });

  it('lists everybody’s sessions, whichever door they came through, page by page', async () => {
    const root = client(ADMINISTRATOR);
    for (let each = 0; each < 7; each++) await native.open(wire);
    const ids = (sessions: readonly object[]) =>
      (sessions as ShownSession[]).map(({ id }) => id).toSorted();
    const all = ids(await list(root));
    assert.ok(all.length >= 8 && new Set(all).size === all.length);
    for (const query of [
      { page: { size: 3 } },
      { page: { size: all.length } },
      { per_page: 3 },
      { per_page: all.length },
    ]) {
      const pages = (await root.sessions.getAll(['sessions', query])) as object[];
      assert.deepEqual(ids(pages), all, JSON.stringify(query));
    }
  });

  it('deletes one session', async () => {
    const grace = client(GRACE);
    const { user_id, id } = await current(grace);
    await grace.sessions.deleteByUserIdBySessionId(user_id, id);
    await fails(grace.sessions.deleteByUserIdBySessionId(user_id, id), 404);
    await fails(grace.sessions.getByUserIdBySessionId(user_id, id), 404);
    assert.notEqual((await current(grace)).id, id);
  });

  it('deletes all sessions of a person, at every door', async () => {
    const root = client(ADMINISTRATOR);
    const ada = await me(client(END_USER));
    const doors = [native, forgerock, zendesk] as const;
    const held = await Promise.all(doors.map((door) => door.open(wire)));
    assert.ok(((await root.sessions.getByUserId(ada.id)) as object[]).length >= 3);
    await root.sessions.bulkDeleteByUserId(ada.id);
    assert.deepEqual(await root.sessions.getByUserId(ada.id), []);
    for (const [at, door] of doors.entries()) {
      await assert.rejects(door.renew(wire, held[at] ?? {}), Refused);
    }
  });

  it('logs out', async () => {
    const grace = client(GRACE);
    const { id } = await current(grace);
    await grace.sessions.logMeOut();
    assert.deepEqual(await list(grace), []);
    assert.notEqual((await current(grace)).id, id);
  });

  it('comes with an access token', async () => {
    const { tokenId = '' } = await forgerock.open(wire);
    const { access_token: token = '' } = await oauthTokens(wire, tokenId, 'read write');
    const app = client({ token, oauth: true });
    assert.equal((await me(app)).email, ADA.email);
    const { user_id, id } = await current(app);
    assert.match(await renewed(app), /^\S{20,}$/);
    await app.sessions.deleteByUserIdBySessionId(user_id, id);
    await fails(app.sessions.list(), 401);
    await assert.rejects(forgerock.renew(wire, { tokenId }), Refused);
  });

  it('is held to the scope of its access token', async () => {
    const { tokenId = '' } = await forgerock.open(wire);
    const { access_token: token = '' } = await oauthTokens(wire, tokenId, 'read');
    const app = client({ token, oauth: true });
    assert.ok((await list(app)).length > 0);
    await fails(app.sessions.logMeOut(), 403, 'Forbidden');
  });

  it('speaks for somebody else, as an administrator alone', async () => {
    const asAda = client({ ...ADMINISTRATOR, asUser: ADA.email });
    assert.equal((await me(asAda)).email, ADA.email);
    const ada = await me(client(END_USER));
    await native.open(wire);
    assert.ok((await list(asAda)).every(({ user_id }) => user_id === ada.id));
    await asAda.sessions.logMeOut();
    assert.deepEqual(await list(asAda), []);
    await fails(client({ ...GRACE, asUser: ADA.email }).sessions.list(), 403, 'Forbidden');
  });

  it('is told what it may not do', async () => {
    const grace = client(GRACE);
    const { id: ada } = await me(client(END_USER));
    await fails(client({ ...GRACE, token: 'wrong' }).sessions.list(), 401);
    await fails(client({ token: 'wrong', oauth: true }).sessions.list(), 401);
    await fails(grace.sessions.getByUserId(ada), 403, 'Forbidden');
    await fails(grace.sessions.bulkDeleteByUserId(ada), 403, 'Forbidden');
    await fails(client(END_USER).sessions.getByUserId((await me(grace)).id), 404);
    await fails(client(ADMINISTRATOR).sessions.getByUserId(17), 404);
  });

  it('renews with the cookie that it was given, and writes with its authenticity token', async () => {
    const held = await zendesk.open(wire);
    const renewing = await zendesk.renew(wire, held);
    assert.equal(renewing.authenticity_token, held.authenticity_token);
    const Cookie = `_zendesk_shared_session=${held.cookie}`;
    const shown = await must(wire, {
      method: 'GET',
      path: '/api/v2/users/me/session.json',
      headers: { Cookie },
    });
    const { session } = JSON.parse(shown.body);
    const path = new URL(session.url).pathname;
    await must(wire, { method: 'DELETE', path, headers: { Cookie } }, 403);
    const headers = { Cookie, 'X-CSRF-Token': held.authenticity_token ?? '' };
    await must(wire, { method: 'DELETE', path, headers }, 204);
    await assert.rejects(zendesk.renew(wire, held), Refused);
  });
});
