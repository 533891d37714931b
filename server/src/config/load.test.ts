/** Configs that are right, and everything that can be wrong with one. */

import assert from 'node:assert/strict';
import path from 'node:path';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { z } from 'zod';
import { errorLines } from './errors.ts';
import { type Config, type ConfigAsk, loadConfig } from './load.ts';
import { configJsonSchema, redact } from './print.ts';
import { duration, name, secret } from './values.ts';

const shop = z.strictObject({
  realm: name('The realm.').default('alpha'),
  top_realm: name('The realm at the top. Default: none.').optional(),
  access_token_life: duration('The life of a token. Default: 1h.').prefault('1h'),
  clients: z
    .array(z.strictObject({ id: name('Its name.'), secret: secret('Its secret.').optional() }))
    .default([]),
});
const dialectSchemas = { native: z.strictObject({ page: z.int().max(9).default(3) }), shop };

const FILE = path.resolve('etc/lamp.yaml');

function load(text: string, ask: Partial<ConfigAsk> = {}) {
  const rest = { file: FILE, dialectSchemas, environment: { logLevel: undefined }, flags: {} };
  return loadConfig({ ...rest, text, ...ask });
}

function loaded(text: string, ask: Partial<ConfigAsk> = {}): Config {
  const outcome = load(text, ask);
  if ('errors' in outcome) assert.fail(errorLines(outcome));
  return outcome;
}

/** The errors, as `line:column path: message`. */
function faults(text: string, ask: Partial<ConfigAsk> = {}): string[] {
  const outcome = load(text, ask);
  if (!('errors' in outcome)) assert.fail('the config was taken');
  return errorLines(outcome)
    .split('\n')
    .map((line) => line.replace(`${FILE}:`, ''));
}

const SMALLEST = 'realms: { alpha: {} }\n';

describe('a config that is right', () => {
  test('has every default', () => {
    const { realms, dialects, ...rest } = loaded(SMALLEST);
    assert.deepEqual(rest, {
      listen: { host: '127.0.0.1', port: 8080 },
      demo: false,
      data: path.resolve('data'),
      root_secret_file: undefined,
      store: { type: 'level' },
      log: { level: 'info' },
      limits: {
        body: 65_536,
        headers: 32_768,
        request_time: 30_000,
        keep_alive: 65_000,
        in_flight: 1000,
      },
      trusted_proxies: [],
      cors: { origins: [] },
      sweep: 30_000,
      keys: { signing_algorithm: 'ES256' },
      password_hashing: { memory: 19_922_944, passes: 2, lanes: 1, at_once: 3 },
    });
    assert.deepEqual(realms.alpha?.session, {
      idle: 1_800_000,
      max: 7_200_000,
      touch_throttle: 60_000,
    });
    assert.deepEqual(realms.alpha?.retry, {
      unbound_cap: 60_000,
      bound_cap: 3_600_000,
      overlap: 10_000,
      replay_ends: 'grant',
    });
    assert.deepEqual(dialects, { native: { page: 3 } }, 'a dialect that is not named is off');
  });

  test('is overruled by the environment, and that by flags', () => {
    const text = `${SMALLEST}listen: { port: 1 }\nlog: { level: warn }\ndata: here\n`;
    assert.equal(loaded(text).data, path.resolve('etc/here'), 'relative to the file');
    const { listen, log, data } = loaded(text, {
      environment: { logLevel: 'debug' },
      flags: { port: '0', host: '::1', data: 'there' },
    });
    assert.deepEqual(listen, { port: 0, host: '::1' });
    assert.equal(log.level, 'debug');
    assert.equal(data, path.resolve('there'), 'relative to the working directory');
  });

  test('takes lengths of time and sizes in every unit', () => {
    const { sweep, limits } = loaded(`${SMALLEST}sweep: 1500ms\nlimits: { body: 1MiB }\n`);
    assert.equal(sweep, 1500);
    assert.equal(limits.body, 1_048_576);
  });
});

describe('a text that is no config', () => {
  const cases: readonly (readonly [string, string, readonly string[]])[] = [
    ['empty', '', ['1:1: the file is empty']],
    ['only a comment', '# nothing\n', ['1:1: the file is empty']],
    ['a list', '- realms\n', ['1:1: expected options, such as "listen:"']],
    ['a word', 'realms\n', ['1:1: expected options, such as "listen:"']],
    [
      'two documents',
      `${SMALLEST}---\n{}\n`,
      ['2:1: a second document begins here ("---"), one is expected'],
    ],
    ['a tab', 'realms:\n\talpha: {}\n', ['2:1: tabs cannot indent in YAML, use spaces']],
    ['a key twice', `${SMALLEST}realms: {}\n`, ['2:1: this option stands here twice']],
    ['a key of another sort', `? [a]\n: 1\n`, ['1:3: the name of an option must be text']],
    [
      'an alias',
      'realms: &r { alpha: {} }\nx: *r\n',
      ['2:4: "*r": aliases are not read here, write the value out'],
    ],
    ['a prototype', `${SMALLEST}__proto__: { demo: true }\n`, ['2:1: unknown option "__proto__"']],
  ];
  for (const [what, text, expected] of cases) {
    test(what, () => assert.deepEqual(faults(text), expected));
  }

  test('a bomb of aliases', () => {
    const bomb = `a: &a [${'x,'.repeat(9)}x]\nb: &b [${'*a,'.repeat(9)}*a]\nc: [${'*b,'.repeat(9)}*b]\n`;
    assert.equal(faults(bomb).length, 20);
  });

  test('an unclosed quote, and a file as large as a film', () => {
    assert.match(faults('listen: { host: "127.0.0.1 }\n')[0] ?? '', /^\d+:\d+: not YAML: /);
    assert.deepEqual(faults('#'.repeat(1_000_001)), ['1:1: expected at most 1000000 characters']);
  });
});

describe('options that are wrong', () => {
  test('an unknown one is met with the nearest known one', () => {
    assert.deepEqual(
      faults('relams: { alpha: {} }\nrealms: { alpha: { sesion: {}, zzzz: 1 } }\n'),
      [
        '1:1: relams: unknown option "relams", did you mean "realms"?',
        '2:20: realms.alpha.sesion: unknown option "sesion", did you mean "session"?',
        '2:32: realms.alpha.zzzz: unknown option "zzzz"',
      ],
    );
  });

  test('one that stands a step too high is met with where it belongs', () => {
    assert.deepEqual(faults('realms: { alpha: { idle: 5m, max_age: 90d } }\nport: 80\ntype: x\n'), [
      '1:20: realms.alpha.idle: unknown option "idle", did you mean "session.idle"?',
      '1:30: realms.alpha.max_age: unknown option "max_age", did you mean "password.max_age"?',
      '2:1: port: unknown option "port", did you mean "listen.port"?',
      '3:1: type: unknown option "type"',
    ]);
  });

  test('all of them are told at once, in the order of the file', () => {
    const text = `listen:
  port: 70000
  hots: x
sweep: soon
realms:
  alpha:
    session: { idle: 3h, max: 2h }
    retry: { unbound_cap: 2h }
    users:
      - { username: ada }
      - { username: grace, password: short, role: queen }
  'no way': {}
dialects:
  shop: { realm: omega, clients: { id: x } }
  shopp: {}
log: { level: 7 }
`;
    assert.deepEqual(faults(text), [
      '2:9: listen.port: expected a whole number from 0 to 65535',
      '3:3: listen.hots: unknown option "hots", did you mean "host"?',
      '4:8: sweep: expected a length of time from 100ms to 1h, such as 90s, 30m, 12h or 7d',
      '7:22: realms.alpha.session.idle: must not be longer than session.max',
      '8:27: realms.alpha.retry.unbound_cap: expected a length of time from 0s to 1h, such as 90s, 30m, 12h or 7d',
      '10:9: realms.alpha.users[0].password: missing, expected text of 8 to 1024 characters; in quotes, if it looks like a number',
      '11:38: realms.alpha.users[1].password: expected text of 8 to 1024 characters; in quotes, if it looks like a number',
      '11:51: realms.alpha.users[1].role: expected one of "user", "agent", "administrator"',
      '12:3: realms.no way: expected a name: letters, digits, ".", "_" and "-", 64 at most',
      '14:34: dialects.shop.clients: expected a list',
      '15:3: dialects.shopp: unknown option "shopp", did you mean "shop"?',
      '16:15: log.level: expected one of "fatal", "error", "warn", "info", "debug", "silent"',
    ]);
  });

  test('one of the environment or of a flag is named as such', () => {
    const environment = { logLevel: 'loud' };
    assert.deepEqual(faults(SMALLEST, { environment, flags: { port: '80a' } }), [
      '--port: expected a whole number from 0 to 65535',
      'LAMPLIGHTER_LOG_LEVEL: expected one of "fatal", "error", "warn", "info", "debug", "silent"',
    ]);
  });

  test('two people who sign in with the same thing, whatever its case', () => {
    const users = [
      '      - { username: boss, password: long-enough-1, email: b@example.com }',
      '      - { username: Boss, password: long-enough-2 }',
      '      - { username: mia, password: long-enough-3, email: B@example.com }',
    ];
    const text = `realms:\n  alpha:\n    users:\n${users.join('\n')}\n`;
    const taken = 'somebody else of this realm signs in with that';
    const lines = faults(text);
    assert.equal(lines.length, 2, lines.join('\n'));
    assert.ok(lines[0]?.includes(`users[1].username: ${taken}`), lines[0]);
    assert.ok(lines[1]?.includes(`users[2].email: ${taken}`), lines[1]);
  });

  test('what is missing, and sections of another sort', () => {
    assert.deepEqual(faults('demo: true\n'), [
      '1:1: realms: missing, expected names with options under each',
    ]);
    assert.deepEqual(faults('realms: {}\nlisten:\nkeys: [1]\n'), [
      '1:9: realms: expected at least one realm',
      '2:8: listen: expected options under it',
      '3:7: keys: expected options under it',
    ]);
  });
});

describe('options that do not fit each other', () => {
  const realm = (options: string) => `realms: { alpha: { ${options} } }\n`;
  const cases: readonly (readonly [string, string, RegExp])[] = [
    ['idle and max', realm('session: { idle: 3h }'), /session.idle: must not be longer/],
    ['throttle and idle', realm('session: { idle: 60s }'), /touch_throttle: must be shorter/],
    [
      'the caps',
      realm('retry: { unbound_cap: 60s, bound_cap: 50s }'),
      /must not be longer than retry.bound_cap/,
    ],
    [
      'the cap and the access token',
      `${SMALLEST}dialects: { shop: { access_token_life: 60s } }\n`,
      /realms.alpha.retry.unbound_cap: must be shorter than dialects.shop.access_token_life/,
    ],
    [
      'an unknown realm',
      `${SMALLEST}dialects: { shop: { realm: beta } }\n`,
      /dialects.shop.realm: expected the name of a realm/,
    ],
    [
      'an unknown realm at the top',
      `${SMALLEST}dialects: { shop: { top_realm: beta } }\n`,
      /dialects.shop.top_realm: expected the name of a realm/,
    ],
    [
      'a default realm',
      'realms: { beta: {} }\ndialects: { shop: {} }\n',
      /dialects.shop.realm: missing, expected the name of a realm/,
    ],
    [
      'a demo on every address',
      `${SMALLEST}demo: true\nlisten: { host: 0.0.0.0 }\n`,
      /listen.host: expected 127.0.0.1, ::1 or localhost: this is a demo/,
    ],
    [
      'a proxy',
      `${SMALLEST}trusted_proxies: [10.0.0.0/33]\n`,
      /trusted_proxies\[0\]: expected an address/,
    ],
  ];
  for (const [what, text, expected] of cases) {
    test(what, () => {
      const found = faults(text);
      assert.equal(found.length, 1);
      assert.match(found[0] ?? '', expected);
    });
  }

  test('origins are as browsers send them', () => {
    const origins = (...each: string[]) =>
      `${SMALLEST}cors: { origins: ${JSON.stringify(each)} }\n`;
    const fit = [
      'https://app.example',
      'http://localhost:5173',
      'http://[::1]:80',
      'https://a:8443',
    ];
    const listed = [...fit.filter((each) => !each.endsWith(':80')), 'capacitor://localhost'];
    assert.deepEqual(loaded(origins(...listed)).cors.origins, listed);
    const others = [
      ...['https://app.example/', 'https://app.example/a', 'https://app.example?', 'app.example'],
      ...['https://App.example', 'https://app.example:443', 'http://[::1]:80', 'https://a b'],
      ...['*', 'https://*', 'https://*.example', 'null', '', 'https://', 'https://u@app.example'],
      ...['https:app.example', 'https://bücher.example', 'capacitor://localhost/', 'file:///'],
    ];
    const expected =
      'expected an origin such as https://app.example: lower case, no path, no "/" at its end';
    assert.deepEqual(
      faults(origins(...others)).map((line) => line.replace(/^[\d:]+ /, '')),
      others.map((_, at) => `cors.origins[${at}]: ${expected}`),
    );
  });

  test('a flag cannot take a demo off this machine', () => {
    const text = `${SMALLEST}demo: true\n`;
    assert.equal(loaded(text, { flags: { host: '::1' } }).demo, true);
    assert.deepEqual(faults(text, { flags: { host: '0.0.0.0' } }), [
      '--host: expected 127.0.0.1, ::1 or localhost: this is a demo',
    ]);
  });

  test('they are told beside errors elsewhere', () => {
    assert.equal(faults(`${SMALLEST}demo: true\nlisten: { host: 0.0.0.0 }\nsweep: 1\n`).length, 2);
  });
});

describe('what is written out', () => {
  const SECRETS = ['first-password-1', 'client-secret-2'];
  const TEXT = `realms:
  alpha: { users: [{ username: ada, password: ${SECRETS[0]} }] }
dialects:
  shop: { access_token_life: 90m, clients: [{ id: web, secret: ${SECRETS[1]} }] }
`;

  test('has no secret, and can be read again', () => {
    const config = loaded(TEXT);
    const shown = redact(config, dialectSchemas);
    const text = JSON.stringify(shown);
    for (const each of SECRETS) assert.ok(!text.includes(each), text);
    assert.equal(text.split('"[secret]"').length - 1, SECRETS.length);
    assert.match(text, /"access_token_life":"90m"/);
    assert.match(text, /"body":"64KiB"/);
    // JSON is YAML.
    assert.deepEqual(redact(loaded(text), dialectSchemas), shown);
  });

  test('no error holds a value of the file', () => {
    const text = TEXT.replace('realms:', 'realms:\n  beta: hidden-3').replace('shop', 'native');
    for (const line of faults(text)) assert.doesNotMatch(line, /hidden-3|client-secret-2/);
  });

  test('the JSON Schema knows defaults, descriptions and secrets', () => {
    const schema = JSON.stringify(configJsonSchema(dialectSchemas));
    assert.match(schema, /"default":"30m","description":"How long a session lives without/);
    assert.match(schema, /"writeOnly":true/);
    assert.match(schema, /"additionalProperties":false/);
    assert.doesNotMatch(schema, /"secret":true|"unit"|"tokenLife"/);
  });
});

test('a dialect that is on without being named is held to its defaults', () => {
  const native = z.strictObject({ realm: name('The realm.').default('alpha') });
  const ask = { dialectSchemas: { native, shop } };
  const expected = [
    '1:1: dialects.native.realm: missing, expected the name of a realm of this file',
  ];
  assert.deepEqual(faults('realms: { beta: {} }\n', ask), expected);
  assert.ok(loaded('realms: { beta: {} }\ndialects: { native: { realm: beta } }\n', ask));
});

test('no text at all brings the reader down', () => {
  const key = fc.constantFrom(
    'realms',
    'listen',
    'dialects',
    'shop',
    'users',
    'idle',
    '__proto__',
    'toString',
    '*a',
    '&a',
  );
  const tree = fc.letrec((tie) => ({
    any: fc.oneof(
      { maxDepth: 4 },
      fc.string(),
      fc.double(),
      fc.constant(null),
      tie('map'),
      fc.array(tie('any')),
    ),
    map: fc.dictionary(fc.oneof(key, fc.string()), tie('any')),
  }));
  const texts = fc.oneof(
    fc.string(),
    tree.map.map((it) => JSON.stringify(it)),
  );
  fc.assert(
    fc.property(texts, (text) => {
      const outcome = load(text);
      if ('errors' in outcome) assert.ok(errorLines(outcome).length > 0);
    }),
    { numRuns: 300 },
  );
});
