/** `sessions end`: one session or all of a person's, and the question that comes before all. */

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { CONTROL_C, CONTROL_D, openStage, type Stage } from './cli.testing.ts';

async function endOf({ world }: Stage, id: string) {
  return (await world.services.sessions.inspect(id))?.end ?? null;
}

describe('sessions end SESSION_ID', () => {
  test('ends it, and says when it had ended before', async (context) => {
    const stage = await openStage(context);
    const { id } = await stage.signIn('ada');
    const other = await stage.signIn('ada');
    const first = await stage.run(['sessions', 'end', id]);
    assert.deepEqual(first, { code: 0, out: `Session ${id} is ended.\n`, err: '' });
    assert.equal((await endOf(stage, id))?.reason, 'ended_by_administrator');
    assert.equal(await endOf(stage, other.id), null);
    const second = await stage.run(['sessions', 'end', id.toUpperCase()]);
    assert.deepEqual(second, { code: 0, out: `Session ${id} had ended before.\n`, err: '' });
    assert.equal(
      (await stage.run(['sessions', 'end', id, '--json'])).out,
      '{\n  "ended": false\n}\n',
    );
    assert.equal((await stage.run(['sessions', 'end', '0000000000000000'])).code, 1);
  });

  test('needs one thing to end, in a form that can be one', async (context) => {
    const { requests, run } = await openStage(context);
    for (const [words, said] of [
      [[], /sessions end needs a SESSION_ID, or --subject SUBJECT/],
      [['0000000000000000', '--subject', 'ada'], /needs one of them/],
      [['current'], /a SESSION_ID is 16 letters and digits/],
    ] as const) {
      const { code, err } = await run(['sessions', 'end', ...words]);
      assert.equal(code, 2);
      assert.match(err, said);
    }
    assert.deepEqual(requests, []);
  });
});

describe('sessions end --subject', () => {
  const ALL = ['sessions', 'end', '--subject', 'ada'];
  const PASSWORD = 'light-the-lamps-3';

  test('asks first, at a terminal', async (context) => {
    const stage = await openStage(context);
    const { id } = await stage.signIn('ada');
    for (const answer of ['', 'n', 'no', 'maybe', 'yesterday']) {
      const { code, out, err } = await stage.run(ALL, { typed: [PASSWORD, answer] });
      assert.deepEqual([code, out], [1, '']);
      assert.match(err, /End all sessions of ada in realm alpha\? \[y\/N\] /);
      assert.match(err, /lamplighter: nothing was ended\n$/);
    }
    assert.equal((await stage.run(ALL, { typed: [PASSWORD, CONTROL_C] })).code, 130);
    assert.equal((await stage.run(ALL, { typed: [PASSWORD, CONTROL_D] })).code, 2);
    assert.deepEqual(stage.requests, [], 'nothing was asked of the server');
    assert.equal(await endOf(stage, id), null);
    for (const answer of ['y', 'YES']) {
      const { id: another } = await stage.signIn('ada');
      assert.equal((await stage.run(ALL, { typed: [PASSWORD, answer] })).code, 0);
      assert.equal((await endOf(stage, another))?.reason, 'ended_by_administrator');
    }
  });

  test('without a terminal needs --yes', async (context) => {
    const stage = await openStage(context);
    const { id } = await stage.signIn('ada');
    await stage.signIn('ada');
    const refused = await stage.run(ALL, { stdin: 'y\n' });
    assert.equal(refused.code, 2);
    assert.match(refused.err, /Without a terminal to ask at, say so with --yes\n$/);
    assert.deepEqual(stage.requests, []);
    const done = await stage.run([...ALL, '--yes']);
    assert.deepEqual(done, { code: 0, out: '2 sessions of ada ended.\n', err: '' });
    assert.ok(await endOf(stage, id));
    assert.equal((await stage.run([...ALL, '--yes'])).out, 'No sessions of ada ended.\n');
  });

  test("does not count the command's own session", async (context) => {
    const stage = await openStage(context);
    const { id } = await stage.signIn('root');
    const { code, out, err } = await stage.run(['sessions', 'end', '--subject', 'root', '--yes']);
    assert.deepEqual([code, out, err], [0, '1 session of root ended.\n', '']);
    assert.equal((await endOf(stage, id))?.reason, 'signed_out_everywhere');
  });
});
