/** The demo's config: its values are a promise, and none of its secrets is ever printed. */

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { isScalar, parse, parseDocument, visit } from 'yaml';
import { dialectSchemas } from '../dialects/registry.ts';
import { errorLines } from './errors.ts';
import { loadConfig } from './load.ts';
import { configJsonSchema, redact } from './print.ts';
import { defaultPolicy, peopleOf, realmsOf } from './realms.ts';
import { longestTokenLife } from './token-life.ts';

const FILE = fileURLToPath(new URL('../../../examples/demo.yaml', import.meta.url));
const TEXT = readFileSync(FILE, 'utf8');

function demo(text = TEXT) {
  const environment = { logLevel: undefined };
  const config = loadConfig({ text, file: FILE, dialectSchemas, environment, flags: {} });
  return 'errors' in config ? assert.fail(errorLines(config)) : config;
}

/** Every text that stands under a name that tells of a secret. */
function secretsOf(text: string): string[] {
  const secrets: string[] = [];
  visit(parseDocument(text), {
    Pair(_, { key, value }) {
      const isSecret = isScalar(key) && /password|secret|^key$|^token$/.test(String(key.value));
      if (isSecret && isScalar(value)) secrets.push(String(value.value));
    },
  });
  return secrets;
}

const REDIRECTS = ['http://127.0.0.1:9999/callback'];
const SCOPES = ['openid', 'profile', 'email', 'offline_access', 'read', 'write', 'share', 'edit'];

/** The whole file: what is not here, a further secret above all, is not in the demo. */
const PROMISED = {
  demo: true,
  realms: {
    alpha: {
      users: [
        {
          username: 'ada',
          password: 'let-there-be-light-1',
          email: 'ada@example.com',
          names: { en: 'Ada Lamp', ar: 'آدا لامب' },
        },
        {
          username: 'grace',
          password: 'keep-the-lamp-lit-2',
          email: 'grace@example.com',
          role: 'agent',
        },
        {
          username: 'root',
          password: 'light-the-lamps-3',
          email: 'root@example.com',
          role: 'administrator',
        },
      ],
    },
  },
  dialects: {
    native: {},
    forgerock: { cookie_name: 'iPlanetDirectoryPro' },
    oauth: {
      cookie_name: 'iPlanetDirectoryPro',
      clients: [
        {
          client_id: 'demo-web',
          client_secret: 'demo-web-secret',
          realm: 'alpha',
          redirect_uris: REDIRECTS,
          grant_types: ['authorization_code', 'refresh_token', 'client_credentials', 'device_code'],
          scopes: SCOPES,
          implied_consent: true,
        },
        {
          client_id: 'demo-spa',
          public: true,
          realm: 'alpha',
          redirect_uris: REDIRECTS,
          grant_types: ['authorization_code', 'refresh_token'],
          scopes: SCOPES,
          implied_consent: true,
        },
      ],
    },
    s360: {
      realm: 'alpha',
      api_keys: [{ key: 'demo0000api0000key000000' }],
      external_systems: [{ name: 'chatbot' }],
    },
    idaas: {
      realm: 'alpha',
      tenant_clients: [{ client_id: 'demo-tenant', client_secret: 'demo-tenant-secret' }],
    },
    zendesk: {
      realm: 'alpha',
      api_tokens: [{ token: 'demo-zendesk-token', email: 'grace@example.com' }],
    },
  },
};

describe('the demo', () => {
  test('has the values that the documents name, and no others', () => {
    assert.deepEqual(parse(TEXT), PROMISED);
  });

  test('listens on this machine alone', () => {
    const config = demo();
    assert.equal(config.demo, true);
    assert.deepEqual(config.listen, { host: '127.0.0.1', port: 8080 });
  });

  test('has its people in their realm', () => {
    const people = peopleOf(demo()).map(({ realm, username, role }) => [realm, username, role]);
    assert.deepEqual(people, [
      ['alpha', 'ada', 'user'],
      ['alpha', 'grace', 'agent'],
      ['alpha', 'root', 'administrator'],
    ]);
  });

  test('speaks every dialect', () => {
    assert.deepEqual(Object.keys(demo().dialects).sort(), Object.keys(dialectSchemas).sort());
  });

  test('keeps the rules of a realm that says nothing', () => {
    const realm = realmsOf(demo()).get('alpha');
    assert.deepEqual(realm?.policy, defaultPolicy());
    assert.deepEqual(realm?.policy.limits.propertyLength, 4096);
    assert.equal(realm?.idleMs, 1_800_000);
  });

  test('has keys that stay for the longest life of a token, and what is remembered', () => {
    const life = (text: string) => longestTokenLife(demo(text), dialectSchemas) / 86_400_000;
    const within = (name: string, option: string) => {
      const changed = TEXT.replace(`\n  ${name}:\n`, `\n  ${name}:\n    ${option}\n`);
      assert.notEqual(changed, TEXT);
      return life(changed);
    };
    // A grant of oauth, 90 days, and realm alpha's memory, 30.
    assert.equal(life(TEXT), 120);
    assert.equal(within('oauth', 'refresh_life: 100d'), 130);
    assert.equal(within('oauth', 'access_token_life: 100d'), 130);
    assert.equal(within('idaas', 'session_life: 100d'), 130);
    assert.equal(within('idaas', 'tenant_token_life: 100d'), 130);
    assert.equal(within('idaas', 'id_token_life: 100d'), 130);
    assert.equal(within('zendesk', 'max_life: 100d'), 130);
    // Signed with a key of its own, that does not rotate.
    assert.equal(within('s360', 'jwt_life: 100d'), 120);
  });

  test('has secrets, and none is printed', () => {
    const secrets = secretsOf(TEXT);
    assert.equal(secrets.length, 7);
    const shown = JSON.stringify(redact(demo(), dialectSchemas));
    for (const secret of secrets) assert.ok(!shown.includes(secret), secret);
    assert.equal(shown.split('[secret]').length - 1, secrets.length);
  });
});

test('every option of the server and of each dialect is described', () => {
  const undescribed: string[] = [];
  const look = (schema: unknown, path: string): void => {
    if (typeof schema !== 'object' || schema === null) return;
    const { properties, items, additionalProperties, anyOf } = schema as Record<string, unknown>;
    for (const [name, option] of Object.entries(properties ?? {})) {
      if (!('description' in option)) undescribed.push(`${path}.${name}`);
      look(option, `${path}.${name}`);
    }
    for (const inner of [items, additionalProperties, anyOf].flat()) look(inner, path);
  };
  look(configJsonSchema(dialectSchemas), '');
  assert.deepEqual(
    undescribed.filter((path) => !/^\.dialects\.\w+$/.test(path)),
    [],
  );
});
