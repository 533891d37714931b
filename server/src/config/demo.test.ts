/** The demo's config: its values are a promise, and none of its secrets is ever printed. */

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { isScalar, parseDocument, visit } from 'yaml';
import { dialectSchemas } from '../dialects/registry.ts';
import { errorLines } from './errors.ts';
import { loadConfig } from './load.ts';
import { configJsonSchema, redact } from './print.ts';
import { defaultPolicy, peopleOf, realmsOf } from './realms.ts';

const FILE = fileURLToPath(new URL('../../../examples/demo.yaml', import.meta.url));
const TEXT = readFileSync(FILE, 'utf8');

function demo() {
  const environment = { logLevel: undefined };
  const config = loadConfig({ text: TEXT, file: FILE, dialectSchemas, environment, flags: {} });
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

describe('the demo', () => {
  test('has the people that the documents name, and listens on this machine alone', () => {
    const config = demo();
    assert.equal(config.demo, true);
    assert.deepEqual(config.listen, { host: '127.0.0.1', port: 8080 });
    assert.deepEqual(peopleOf(config), [
      {
        realm: 'alpha',
        username: 'ada',
        password: 'let-there-be-light-1',
        email: 'ada@example.com',
        names: { en: 'Ada Lamp', ar: 'آدا لامب' },
        role: 'user',
      },
      {
        realm: 'alpha',
        username: 'grace',
        password: 'keep-the-lamp-lit-2',
        email: 'grace@example.com',
        role: 'agent',
      },
      {
        realm: 'alpha',
        username: 'root',
        password: 'light-the-lamps-3',
        email: 'root@example.com',
        role: 'administrator',
      },
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
