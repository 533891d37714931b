/**
 * Who may do what: every operation, with every kind of pair and API key.
 */

import { strict as assert } from 'node:assert';
import { test } from 'node:test';
import { MINUTE } from '../../engine/engine.testing.ts';
import { schema } from './config.ts';
import { s360 } from './index.ts';
import {
  API_KEY,
  DOORS,
  FORMS_KEY,
  INACTIVE_KEY,
  MORE,
  OPERATIONS,
  OPTIONS,
  openStage,
} from './s360.testing.ts';
import { type Pair, writePair } from './shape.ts';

type Stage = Awaited<ReturnType<typeof openStage>>;

interface Presented {
  readonly pair: Partial<Pair>;
  readonly headers?: Readonly<Record<string, string | undefined>>;
}

/** What each comes to where the portal's pairs are asked for, and where those of children are. */
const TABLE: Readonly<
  Record<
    string,
    { readonly owner: string; readonly child: string; present(at: Held): Promise<Presented> }
  >
> = {
  "the owner's pair": {
    owner: 'S0000',
    child: 'E0003',
    present: async ({ own }) => ({ pair: own }),
  },
  "a child's pair": {
    owner: 'E0003',
    child: 'S0000',
    present: async ({ child }) => ({ pair: child }),
  },
  "the owner's session, another person's token": {
    owner: 'E0003',
    child: 'E0003',
    present: async ({ own, others }) => ({ pair: { ...own, sessionToken: others.sessionToken } }),
  },
  "a child's session, the token of another person's child": {
    owner: 'E0003',
    child: 'E0003',
    present: async ({ child, othersChild: { sessionToken } }) => ({
      pair: { ...child, sessionToken },
    }),
  },
  "the owner's session, the token of their child": {
    owner: 'E0003',
    child: 'E0003',
    present: async ({ own, child }) => ({ pair: { ...own, sessionToken: child.sessionToken } }),
  },
  "the session alone, as a token of the session's own": {
    owner: 'E0003',
    child: 'E0003',
    present: async ({ stage, session }) => ({
      pair: writePair(stage.services.sessions.token(session, 's360')),
    }),
  },
  'a pair of another realm': {
    owner: 'E0003',
    child: 'E0003',
    present: async ({ stage }) => ({ pair: await pairOfBeta(stage) }),
  },
  'no pair': { owner: 'E0003', child: 'E0003', present: async () => ({ pair: {} }) },
  'half a pair': {
    owner: 'E0003',
    child: 'E0003',
    present: async ({ own: { sessionId } }) => ({ pair: { sessionId } }),
  },
  "the owner's pair, idle for too long": {
    owner: 'E0003',
    child: 'E0003',
    async present({ stage, own }) {
      stage.clock.advance(30 * MINUTE);
      return { pair: own };
    },
  },
  "a child's pair, idle for too long": {
    owner: 'E0003',
    child: 'E0003',
    async present({ stage, child }) {
      stage.clock.advance(30 * MINUTE);
      return { pair: child };
    },
  },
  "the owner's pair, logged out": {
    owner: 'E0004',
    child: 'E0003',
    async present({ stage, own }) {
      await stage.call('logout', own);
      return { pair: own };
    },
  },
  "a child's pair, its parent logged out": {
    owner: 'E0003',
    child: 'E0004',
    async present({ stage, own, child }) {
      await stage.call('logout', own);
      return { pair: child };
    },
  },
  "a child's pair, logged out": {
    owner: 'E0003',
    child: 'E0004',
    async present({ stage, child }) {
      await stage.call('child/logout', child);
      return { pair: child };
    },
  },
  'no API key': {
    owner: 'gateway',
    child: 'gateway',
    present: async ({ own }) => ({ pair: own, headers: { api_key: undefined } }),
  },
  'an unknown API key': {
    owner: 'gateway',
    child: 'gateway',
    present: async ({ child }) => ({
      pair: child,
      headers: { api_key: 'test0000api0000key000009' },
    }),
  },
  'an inactive API key': {
    owner: 'gateway',
    child: 'gateway',
    present: async ({ own }) => ({ pair: own, headers: { api_key: INACTIVE_KEY } }),
  },
  "the owner's pair, under the API key of another external system": {
    owner: 'E0001',
    child: 'E0003',
    present: async ({ own }) => ({ pair: own, headers: { api_key: FORMS_KEY } }),
  },
  "a child's pair, under the API key of another external system": {
    owner: 'E0003',
    child: 'E0001',
    present: async ({ child }) => ({ pair: child, headers: { api_key: FORMS_KEY } }),
  },
  'a pair and an API key of the same external system': {
    owner: 'S0000',
    child: 'E0003',
    present: async ({ stage, session }) => ({
      pair: await stage.pairOf(session, 'forms'),
      headers: { api_key: FORMS_KEY },
    }),
  },
};

interface Held {
  readonly stage: Stage;
  readonly session: Awaited<ReturnType<Stage['signIn']>>;
  /** `ada`'s for `chatbot`, and that of a child for the same system under it. */
  readonly own: Pair;
  readonly child: Pair;
  /** `grace`'s. */
  readonly others: Pair;
  readonly othersChild: Pair;
  /** When all of these were opened. */
  readonly at: number;
}

test('every operation, with every kind of pair and API key', async (context) => {
  const stage = await openStage({}, { realms: ['beta'] });
  let tried = 0;
  for (const operation of OPERATIONS) {
    for (const [name, { present, ...expected }] of Object.entries(TABLE)) {
      const held = await hold(stage);
      const { pair, headers = {} } = await present(held);
      const count = stage.countWrites();
      const { status, json, body } = await stage.call(
        operation,
        { ...MORE[operation], ...pair },
        headers,
      );
      const want = expected[DOORS[operation]];
      const shown = `${operation} with ${name}: ${body}`;
      if (want === 'gateway') assert.equal(body, '<h1>Developer Inactive</h1>', shown);
      else assert.equal(json.desc.code, `ESB-IDP-${want}`, shown);
      assert.equal(status, STATUSES.get(want), shown);
      if (want !== 'S0000') assert.equal(count.written, 0, shown);
      await assertUntouched(stage, held, shown);
      tried += 1;
    }
  }
  context.diagnostic(`${tried} cases`);
});

const STATUSES: ReadonlyMap<string, number> = new Map([
  ['S0000', 200],
  ['E0001', 403],
  ['E0003', 401],
  ['E0004', 401],
  ['gateway', 403],
]);

async function hold(stage: Stage): Promise<Held> {
  const session = await stage.signIn();
  const own = await stage.pairOf(session);
  const child = await stage.childOf(own, { externalSystemId: 'chatbot' });
  const others = await stage.pairOf(await stage.signIn(stage.people.grace.subject));
  const othersChild = await stage.childOf(others, { externalSystemId: 'chatbot' });
  return { stage, session, own, child, others, othersChild, at: stage.clock.now() };
}

/** Nothing that anybody does with their own pairs is felt by another person. */
async function assertUntouched(stage: Stage, held: Held, shown: string): Promise<void> {
  const { others, othersChild } = held;
  const isLate = stage.clock.now() - held.at >= 30 * MINUTE;
  const context = await stage.call('context', others);
  assert.equal(context.status, isLate ? 401 : 200, shown);
  const { status, json } = await stage.call('child/get', othersChild);
  assert.equal(status, isLate ? 401 : 200, shown);
  if (!isLate) assert.deepEqual(json.data.messages, [], shown);
}

async function pairOfBeta(stage: Stage): Promise<Pair> {
  const beta = s360.create(stage.services, schema.parse({ ...OPTIONS, realm: 'beta' }));
  const session = await stage.signIn(stage.people.ada.subject, 'beta');
  const ask = { application: 'chatbot', device: null, origin: '' };
  const outcome = await beta.credential(session, ask);
  if (!('credential' in outcome)) return assert.fail(JSON.stringify(outcome));
  const { sessionId, sessionToken } = outcome.credential;
  return { sessionId: String(sessionId), sessionToken: String(sessionToken) };
}

test('an API key of one external system makes no child for another', async () => {
  const { signIn, pairOf, call } = await openStage();
  const pair = await pairOf(await signIn(), 'forms');
  const create = (externalSystemId: string, api_key: string) =>
    call('child/create', { ...pair, externalSystemId }, { api_key });
  assert.equal((await create('forms', FORMS_KEY)).status, 200);
  assert.equal((await create('chatbot', API_KEY)).status, 200);
  const { status, json } = await create('chatbot', FORMS_KEY);
  assert.deepEqual([status, json.desc.code], [403, 'ESB-IDP-E0001']);
});

test('nobody is served who has left or is inactive; to leave is everybody free', async () => {
  const { services, signIn, pairOf, childOf, call } = await openStage();
  const { find } = services.directory;
  for (const active of [false, undefined]) {
    for (const operation of OPERATIONS) {
      const own = await pairOf(await signIn());
      const pair = DOORS[operation] === 'owner' ? own : await childOf(own);
      services.directory.find = async (realm, subject) => {
        const person = await find(realm, subject);
        return active === undefined ? undefined : person && { ...person, active };
      };
      const { status, json } = await call(operation, { ...pair, ...MORE[operation] });
      services.directory.find = find;
      const isLogout = operation.endsWith('logout');
      assert.equal(status, isLogout ? 200 : 401, operation);
      assert.equal(json.desc.code, isLogout ? 'ESB-IDP-S0000' : 'ESB-IDP-E0003', operation);
    }
  }
});
