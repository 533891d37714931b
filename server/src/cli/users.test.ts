/** `users add` and `users passwd`: who may, and where the new password comes from. */

import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, type TestContext, test } from 'node:test';
import { openStage, type Stage } from './cli.testing.ts';

const NEW = 'a-lamp-for-nour-7';
const ROOT = 'light-the-lamps-3';

async function knows({ world }: Stage, login: string, password: string): Promise<boolean> {
  const { directory } = world.services;
  const found = await directory.authenticate('alpha', login, password, '127.0.0.1');
  return found.verdict === 'right';
}

async function fileWith(context: TestContext, text: string): Promise<string> {
  const folder = await mkdtemp(path.join(tmpdir(), 'lamplighter-'));
  context.after(() => rm(folder, { recursive: true, force: true }));
  const file = path.join(folder, 'secret');
  await writeFile(file, text, { mode: 0o600 });
  return file;
}

async function stageWith(context: TestContext): Promise<Stage> {
  const stage = await openStage(context);
  stage.secrets.add(NEW);
  return stage;
}

describe('users add', () => {
  test('makes a user with all that is said of them', async (context) => {
    const stage = await stageWith(context);
    const said = [
      ['--email', 'nour@example.com'],
      ['--name', 'Nour Haddad'],
      ['--name-ar', 'نور حداد'],
      ['--mobile', '+962 7 0000 0000'],
      ['--role', 'agent'],
    ].flat();
    const added = await stage.run(['users', 'add', 'nour', ...said], { stdin: `${NEW}\n` });
    assert.deepEqual(added, { code: 0, out: 'User nour is made, role agent.\n', err: '' });
    const { number, ...nour } = (await stage.world.services.directory.find('alpha', 'nour')) ?? {};
    assert.ok(Number.isSafeInteger(number));
    assert.deepEqual(nour, {
      realm: 'alpha',
      subject: 'nour',
      username: 'nour',
      email: 'nour@example.com',
      names: { en: 'Nour Haddad', ar: 'نور حداد' },
      mobile: '+962 7 0000 0000',
      role: 'agent',
      active: true,
      passwordChangedAt: stage.world.clock.now(),
    });
    assert.ok(await knows(stage, 'nour@example.com', NEW));
    const json = await stage.run(['users', 'add', 'sami', '--json'], { stdin: NEW });
    assert.equal(JSON.parse(json.out).subject, 'sami');
    assert.equal(JSON.parse(json.out).role, 'user');
  });

  test('says why it could not', async (context) => {
    const stage = await stageWith(context);
    const add = (words: readonly string[], how = {}) =>
      stage.run(['users', 'add', ...words], { stdin: NEW, ...how });
    assert.match((await add(['ada'])).err, /^lamplighter: The user name .* of ada is taken/);
    assert.match((await add(['nour', '--role', 'king'])).err, /"role" must be one of user, agent/);
    assert.match((await add(['nour'], { as: 'ada' })).err, /ada is not an administrator/);
    const short = await add(['nour'], { stdin: 'short' });
    assert.match(short.err, /A password must have 8 to 1024 bytes/);
    assert.equal(short.code, 1);
    assert.equal((await add([])).code, 2);
    assert.equal(await stage.world.services.directory.find('alpha', 'nour'), undefined);
  });
});

describe('users passwd', () => {
  test('ends the sessions of the user, and says how many', async (context) => {
    const stage = await stageWith(context);
    const { id } = await stage.signIn('ada');
    const { code, out } = await stage.run(['users', 'passwd', 'ada'], { stdin: `${NEW}\r\n` });
    assert.equal(code, 0);
    assert.equal(out, 'The password of ada is changed, and 1 session was ended.\n');
    const found = await stage.world.services.sessions.inspect(id);
    assert.equal(found?.end?.reason, 'password_changed');
    assert.ok(await knows(stage, 'ada', NEW));
    const nobody = await stage.run(['users', 'passwd', 'nobody'], { stdin: NEW });
    assert.equal(nobody.code, 1);
    assert.match(nobody.err, /there is no such user in realm alpha; lamplighter users add/);
  });

  test('lets users change their own, with the one that they have, and nobody else’s', async (context) => {
    const stage = await stageWith(context);
    const mine = await stage.run(['users', 'passwd', 'ada'], { as: 'ada', stdin: NEW });
    assert.deepEqual(mine, {
      code: 0,
      out: 'The password of ada is changed, and 0 sessions were ended.\n',
      err: '',
    });
    assert.ok(await knows(stage, 'ada', NEW));
    const other = await stage.run(['users', 'passwd', 'root'], { as: 'grace', stdin: NEW });
    assert.match(other.err, /grace is not an administrator/);
    assert.equal(await knows(stage, 'root', NEW), false);
  });
});

describe('a new password', () => {
  const passwd = ['users', 'passwd', 'ada'];

  test('is typed twice, unseen', async (context) => {
    const stage = await stageWith(context);
    const { code, err } = await stage.run(passwd, { typed: [ROOT, NEW, NEW] });
    assert.equal(code, 0);
    assert.equal(
      err,
      'Password of root in realm alpha: \nNew password of ada: \nThe same again: \n',
    );
    assert.ok(await knows(stage, 'ada', NEW));
  });

  test('that is typed differently, or not at all, changes nothing', async (context) => {
    const stage = await stageWith(context);
    const differs = await stage.run(passwd, { typed: [ROOT, 'another-one-9', NEW] });
    assert.equal(differs.code, 1);
    assert.match(differs.err, /the two are not the same; nothing was changed\n$/);
    const none = await stage.run(passwd, { typed: [ROOT, ''] });
    assert.match(none.err, /no new password was given; nothing was changed\n$/);
    assert.deepEqual(stage.requests, []);
  });

  test('comes from a file, the first line of it', async (context) => {
    const stage = await stageWith(context);
    const file = await fileWith(context, `${NEW}\nnothing else\n`);
    const { code } = await stage.run([...passwd, '--new-password-file', file]);
    assert.equal(code, 0);
    assert.ok(await knows(stage, 'ada', NEW));
  });

  test('that is nowhere is asked for in words', async (context) => {
    const stage = await stageWith(context);
    const none = await stage.run(passwd);
    assert.equal(none.code, 2);
    assert.match(none.err, /pipe it in, give --new-password-file FILE, or run it at a terminal\n$/);
    const gone = await stage.run([...passwd, '--new-password-file', '/nowhere/at/all']);
    assert.equal(gone.code, 1);
    assert.match(gone.err, /--new-password-file \/nowhere\/at\/all: there is no such file\n$/);
    const empty = await fileWith(context, '\n');
    assert.match(
      (await stage.run([...passwd, '--new-password-file', empty])).err,
      /its first line is empty\n$/,
    );
    const huge = await stage.run(passwd, { stdin: 'x'.repeat(70_000) });
    assert.match(huge.err, /it is too long\n$/);
    assert.deepEqual(stage.requests, []);
  });
});
