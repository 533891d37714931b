/**
 * Pages of the lists, followed to the end as clients follow them.
 */

import { strict as assert } from 'node:assert';
import { test } from 'node:test';
import type { Inspected } from '../../sessions/sessions.ts';
import { sessionNumber } from './encode.ts';
import { DEPTH_MAX } from './paging.ts';
import { openStage, type Stage } from './zendesk.testing.ts';

const ORIGIN = 'http://127.0.0.1:8080';
const ROOT = `${ORIGIN}/api/v2`;

interface Body {
  readonly sessions: { id: number; user_id: number }[];
  readonly meta?: Record<string, string | boolean | null>;
  readonly links?: Record<string, string | null>;
  readonly next_page?: string | null;
  readonly previous_page?: string | null;
  readonly count?: number;
}

/** A realm with that many sessions of ada, and one of the administrator who asks. */
async function openCrowd(count: number, config?: object) {
  const stage = await openStage(config);
  const { cookie } = await stage.browser('root');
  for (let each = 0; each < count; each++) {
    const ask = { realm: 'alpha', subject: 'ada', epoch: 0, origin: 'native' };
    await stage.services.sessions.open(ask);
  }
  const get = async (path: string): Promise<Body> => {
    const answer = await stage.send({ path, headers: { cookie } });
    assert.equal(answer.status, 200, answer.body);
    return JSON.parse(answer.body);
  };
  return { ...stage, cookie, get };
}

/** As node-zendesk does: `links.next`, else `next_page`, as long as there is one. */
async function followed(get: (path: string) => Promise<Body>, path: string): Promise<Body[]> {
  const bodies: Body[] = [];
  let url: string | null = `${ROOT}/${path}`;
  while (url) {
    assert.ok(url.startsWith(`${ROOT}/${path.split('?')[0]}?`) || bodies.length === 0, url);
    const body: Body = await get(url.slice(ORIGIN.length));
    bodies.push(body);
    url = body.links?.next ?? body.next_page ?? null;
    assert.ok(bodies.length < 100, 'it has an end');
  }
  return bodies;
}

const idsOf = (bodies: readonly Body[]) =>
  bodies.flatMap(({ sessions }) => sessions.map(({ id }) => id));

test('followed to the end, by cursor and by offset, a list has every session once', async () => {
  const { get, people } = await openCrowd(24);
  const lists = [
    ['sessions.json', 25],
    ['sessions', 25],
    [`users/${people.ada.number}/sessions.json`, 24],
    [`users/${people.grace.number}/sessions`, 0],
  ] as const;
  for (const [list, count] of lists) {
    const whole = idsOf([await get(`/api/v2/${list}`)]);
    assert.equal(whole.length, count);
    for (const size of [1, 5, 7, 24, 25, 26, 100, 1000]) {
      const byCursor = await followed(get, `${list}?page[size]=${size}`);
      const byOffset = await followed(get, `${list}?per_page=${size}`);
      assert.deepEqual(idsOf(byCursor), whole, `${list} by cursor of ${size}`);
      assert.deepEqual(idsOf(byOffset), whole, `${list} by offset of ${size}`);
      const used = Math.min(size, 100);
      for (const { sessions } of [...byCursor, ...byOffset]) assert.ok(sessions.length <= used);
      const pages = Math.ceil(count / used);
      // As it was recorded: the last page leads to an empty one, which leads nowhere.
      assert.equal(byCursor.length, count === 0 ? 1 : pages + 1);
      assert.equal(byOffset.length, Math.max(1, pages));
      for (const [at, { meta }] of byCursor.entries()) {
        assert.equal(meta?.has_more, at < pages - 1, `page ${at}`);
      }
    }
  }
});

test('a page by cursor, to the letter', async () => {
  const { get } = await openCrowd(4);
  const path = '/api/v2/sessions.json';
  const first = await get(`${path}?page[size]=2`);
  assert.deepEqual(Object.keys(first), ['sessions', 'meta', 'links']);
  const { after_cursor: after, before_cursor: before } = first.meta ?? {};
  assert.deepEqual(first.meta, { has_more: true, after_cursor: after, before_cursor: before });
  assert.deepEqual(first.links, {
    prev: `${ORIGIN}${path}?page%5Bbefore%5D=${before}&page%5Bsize%5D=2`,
    next: `${ORIGIN}${path}?page%5Bafter%5D=${after}&page%5Bsize%5D=2`,
  });
  // Whatever a client does to them on the way.
  assert.match(String(after), /^[\w-]+$/);
  assert.match(String(before), /^[\w-]+$/);
  const nothing = { has_more: false, after_cursor: null, before_cursor: null };
  const empty = { sessions: [], meta: nothing, links: { prev: null, next: null } };
  assert.deepEqual(await get(`${path}?page[before]=${before}&page[size]=2`), empty);
  const last = await get(`${path}?page[size]=100`);
  assert.deepEqual(await get(`${path}?page[after]=${last.meta?.after_cursor}`), empty);
});

test('back through a list, page by page', async () => {
  const { get } = await openCrowd(12);
  const whole = idsOf([await get('/api/v2/sessions')]);
  for (const size of [1, 3, 5, 13]) {
    const forward = await followed(get, `sessions?page[size]=${size}`);
    const back: Body[] = [];
    let url = forward.at(-2)?.links?.prev ?? null;
    while (url) {
      const body = await get(url.slice(ORIGIN.length));
      back.unshift(body);
      assert.ok(body.sessions.length <= size);
      const [first] = idsOf([body]);
      assert.equal(body.meta?.has_more, first !== undefined && first !== whole[0]);
      url = body.links?.prev ?? null;
    }
    const last = forward.at(-2)?.sessions.length ?? 0;
    assert.deepEqual(idsOf(back), whole.slice(0, whole.length - last), `pages of ${size}`);
    // And forward again from a page that was reached backward.
    const turned = back.at(-1)?.links?.next;
    if (!turned) continue;
    assert.deepEqual(idsOf([await get(turned.slice(ORIGIN.length))]), whole.slice(-last));
  }
});

test('a page by offset, to the letter', async () => {
  const { get, people } = await openCrowd(5);
  const path = `/api/v2/users/${people.ada.number}/sessions.json`;
  const second = await get(`${path}?page=2&per_page=2`);
  assert.deepEqual(Object.keys(second), ['sessions', 'next_page', 'previous_page', 'count']);
  assert.equal(second.sessions.length, 2);
  assert.equal(second.next_page, `${ORIGIN}${path}?page=3&per_page=2`);
  assert.equal(second.previous_page, `${ORIGIN}${path}?page=1&per_page=2`);
  assert.equal(second.count, 5);
  const all = await get(path);
  assert.deepEqual([all.next_page, all.previous_page, all.count], [null, null, 5]);
  const beyond = await get(`${path}?page=9`);
  assert.deepEqual(beyond, {
    ...{ sessions: [], next_page: null },
    ...{ previous_page: `${ORIGIN}${path}?page=8`, count: 5 },
  });
});

test('links begin as the client’s own request did', async () => {
  const { send, cookie } = await openCrowd(3);
  const origin = 'https://support.example.com:8443';
  const path = '/api/v2/users/me/sessions.json';
  for (const query of ['page[size]=1', 'per_page=1', 'page=2']) {
    const answer = await send({ path: `${path}?${query}`, origin, headers: { cookie } });
    const { links, next_page, previous_page }: Body = JSON.parse(answer.body);
    const all = [links?.next, links?.prev, next_page, previous_page].filter((link) => link);
    assert.ok(all.length > 0 || query === 'per_page=1');
    for (const link of all) assert.ok(link?.startsWith(`${origin}${path}?`), `${link}`);
  }
});

test('no link carries a credential', async () => {
  const stage = await openCrowd(3);
  const { authorization } = await stage.bearer('root');
  const token = authorization.slice('Bearer '.length);
  const path = `/api/v2/sessions?page[size]=1&access_token=${token}`;
  const { body, status } = await stage.send({ path });
  assert.equal(status, 200);
  assert.ok(!body.includes(token));
});

async function error(stage: Stage & { cookie: string }, query: string) {
  const path = `/api/v2/sessions?${query}`;
  const { status, body } = await stage.send({ path, headers: { cookie: stage.cookie } });
  assert.equal(status, 400, `${query} ${body}`);
  return JSON.parse(body);
}

test('refuses what is no page', async () => {
  const stage = await openCrowd(2);
  for (const value of ['', '0', '-1', '1.5', 'x', '1e3', '9'.repeat(30), '%00', '[]']) {
    for (const [parameter, attribute] of [
      ['page[size]', 'page.size'],
      ['page', 'page'],
      ['per_page', 'per_page'],
    ] as const) {
      const body = await error(stage, `${encodeURIComponent(parameter)}=${value}`);
      assert.equal(body.error.title, 'Invalid attribute');
      assert.match(body.error.message, new RegExp(`value for the ${attribute} attribute`));
    }
  }
  const cursors = ['', 'x', 'e30', '🏮', '__proto__'].map(encodeURIComponent);
  const bad = [[], ['a'], ['a', 1], ['\ud800', 'b'], ['a', 'b', 'c'], 'x', true, { at: 'a' }];
  for (const v of bad) cursors.push(Buffer.from(JSON.stringify({ v })).toString('base64url'));
  for (const parameter of ['page[after]', 'page[before]']) {
    for (const cursor of cursors) {
      const { errors } = await error(stage, `${encodeURIComponent(parameter)}=${cursor}`);
      assert.equal(errors[0].code, 'InvalidPaginationParameter');
    }
  }
});

test('offsets reach ten thousand records', async () => {
  const stage = await openCrowd(1);
  for (const query of ['page=101', 'page=1001&per_page=10', 'page=10001&per_page=1']) {
    const { errors } = await error(stage, query);
    assert.equal(errors[0].code, 'InvalidPaginationDepth');
    assert.match(errors[0].title, /limited to page 100 or up to 10000 records/);
  }
  for (const query of ['page=100', 'page=1000&per_page=10']) {
    assert.deepEqual((await stage.get(`/api/v2/sessions?${query}`)).sessions, []);
  }
  assert.equal(DEPTH_MAX, 10_000);
});

/** A list that seems to have no end, of which every session is one of ada's. */
function endless({ services: { sessions } }: Stage, sample: Inspected): void {
  sessions.live = async (_realm, _subject, limit, after) => {
    const from = Number(after?.key ?? 0);
    const numbered = (_: unknown, at: number) => ({
      ...sample,
      session: { ...sample.session, id: `endless-${from + at}` },
    });
    const next = { at: 'live/', key: String(from + limit) };
    return { sessions: Array.from({ length: limit }, numbered), next };
  };
}

test('the way back reaches ten thousand records, and says so beyond', async () => {
  const stage = await openCrowd(1);
  const { sessions } = await stage.services.sessions.live('alpha', 'ada', 1);
  endless(stage, sessions[0] ?? assert.fail());
  const pageAt = (count: number) => {
    const after = Buffer.from(JSON.stringify({ v: ['live/', String(count)] })).toString(
      'base64url',
    );
    return stage.get(`/api/v2/sessions?page[after]=${after}`);
  };
  const back = async (count: number) => (await pageAt(count)).links?.prev ?? assert.fail();
  const near = await stage.get((await back(DEPTH_MAX - 100)).slice(ORIGIN.length));
  assert.deepEqual(idsOf([near]), idsOf([await pageAt(DEPTH_MAX - 200)]));
  const [, far = ''] = (await back(DEPTH_MAX + 900)).split('?');
  const { errors } = await error(stage, far);
  assert.equal(errors[0].code, 'InvalidPaginationDepth');
});

test('the way back from a session that has ended is no empty list', async () => {
  const stage = await openCrowd(5);
  const page = await stage.get(`/api/v2/sessions?page[size]=2`);
  const second = await stage.get(page.links?.next?.slice(ORIGIN.length) ?? '');
  const first = second.sessions[0]?.id;
  const { sessions } = await stage.services.sessions.live('alpha', 'ada', 10);
  const gone = sessions.find(({ session }) => sessionNumber(session) === first);
  assert.ok(gone);
  await stage.services.sessions.endSession(gone.session, { reason: 'signed_out', by: 'user' });
  const { errors } = await error(stage, second.links?.prev?.split('?')[1] ?? '');
  assert.equal(errors[0].code, 'InvalidPaginationParameter');
});

test('the way back has an end, whatever ends meanwhile', async () => {
  const stage = await openCrowd(6);
  const whole = await stage.get('/api/v2/sessions?page[size]=4');
  const last = await stage.get(whole.links?.next?.slice(ORIGIN.length) ?? '');
  const { sessions } = stage.services;
  const live = sessions.live.bind(sessions);
  let calls = 0;
  sessions.live = async (...ask) => {
    assert.ok(++calls < 10, 'it goes round and round');
    // Counted once; then everybody is signed out.
    return calls === 1 ? live(...ask) : { sessions: [], next: null };
  };
  const path = `/api/v2/sessions?page[size]=2&page[before]=${last.meta?.before_cursor}`;
  const { sessions: left, links, meta } = await stage.get(path);
  assert.deepEqual([left, links], [[], { prev: null, next: null }]);
  assert.equal(meta?.has_more, false);
});

test('a cursor of somebody else’s list shows nothing of theirs', async () => {
  const stage = await openCrowd(3);
  const list = await stage.get('/api/v2/sessions?page[size]=1');
  const { cookie, session } = await stage.browser('grace');
  const path = `/api/v2/sessions?page[after]=${list.meta?.after_cursor}`;
  const { body } = await stage.send({ path, headers: { cookie } });
  const { sessions }: Body = JSON.parse(body);
  assert.ok(sessions.every(({ user_id }) => user_id === stage.people.grace.number));
  assert.ok(sessions.length <= 1, session.id);
  const before = `page[before]=${list.meta?.before_cursor}`;
  const { errors } = await error({ ...stage, cookie }, before);
  assert.equal(errors[0].code, 'InvalidPaginationParameter');
});
