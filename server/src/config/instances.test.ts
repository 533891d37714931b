/** A dialect once, or several times in a list: what is read, what is shown, and what is refused. */

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { z } from 'zod';
import { errorLines } from './errors.ts';
import { type Config, loadConfig } from './load.ts';
import { configJsonSchema, redact } from './print.ts';
import { longestTokenLife } from './token-life.ts';
import { duration, hosts, name, secret, tokenLife } from './values.ts';

const DAY = 86_400_000;

const desk = z.strictObject({
  realm: name('The realm.').default('alpha'),
  hosts: hosts('The hosts.'),
  access_token_life: duration('The life of a token. Default: 1h.').prefault('1h'),
  max_life: tokenLife('The life of a session. Default: 1d.').prefault('1d'),
  tokens: z.array(z.strictObject({ token: secret('A token.') })).default([]),
});
/** Nothing in a request tells two of these apart. */
const plain = z.strictObject({ realm: name('The realm.').default('alpha') });
const dialectSchemas = { desk, plain };

function load(dialects: string) {
  const text = `realms: { alpha: {}, beta: {} }\ndialects: { ${dialects} }\n`;
  const environment = { logLevel: undefined };
  return loadConfig({ text, file: 'x', dialectSchemas, environment, flags: {} });
}

function loaded(dialects: string): Config {
  const outcome = load(dialects);
  return 'errors' in outcome ? assert.fail(errorLines(outcome)) : outcome;
}

function faults(dialects: string): string[] {
  const outcome = load(dialects);
  if (!('errors' in outcome)) assert.fail('the config was taken');
  return outcome.errors.map(({ path, message }) => `${path}: ${message}`);
}

const ONE = 'hosts: [one.example], tokens: [{ token: first-token-1 }]';
const TWO = 'realm: beta, max_life: 50d, tokens: [{ token: second-token-2 }]';
const BOTH = `desk: [{ ${ONE} }, { ${TWO} }]`;

describe('a list of instances', () => {
  test('is read as one, and a single instance as before', () => {
    const defaults = { access_token_life: 3_600_000, max_life: DAY };
    const first = { ...defaults, realm: 'alpha', hosts: ['one.example'] };
    const second = { ...defaults, realm: 'beta', hosts: [], max_life: 50 * DAY };
    const tokens = (token: string) => ({ tokens: [{ token }] });
    const single = { ...first, ...tokens('first-token-1') };
    assert.deepEqual(loaded(`desk: { ${ONE} }`).dialects, { desk: single });
    assert.deepEqual(loaded(BOTH).dialects, {
      desk: [single, { ...second, ...tokens('second-token-2') }],
    });
    assert.deepEqual(loaded(`desk: [{ ${ONE} }]`).dialects, { desk: [single] });
  });

  test('is shown without its secrets, in a form that can be read again', () => {
    for (const dialects of [BOTH, `desk: [{ ${ONE} }]`, `desk: { ${TWO} }`]) {
      const shown = redact(loaded(dialects), dialectSchemas);
      const text = JSON.stringify(shown);
      assert.doesNotMatch(text, /(?:first|second)-token/);
      assert.match(text, /"max_life":"(?:1|50)d"/);
      const again = JSON.stringify(Object(shown).dialects).slice(1, -1);
      assert.deepEqual(redact(loaded(again), dialectSchemas), shown);
    }
  });

  test('counts for how long keys stay', () => {
    const life = (dialects: string) => longestTokenLife(loaded(dialects), dialectSchemas) / DAY;
    // Beside the 30 days for which ends are remembered.
    assert.equal(life(BOTH), 80);
    assert.equal(life(`desk: [{ ${TWO} }]`), 80);
    assert.equal(life(`desk: [{ ${ONE} }]`), 31);
  });

  test('is in the JSON Schema, where hosts can tell one from another', () => {
    const schema = Object(configJsonSchema(dialectSchemas));
    const { desk: listed, plain: single } = schema.properties.dialects.properties;
    const [one, many] = listed.anyOf;
    assert.equal(one.properties.hosts.type, 'array');
    assert.deepEqual([many.type, many.minItems, many.items], ['array', 1, one]);
    assert.equal(single.type, 'object');
  });
});

describe('what is refused', () => {
  const HOST =
    'expected the name of a host in lower case and without port, such as sso.example.com';
  const cases: readonly (readonly [string, string, readonly string[]])[] = [
    [
      'an empty list',
      'desk: []',
      ['dialects.desk: expected at least one entry; a dialect that is off is left out'],
    ],
    ['a word', 'desk: on', ['dialects.desk: expected options under it, or a list']],
    ['a list of words', 'desk: [on]', ['dialects.desk[0]: expected options under it']],
    [
      'a list of what cannot be told apart',
      'plain: [{}]',
      ['dialects.plain: expected options under it'],
    ],
    [
      'two that answer everywhere',
      'desk: [{ hosts: [] }, { hosts: [a] }, { realm: beta }]',
      ['dialects.desk[2].hosts: missing, expected hosts: dialects.desk[0] has none either'],
    ],
    [
      'two of one host',
      'desk: [{ hosts: [a, b] }, { hosts: [c, b] }]',
      ['dialects.desk[1].hosts[1]: dialects.desk[0] has this host already'],
    ],
    [
      'a host twice',
      'desk: { hosts: [a, b, a] }',
      ['dialects.desk.hosts: must not name a host twice'],
    ],
    [
      'what is wrong in an instance, at its place',
      'desk: [{ relm: beta }, { realm: gamma }, { hosts: [a], access_token_life: 10s }]',
      [
        'realms.alpha.retry.unbound_cap: must be shorter than dialects.desk[2].access_token_life and half of session.idle',
        'realms.beta.retry.unbound_cap: must be shorter than dialects.desk[2].access_token_life and half of session.idle',
        'dialects.desk[0].relm: unknown option "relm", did you mean "realm"?',
        'dialects.desk[1].realm: expected the name of a realm of this file',
      ],
    ],
    [
      'what is wrong in a single one, at its place',
      'desk: { relm: beta, max_life: 1 }',
      [
        'dialects.desk.relm: unknown option "relm", did you mean "realm"?',
        'dialects.desk.max_life: expected a length of time such as 90s, 30m, 12h or 7d',
      ],
    ],
    ...['A.example', 'a:80', 'https://a', 'a/b', '"*.a"', '.a', 'a.', '""', '1', '"[::1"'].map(
      (host) =>
        [
          `host ${host}`,
          `desk: { hosts: [${host}] }`,
          [`dialects.desk.hosts[0]: ${HOST}`],
        ] as const,
    ),
  ];
  for (const [what, dialects, expected] of cases) {
    test(what, () => {
      assert.deepEqual(faults(dialects).toSorted(), expected.toSorted());
    });
  }
});

test('a host is a name or an address', () => {
  const names = ['localhost', 'a.b-c.example', '10.0.0.7', '[::1]', 'xn--bcher-kva.example'];
  const { dialects } = loaded(`desk: { hosts: [${names.map((each) => `"${each}"`).join(', ')}] }`);
  assert.deepEqual(Object(dialects.desk).hosts, names);
});
