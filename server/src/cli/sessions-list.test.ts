/** `sessions list`: whose sessions, which of them, page by page, and never the command's own. */

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { MINUTE } from '../sessions/sessions.testing.ts';
import { openStage } from './cli.testing.ts';

describe('sessions list', () => {
  test('lists what is alive, oldest first, in 80 columns', async (context) => {
    const { world, run, signIn } = await openStage(context);
    const { sessions } = world.services;
    const first = await signIn('ada');
    world.clock.advance(7 * MINUTE);
    const second = await signIn('ada', 'zendesk');
    await sessions.touch(sessions.token(second, 'test'), 'alpha');
    const over = await signIn('ada');
    await sessions.endSession(over, { reason: 'password_changed', by: 'user' });
    world.clock.advance(20_000);
    const { code, out, err } = await run(['sessions', 'list', '--subject', 'ada']);
    assert.deepEqual([code, err], [0, '']);
    assert.equal(
      out,
      `SESSION           THROUGH    SIGNED IN  LAST SEEN  END
${first.id}  forgerock  7 min ago  7 min ago  in 23 min
${second.id}  zendesk    20 s ago   20 s ago   in 30 min
`,
    );
    const all = await run(['sessions', 'list', '--subject', 'ada', '--all']);
    assert.match(all.out, new RegExp(`^${over.id} .* 20 s ago: new password$`, 'm'));
    for (const line of all.out.split('\n')) assert.ok(line.length <= 80, line);
  });

  test('without --subject is about who signs in, and leaves out their sign-in for it', async (context) => {
    const { run, signIn } = await openStage(context);
    assert.equal((await run(['sessions', 'list'])).out, 'root has no live session.\n');
    const { id } = await signIn('root');
    const { out } = await run(['sessions', 'list']);
    assert.match(out, new RegExp(`^SESSION .*\n${id} .*\n$`));
    const { sessions } = JSON.parse((await run(['sessions', 'list', '--json'])).out);
    assert.deepEqual(
      sessions.map((session: { id: string }) => session.id),
      [id],
    );
  });

  test('reads every page', async (context) => {
    const { world, requests, run, signIn } = await openStage(context);
    const ids: string[] = [];
    for (let count = 0; count < 203; count++) {
      ids.push((await signIn('ada')).id);
      world.clock.advance(1);
    }
    const words = ['sessions', 'list', '--subject', 'ada', '--json'];
    const { sessions, next } = JSON.parse((await run(words)).out);
    assert.deepEqual(
      sessions.map((session: { id: string }) => session.id),
      ids,
    );
    assert.equal(next, null);
    assert.equal(requests.filter((name) => name === 'native.list').length, 3);
  });

  test("tells a user of their own sessions, and refuses others'", async (context) => {
    const { run, signIn } = await openStage(context);
    await signIn('ada');
    assert.match((await run(['sessions', 'list'], { as: 'ada' })).out, /forgerock/);
    const refused = await run(['sessions', 'list', '--subject', 'grace'], { as: 'ada' });
    assert.equal(refused.code, 1);
    assert.equal(
      refused.err,
      'lamplighter: ada is not an administrator of realm alpha; sign in as one with --user\n',
    );
  });
});
