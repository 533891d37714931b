/** `config print` and `config schema`: all that is in force without the secrets, and for editors. */

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { parse } from 'yaml';
import { openStage } from './cli.testing.ts';

const DEMO = fileURLToPath(new URL('../../../examples/demo.yaml', import.meta.url));

describe('config print', () => {
  test('shows every option in force, and no secret', async (context) => {
    const { run, secrets } = await openStage(context);
    const demo = await readFile(DEMO, 'utf8');
    for (const [, secret = ''] of demo.matchAll(/(?:password|secret|key|token): (\S+)/g)) {
      secrets.add(secret);
    }
    assert.ok(secrets.size > 6);
    const { code, out, err } = await run(['config', 'print']);
    assert.deepEqual([code, err], [0, '']);
    const shown = parse(out);
    assert.deepEqual(shown.listen, { host: '127.0.0.1', port: 8080 });
    assert.equal(shown.realms.alpha.session.touch_throttle, '1m');
    assert.equal(shown.realms.alpha.users[0].password, '[secret]');
  });

  test('shows what is printed as a config that means the same', async (context) => {
    const { run } = await openStage(context);
    const folder = await mkdtemp(path.join(tmpdir(), 'lamplighter-'));
    context.after(() => rm(folder, { recursive: true, force: true }));
    const file = path.join(folder, 'lamp.yaml');
    await writeFile(file, 'realms: { alpha: { session: { idle: 90m } } }\nlog: { level: debug }\n');
    const first = await run(['config', 'print', '--config', file]);
    await writeFile(file, first.out);
    const second = await run(['config', 'print', '--config', file]);
    assert.deepEqual(parse(second.out), parse(first.out));
    assert.equal(parse(second.out).realms.alpha.session.idle, '90m');
    const overruled = await run(['config', 'print', '--config', file], {
      environment: { LAMPLIGHTER_LOG_LEVEL: 'warn' },
    });
    assert.equal(parse(overruled.out).log.level, 'warn');
  });

  test('shows a list of instances as such, and no secret of any', async (context) => {
    const { run, secrets } = await openStage(context);
    const folder = await mkdtemp(path.join(tmpdir(), 'lamplighter-'));
    context.after(() => rm(folder, { recursive: true, force: true }));
    const file = path.join(folder, 'lamp.yaml');
    secrets.add('desk-token-of-alpha').add('desk-token-of-beta');
    await writeFile(
      file,
      `realms: { alpha: {}, beta: {} }
cors: { origins: [https://app.example] }
dialects:
  zendesk:
    - { hosts: [a.example], api_tokens: [{ token: desk-token-of-alpha }] }
    - { realm: beta, end_user_idle: 120m, api_tokens: [{ token: desk-token-of-beta }] }
`,
    );
    const first = await run(['config', 'print', '--config', file]);
    const { cors, dialects } = parse(first.out);
    assert.deepEqual(cors, { origins: ['https://app.example'] });
    const [alpha, beta] = dialects.zendesk;
    assert.deepEqual(
      [alpha.realm, alpha.hosts, alpha.end_user_idle],
      ['alpha', ['a.example'], '8h'],
    );
    assert.deepEqual([beta.realm, beta.hosts, beta.end_user_idle], ['beta', [], '2h']);
    assert.deepEqual([alpha.api_tokens, beta.api_tokens], Array(2).fill([{ token: '[secret]' }]));
    await writeFile(file, first.out);
    const second = await run(['config', 'print', '--config', file]);
    assert.deepEqual(parse(second.out), parse(first.out));
  });

  test('shows the errors where there are some', async (context) => {
    const { run } = await openStage(context);
    const environment = { LAMPLIGHTER_LOG_LEVEL: 'loud' };
    const { code, out, err } = await run(['config', 'print'], { environment });
    assert.deepEqual([code, out], [1, '']);
    assert.match(err, /LAMPLIGHTER_LOG_LEVEL: expected one of/);
  });
});

describe('config schema', () => {
  test('is a JSON Schema with every dialect in it', async (context) => {
    const { run } = await openStage(context);
    const { code, out } = await run(['config', 'schema']);
    assert.equal(code, 0);
    const schema = JSON.parse(out);
    assert.equal(schema.$schema, 'https://json-schema.org/draft/2020-12/schema');
    const { dialects, listen } = schema.properties;
    assert.ok('oauth' in dialects.properties && 'native' in dialects.properties);
    assert.match(listen.properties.port.description, /port/i);
    const [one, many] = dialects.properties.zendesk.anyOf;
    assert.equal(one.properties.hosts.items.type, 'string');
    assert.deepEqual([many.type, many.items], ['array', one]);
  });

  test('ends quietly when its reader has had enough', async () => {
    const main = fileURLToPath(new URL('../main.ts', import.meta.url));
    const child = spawn(process.execPath, [main, 'config', 'schema'], { env: {} });
    child.stdout.destroy();
    let err = '';
    child.stderr.setEncoding('utf8').on('data', (text) => {
      err += text;
    });
    const [code] = await once(child, 'close');
    assert.deepEqual([code, err], [0, '']);
  });
});
