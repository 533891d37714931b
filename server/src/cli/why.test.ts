/** `why`: the story of a session while it lives, and after every way in which it can end. */

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { stripVTControlCharacters, styleText } from 'node:util';
import type { Dialect } from '../dialects/dialect.ts';
import type { EndReason } from '../engine/end.ts';
import { GRANT, MINUTE, ROTATION } from '../sessions/sessions.testing.ts';
import { openStage, type Stage } from './cli.testing.ts';

const ALWAYS = { validateStream: false };

async function tell(stage: Stage, id: string): Promise<string> {
  const { code, out, err } = await stage.run(['why', id]);
  assert.deepEqual([code, err], [0, '']);
  for (const line of out.split('\n')) assert.ok(line.length <= 80, line);
  assert.ok(out.split('\n').length <= 40, 'it is more than a screen');
  return out;
}

/** A web application that renews twice, and then sends the first token again. */
async function replay(stage: Stage) {
  const { services, clock } = stage.world;
  const session = await stage.signIn('ada');
  const first = await services.sessions.addGrant(session, GRANT, 'test');
  if ('refused' in first) return assert.fail(first.refused);
  const renew = () => services.sessions.rotate(first.token, ROTATION);
  clock.advance(MINUTE);
  const second = await renew();
  if ('refused' in second) return assert.fail(second.refused);
  clock.advance(2 * MINUTE);
  const third = await services.sessions.rotate(second.token, ROTATION);
  assert.ok('token' in third);
  clock.advance(3 * MINUTE);
  assert.ok('refused' in (await renew()));
  clock.advance(4 * MINUTE);
  return session;
}

describe('why', () => {
  test('tells what will end a session that lives', async (context) => {
    const stage = await openStage(context);
    const session = await stage.signIn('ada');
    stage.world.clock.advance(12 * MINUTE);
    assert.equal(
      await tell(stage, session.id),
      `Session ${session.id} in realm alpha: alive

ada signed in through forgerock 12 min ago (2026-03-01 12:00:00 UTC).
Last seen 12 min ago (2026-03-01 12:00:00 UTC).
It will end in 18 min (2026-03-01 12:30:00 UTC) unless it is used before,
and in 108 min (2026-03-01 14:00:00 UTC) at the latest.
`,
    );
  });

  test('tells of a life that cannot be prolonged any more', async (context) => {
    const stage = await openStage(context, { idleMs: 120 * MINUTE });
    const session = await stage.signIn('ada');
    stage.world.clock.advance(MINUTE);
    assert.match(
      await tell(stage, session.id),
      /It will end in 119 min \(2026-03-01 14:00:00 UTC\), used or not:\nits longest possible life is 2 h\.\n/,
    );
  });

  test('tells of a theft: the grant, its end, and the history', async (context) => {
    const stage = await openStage(context);
    const session = await replay(stage);
    const child = { application: 'chatbot', facts: {} };
    assert.ok('token' in (await stage.world.services.sessions.addChild(session, child, 'test')));
    assert.equal(
      await tell(stage, session.id),
      `Session ${session.id} in realm alpha: alive

ada signed in through forgerock 10 min ago (2026-03-01 12:00:00 UTC).
Last seen just now (2026-03-01 12:10:00 UTC).
It will end in 30 min (2026-03-01 12:40:00 UTC) unless it is used before,
and in 110 min (2026-03-01 14:00:00 UTC) at the latest.

Applications
  web  read write, opened 10 min ago, renewed 2 times, last 7 min ago
       ended 4 min ago, by policy: token_replayed
       A spent token was used again: somebody may have copied it.

Embedded applications
  chatbot  opened just now

History
  just now    chatbot  opened, embedded
  4 min ago   web      spent token used again
  10 min ago  web      opened
`,
    );
  });

  test('tells why and when it ended, and that the rest ended with it', async (context) => {
    const stage = await openStage(context);
    const session = await replay(stage);
    const { sessions } = stage.world.services;
    await sessions.addGrant(session, { ...GRANT, client: 'mobile', scope: [] }, 'test');
    await sessions.addChild(session, { application: 'chatbot', facts: {} }, 'test');
    await sessions.endSession(session, { reason: 'signed_out', by: 'user' });
    stage.world.clock.advance(5000);
    assert.equal(
      await tell(stage, session.id),
      `Session ${session.id} in realm alpha: ended

ada signed in through forgerock 10 min ago (2026-03-01 12:00:00 UTC).
Last seen 5 s ago (2026-03-01 12:10:00 UTC).
It ended 5 s ago (2026-03-01 12:10:00 UTC), by user: signed_out.
The user signed out.

Applications
  mobile  opened 5 s ago, ended with the sign-in
  web     read write, opened 10 min ago, renewed 2 times, last 7 min ago
          ended 4 min ago, by policy: token_replayed
          A spent token was used again: somebody may have copied it.

Embedded applications
  chatbot  opened 5 s ago, ended with the sign-in

History
  5 s ago     chatbot  opened, embedded
  5 s ago     mobile   opened
  4 min ago   web      spent token used again
  10 min ago  web      opened
`,
    );
  });

  test('tells who was told of the end, and of those who were not first', async (context) => {
    const stage = await openStage(context);
    const { world } = stage;
    const { sessions } = world.services;
    const faults = new Map([
      ['shop', 'answered 500'],
      ['wiki', 'answered 404'],
    ]);
    world.join(toldThrough('town', (client) => faults.get(client) ?? null));
    const session = await stage.signIn('ada');
    for (const client of ['desk', 'shop', 'wiki']) {
      const notice = { by: 'town', facts: {} };
      assert.ok(
        'token' in (await sessions.addGrant(session, { ...GRANT, client, notice }, 'test')),
      );
    }
    const told = async () =>
      /^Told of the end\n(.*?)\n\n/ms.exec(await tell(stage, session.id))?.[1]?.split('\n');
    assert.deepEqual(await told(), [
      '  desk  will be told',
      '  shop  will be told',
      '  wiki  will be told',
    ]);
    await sessions.endSession(session, { reason: 'signed_out', by: 'user' });
    await sessions.settled();
    world.clock.advance(5000);
    assert.deepEqual(await told(), [
      '  shop  not told yet, tried once, next in 5 s',
      '        the last time: answered 500',
      '  wiki  not told yet, tried once, next in 5 s',
      '        the last time: answered 404',
      '  desk  told 5 s ago',
    ]);
    world.clock.advance(5000);
    faults.delete('shop');
    for (let count = 0; count < 8; count++) {
      await sessions.sweep(100);
      await sessions.settled();
      world.clock.advance(60 * MINUTE);
    }
    assert.deepEqual(await told(), [
      '  wiki  never told, tried 5 times, given up 4 h ago',
      '        the last time: answered 404',
      '  desk  told 8 h ago',
      '  shop  told 8 h ago, at attempt 2',
    ]);
  });

  test('does not say that somebody was told of an end that only time has brought', async (context) => {
    const stage = await openStage(context);
    stage.world.join(toldThrough('town', () => null));
    const session = await stage.signIn('ada');
    const notice = { by: 'town', facts: {} };
    await stage.world.services.sessions.addGrant(session, { ...GRANT, notice }, 'test');
    stage.world.clock.advance(31 * MINUTE);
    assert.match(await tell(stage, session.id), /^Told of the end\n {2}web {2}not told yet$/m);
  });

  test('names the clock where an end is still to come', async (context) => {
    const stage = await openStage(context);
    const session = await stage.signIn('ada');
    stage.world.clock.advance(60 * MINUTE);
    await stage.world.services.sessions.sweep(100);
    stage.world.clock.advance(-45 * MINUTE);
    assert.match(
      await tell(stage, session.id),
      /ended in 15 min .*idle_timeout\.\n.*\nThat is still to come by this machine's clock/,
    );
  });

  test('has a sentence for every reason', async (context) => {
    const stage = await openStage(context);
    const reasons = [
      ['signed_out', 'The user signed out.'],
      ['signed_out_everywhere', 'The user signed out of all sessions.'],
      ['ended_by_administrator', 'An administrator ended it.'],
      ['password_changed', 'The password was changed, which ends all sessions.'],
      ['revoked_by_client', 'The application gave its token back.'],
      ['made_room', 'A newer one took its place at a limit.'],
    ] as const satisfies readonly (readonly [EndReason, string])[];
    for (const [reason, sentence] of reasons) {
      const session = await stage.signIn('ada');
      await stage.world.services.sessions.endSession(session, { reason, by: 'system' });
      const out = await tell(stage, session.id);
      assert.ok(out.includes(`, by system: ${reason}.\n${sentence}\n`), out);
    }
    const idle = await stage.signIn('ada');
    stage.world.clock.advance(91 * MINUTE);
    assert.match(
      await tell(stage, idle.id),
      /ended 61 min ago \(2026-03-01 12:30:00 UTC\), by policy: idle_timeout\.\nIt was not used/,
    );
  });

  test('fits a screen, however much there is to tell', async (context) => {
    const stage = await openStage(context);
    const session = await stage.signIn('ada');
    const { sessions } = stage.world.services;
    for (let count = 0; count < 9; count++) {
      const client = `an-application-with-quite-a-long-name-${count}`;
      const scope = Array.from({ length: 20 }, (_, at) => `scope-${at}`);
      const binding = { kind: 'device', value: 'x' } as const;
      const ask = { ...GRANT, client, scope, binding, offline: true };
      assert.ok('token' in (await sessions.addGrant(session, ask, 'test')));
      const child = { application: client, facts: {} };
      assert.ok('token' in (await sessions.addChild(session, child, 'test')));
    }
    const out = await tell(stage, session.id);
    assert.match(out, /Applications\n {2}an-application-with-quite-a-long-name-8 /);
    const words = out.replace(/\s+/g, ' ');
    assert.ok(words.includes('scope-5 and 14 more, device-bound, opened just now'), words);
    assert.ok(words.includes('ends in 30 d, whatever the sign-in does'), words);
    assert.match(out, /and 6 more, which --json shows\n\nEmbedded/);
    assert.match(out, /and 10 more, which --json shows\n$/);
  });

  test("--json is the API's own", async (context) => {
    const stage = await openStage(context);
    const session = await replay(stage);
    const { out } = await stage.run(['why', session.id, '--json']);
    const { token } = (await signInOverHttp(stage)) ?? {};
    const answer = await fetch(
      `${stage.url}/lamplighter/v1/realms/alpha/sessions/${session.id}/why`,
      { headers: { Authorization: `Bearer ${token}` } },
    );
    assert.deepEqual(JSON.parse(out), await answer.json());
  });

  test('colours what matters on a terminal that wants it, and nothing elsewhere', async (context) => {
    const stage = await openStage(context);
    const session = await replay(stage);
    const plain = await stage.run(['why', session.id]);
    const coloured = await stage.run(['why', session.id], { colours: true });
    assert.ok(coloured.out.includes(`realm alpha: ${styleText('green', 'alive', ALWAYS)}\n`));
    assert.ok(coloured.out.includes(`${styleText('bold', 'History', ALWAYS)}\n`));
    assert.equal(stripVTControlCharacters(coloured.out), plain.out);
    assert.equal(stripVTControlCharacters(plain.out), plain.out);
  });

  test('prints nothing that moves the cursor, whatever an application is called', async (context) => {
    const stage = await openStage(context);
    const session = await stage.signIn('ada');
    const client = 'web\u001b[2J\u009b31m\u202e\n';
    await stage.world.services.sessions.addGrant(session, { ...GRANT, client }, 'test');
    const story = await stage.run(['why', session.id]);
    const json = await stage.run(['why', session.id, '--json']);
    const allowed = /^[\n\u0020-\u007e\u00a0-\u2027]*$/;
    assert.match(story.out, /web\?\[2J\?31m\?\? {2}read write/);
    for (const { out } of [story, json]) assert.match(out, allowed);
    assert.equal(JSON.parse(json.out).grants[0].client, client);
  });

  test('says what is wrong with an id, and does not repeat it', async (context) => {
    const stage = await openStage(context);
    const unknown = await stage.run(['why', '0000000000000000']);
    assert.equal(unknown.code, 1);
    assert.match(
      unknown.err,
      /^lamplighter: there is no such session in realm alpha that root may/,
    );
    const token = 'lamp_st_0123456789abcdefghij';
    stage.secrets.add(token);
    const before = stage.requests.length;
    const odd = await stage.run(['why', token]);
    assert.equal(odd.code, 2);
    assert.match(odd.err, /^lamplighter: a SESSION_ID is 16 letters and digits/);
    assert.equal(stage.requests.length, before, 'nothing was asked of the server');
  });

  test("shows a user's own session, and nobody else's", async (context) => {
    const stage = await openStage(context);
    const mine = await stage.signIn('ada');
    const other = await stage.signIn('grace');
    assert.equal((await stage.run(['why', mine.id], { as: 'ada' })).code, 0);
    const refused = await stage.run(['why', other.id], { as: 'ada' });
    assert.equal(refused.code, 1);
    assert.match(refused.err, /no such session in realm alpha that ada may see/);
  });
});

/** A dialect that tells clients of ends. @param fault What is wrong with a client's receiver. */
function toldThrough(name: string, fault: (client: string) => string | null): Dialect {
  return {
    ...{ name, hosts: [], realm: null, prefixes: [], routes: [] },
    reject: () => assert.fail(),
    credential: async () => assert.fail(),
    tell: async (_, { client }) => fault(client),
  };
}

async function signInOverHttp({ url, world }: Stage): Promise<{ readonly token: string }> {
  const { username, password } = world.people.root;
  const answer = await fetch(`${url}/lamplighter/v1/realms/alpha/sessions`, {
    method: 'POST',
    body: JSON.stringify({ username, password }),
  });
  return (await answer.json()) as { token: string };
}
