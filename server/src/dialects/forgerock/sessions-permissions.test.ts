/**
 * Who may do what with a session: every action, in every version, for every sort of caller.
 */

import { strict as assert } from 'node:assert';
import { test } from 'node:test';
import { bodyOf, COOKIE, openStage, type Stage } from './forgerock.testing.ts';
import { ACTIONS } from './handlers/actions/table.ts';
import { handleOf } from './handles.ts';
import { type Opened, openSession, recordOf, WITH_PROPERTIES } from './sessions.testing.ts';

const VERSIONS = ['1.2', '2.1', '3.1', '4.0', '5.1'];

/** How a call about ada's session is answered; what is not listed, with 200. */
type Answers = Readonly<Partial<Record<Persona, number>>>;

type Persona = keyof typeof PERSONAS;

interface Cast {
  readonly meant: Opened;
  readonly own: Opened;
  readonly grace: Opened;
  readonly root: Opened;
  readonly stranger: Opened;
}

/** The caller's token, and the one that they name beside it. */
const PERSONAS = {
  owner: ({ meant }: Cast) => ({ caller: meant }),
  holder: ({ meant }: Cast) => ({ target: meant }),
  owner_elsewhere: ({ own, meant }: Cast) => ({ caller: own, target: meant }),
  other_user: ({ grace, meant }: Cast) => ({ caller: grace, target: meant }),
  administrator: ({ root, meant }: Cast) => ({ caller: root, target: meant }),
  other_realm: ({ stranger, meant }: Cast) => ({ caller: stranger, target: meant }),
  nobody: () => ({}),
} satisfies Record<string, (cast: Cast) => { caller?: Opened; target?: Opened }>;

const STRANGERS = { other_realm: 401, nobody: 401 };
const SIGNED_IN: Answers = STRANGERS;
const OWNER: Answers = { ...STRANGERS, other_user: 403 };
const ADMINISTRATOR: Answers = { ...OWNER, owner: 403, holder: 403, owner_elsewhere: 403 };
const ANYONE: Answers = { nobody: 400 };

/** Versions, answers, and the body beside the token (fact sheet 3.1 to 3.3). */
const EXPECTED: Readonly<Record<string, readonly [string, Answers, object?]>> = {
  refresh: ['2345', OWNER],
  getSessionInfo: ['2345', OWNER],
  getSessionInfoAndResetIdleTime: ['45', OWNER],
  validate: ['1345', ANYONE],
  logout: ['12345', SIGNED_IN],
  logoutByHandle: ['2345', ADMINISTRATOR, { sessionHandles: ['{{handle}}'] }],
  logoutByUser: ['5', OWNER, { username: 'ada' }],
  getSessionProperties: ['2345', OWNER],
  updateSessionProperties: ['2345', OWNER, { Theme: 'dark' }],
  isActive: ['1', ADMINISTRATOR],
  getTimeLeft: ['1', OWNER],
  getMaxTime: ['1', OWNER],
  getMaxSessionTime: ['1', ADMINISTRATOR],
  getMaxIdle: ['1', OWNER],
  getIdle: ['1', ADMINISTRATOR],
  getPropertyNames: ['1', SIGNED_IN],
  getProperty: ['1', OWNER],
  setProperty: ['1', OWNER, { Theme: 'dark' }],
  deleteProperty: ['1', OWNER, { properties: ['Theme'] }],
  // There is no such action in any version.
  logoutAll: ['', SIGNED_IN],
};

const PERSONA_NAMES = Object.keys(PERSONAS) as Persona[];

test('the table names every action', () => {
  const names = ACTIONS.map(([name]) => name);
  assert.deepEqual([...names, 'logoutAll'].sort(), Object.keys(EXPECTED).sort());
});

for (const [name, [majors, answers, body]] of Object.entries(EXPECTED)) {
  test(`${name}: who may, and in which versions`, async () => {
    const stage = await openStage(WITH_PROPERTIES, { realms: ['beta'] });
    for (const version of VERSIONS) {
      const isThere = majors.includes(version.charAt(0));
      for (const persona of PERSONA_NAMES) {
        const code = isThere ? (answers[persona] ?? 200) : missing(persona);
        await assertAnswer(stage, { name, version, persona, code, body });
      }
    }
  });
}

test('an administrator who is inactive, or has left, is one no more', async () => {
  const stage = await openStage({}, { realms: ['beta'] });
  const { directory } = stage.services;
  const { find } = directory;
  const { root, meant } = await openCast(stage);
  const status = async (action: string) =>
    (await stage.act(action, root.tokenId, { body: { tokenId: meant.tokenId } })).status;
  assert.equal(await status('getSessionInfo'), 200);
  for (const person of [{ ...stage.people.root, active: false }, undefined]) {
    directory.find = async () => person;
    assert.equal(await status('getSessionInfo'), 403);
    assert.equal(await status('logoutByHandle'), 403);
  }
  directory.find = find;
  assert.equal(await status('getSessionInfo'), 200);
});

/** That it is missing is for those who are signed in. */
function missing(persona: Persona): number {
  return persona === 'other_realm' || persona === 'nobody' ? 401 : 501;
}

interface Case {
  readonly name: string;
  readonly version: string;
  readonly persona: Persona;
  readonly code: number;
  readonly body: object | undefined;
}

async function assertAnswer(
  stage: Stage,
  { name, version, persona, code, body }: Case,
): Promise<void> {
  const cast = await openCast(stage);
  const { meant } = cast;
  const { caller, target }: { caller?: Opened; target?: Opened } = PERSONAS[persona](cast);
  stage.clock.advance(61_000);
  const before = await recordOf(stage, meant);
  const text = JSON.stringify({ ...body, ...(target && { tokenId: target.tokenId }) });
  const answer = await stage.act(name, undefined, {
    headers: {
      'Accept-API-Version': `resource=${version}`,
      'Content-Type': 'application/json',
      [COOKIE]: caller?.tokenId,
    },
    body: text.replace('{{handle}}', handleOf(meant.session)),
  });
  const shown = `${name} ${version} by ${persona}: ${answer.body}`;
  assert.equal(answer.status, code, shown);
  if (code === 200) return;
  assert.equal(bodyOf(answer).code, code, shown);
  assert.deepEqual(await recordOf(stage, meant), before, `${shown} changed something`);
}

async function openCast(stage: Stage): Promise<Cast> {
  return {
    meant: await openSession(stage, 'ada'),
    own: await openSession(stage, 'ada'),
    grace: await openSession(stage, 'grace'),
    root: await openSession(stage, 'root'),
    stranger: await openSession(stage, 'root', 'beta'),
  };
}
