/** `check`: what it finds right and wrong, all at once, and that it leaves everything as it was. */

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, type TestContext, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { openStage } from './cli.testing.ts';

const MAIN = fileURLToPath(new URL('../main.ts', import.meta.url));
const SECRET = 'c2l4dHkgZm91ciBmbGFtZXMgaW4gYSByb3cgb2YgbGFtcHM=';

async function stageIn(context: TestContext, config = 'realms: { alpha: {} }\n') {
  const { run, secrets } = await openStage(context);
  secrets.add(SECRET);
  const folder = await mkdtemp(path.join(tmpdir(), 'lamplighter-'));
  context.after(() => rm(folder, { recursive: true, force: true }));
  const file = path.join(folder, 'lamp.yaml');
  await writeFile(file, config);
  const data = path.join(folder, 'kept');
  const check = (environment: Readonly<Record<string, string>> = {}, more: string[] = []) =>
    run(['check', '--config', file, '--data', data, ...more], { environment });
  return { run, folder, file, data, check, secrets };
}

describe('check', () => {
  test('before the first start says what will be made, and makes nothing', async (context) => {
    const { folder, data, check } = await stageIn(context);
    const { code, out, err } = await check();
    assert.deepEqual([code, err], [0, '']);
    assert.equal(
      out,
      `config  to listen on 127.0.0.1:8080
        realms: alpha
        dialects: native
data    ${data}, to be made at the first start
secret  ${data}/root.secret, to be made at the first start
`,
    );
    assert.deepEqual(await readdir(folder), ['lamp.yaml']);
  });

  test('names a dialect that stands in a list once, and holds each instance to the rules', async (context) => {
    const realms = 'realms: { alpha: {}, beta: {} }\n';
    const desks = (hosts: string) =>
      `${realms}dialects: { zendesk: [{}, { realm: beta, hosts: [${hosts}] }], idaas: {} }\n`;
    const { out } = await (await stageIn(context, desks('beta.example'))).check();
    assert.match(out, /^ +dialects: native, (?:idaas, )?zendesk \(2 in a list\)(?:, idaas)?$/m);
    const { code, err } = await (await stageIn(context, desks(''))).check();
    assert.equal(code, 1);
    assert.match(
      err,
      /dialects\.zendesk\[1\]\.hosts: expected hosts: dialects\.zendesk\[0\] has none/,
    );
  });

  test('after a start finds what that has made', async (context) => {
    const { file, data, check } = await stageIn(context);
    const words = ['serve', '--port', '0', '--config', file, '--data', data];
    const server = spawn(process.execPath, [MAIN, ...words], {
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    await once(server.stdout, 'data');
    server.kill();
    await once(server, 'exit');
    const { code, out } = await check();
    assert.equal(code, 0);
    assert.match(out, new RegExp(`^data {4}${data}\nsecret {2}${data}/root.secret\n$`, 'm'));

    await rm(path.join(data, 'root.secret'));
    const lost = await check();
    assert.equal(lost.code, 1);
    assert.match(lost.err, /^lamplighter: There is no root secret at .*root\.secret\. Restore it/);
    assert.match((await check({ LAMPLIGHTER_ROOT_SECRET: SECRET })).out, /from LAMPLIGHTER_ROOT_/);
  });

  test('finds all that is wrong with a config, each at its line', async (context) => {
    const text =
      'realms: { alpha: {} }\nlisten: { prot: 80 }\nsweep: often\ndialects: { oaut: {} }\n';
    const { file, check } = await stageIn(context, text);
    const { code, out, err } = await check();
    assert.deepEqual([code, out], [1, '']);
    const lines = err.trimEnd().split('\n');
    assert.equal(lines.length, 4, err);
    assert.ok(
      lines[1]?.startsWith(`${file}:2:11: listen.prot: unknown option "prot", did you mean`),
    );
    assert.ok(lines[2]?.startsWith(`${file}:3:8: sweep: expected a length of time`));
    assert.ok(lines[3]?.startsWith(`${file}:4:13: dialects.oaut: unknown option "oaut"`));
  });

  test('finds all that is wrong with the data and the secret', async (context) => {
    const { folder, check } = await stageIn(
      context,
      'realms: {alpha: {}}\nroot_secret_file: lost\n',
    );
    await writeFile(path.join(folder, 'kept'), 'a file');
    const { code, err } = await check();
    assert.equal(code, 1);
    const lines = err.trimEnd().split('\n');
    assert.equal(lines[0], `lamplighter: data: ${folder}/kept is not a directory`);
    assert.match(lines[1] ?? '', /^There is no root secret at .*lost\./);
    const below = await check({ LAMPLIGHTER_ROOT_SECRET: 'abc' }, ['--data', `${folder}/kept/in`]);
    assert.match(below.err, /kept is not a directory\nThe root secret .*\n$/);
  });

  test('finds a secret that others can read, or that is none', async (context) => {
    const { data, check } = await stageIn(context);
    await mkdir(data);
    const file = path.join(data, 'root.secret');
    await writeFile(file, `${SECRET}\n`, { mode: 0o644 });
    assert.match(
      (await check()).err,
      /^lamplighter: Others can read the root secret in .*chmod 600/,
    );
    await rm(file);
    await writeFile(file, `${SECRET}\n`, { mode: 0o600 });
    const fit = await check();
    assert.equal(fit.code, 0);
    assert.match(fit.out, /^data .*kept, with nothing in it yet$/m);
    await rm(file);
    await writeFile(file, 'c2hvcnQ=\n', { mode: 0o600 });
    assert.match((await check()).err, /has 5 bytes and needs 32/);
  });

  test('of a store in memory asks for neither', async (context) => {
    const { check } = await stageIn(context, 'realms: {alpha: {}}\nstore: {type: memory}\n');
    const { out } = await check();
    assert.match(
      out,
      /data {4}in memory, forgotten at the stop\nsecret {2}made anew at each start\n$/,
    );
  });

  test('names a database without its password, and asks for one', async (context) => {
    const text = 'realms: {alpha: {}}\nstore: {type: postgres}\n';
    const { check, secrets } = await stageIn(context, text);
    const given = 'postgres://lamp:tops3cret@db.example:5432/lamplighter';
    secrets.add('tops3cret');
    const known = { LAMPLIGHTER_ROOT_SECRET: SECRET };
    const { out } = await check({ ...known, LAMPLIGHTER_POSTGRES_URL: given });
    assert.match(out, /^data .*PostgreSQL at db\.example:5432\/lamplighter$/m);
    const { code, err } = await check(known);
    assert.equal(code, 1);
    assert.match(err, /postgres needs url, url_file, or LAMPLIGHTER_POSTGRES_URL/);
  });

  test('without --config is about the demo', async (context) => {
    const { run } = await openStage(context);
    assert.match((await run(['check'])).out, /^config {2}to listen on 127.0.0.1:8080, as a demo\n/);
    const gone = await run(['check', '--config', '/nowhere/at/all.yaml']);
    assert.equal(gone.code, 1);
    assert.match(gone.err, /config \/nowhere\/at\/all\.yaml: there is no such file\n$/);
  });
});
