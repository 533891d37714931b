/** The page about the config file: each of its examples is a config, and means what it says. */

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { createDialects, dialectSchemas } from '../dialects/registry.ts';
import { openWorld } from '../dialects/world.testing.ts';
import { errorLines } from './errors.ts';
import { loadConfig } from './load.ts';

const PAGE = new URL('../../../docs/operating/config.md', import.meta.url);

test('every example is a config; that of several realms has an instance for each', async () => {
  const { services } = await openWorld();
  const examples = [...readFileSync(PAGE, 'utf8').matchAll(/^```yaml\n(.*?)^```$/gms)];
  const made = examples.map(([, text = '']) => {
    const environment = { logLevel: undefined };
    const config = loadConfig({ text, file: 'x', dialectSchemas, environment, flags: {} });
    if ('errors' in config) assert.fail(errorLines(config));
    const dialects = createDialects(services, config.dialects);
    return { origins: config.cors.origins, dialects, realms: config.realms };
  });
  const [realms, rules, pages] = made;
  assert.equal(made.length, 3);
  const { session, lockout, password } = rules?.realms.alpha ?? assert.fail();
  assert.deepEqual(session.quota, { sessions: 3, when_reached: 'end_oldest' });
  assert.equal(lockout.failures, 10);
  assert.equal(password.max_age, 90 * 24 * 3_600_000);
  assert.deepEqual(
    realms?.dialects.map(({ name, realm, hosts }) => [name, realm, ...hosts]),
    [
      ['native', null],
      ['idaas', 'north'],
      ['idaas', 'south', 'sso.south.example'],
      ['zendesk', 'north', 'support.north.example'],
      ['zendesk', 'south', 'support.south.example', 'help.south.example'],
    ],
  );
  assert.deepEqual(pages?.origins, ['https://app.example', 'http://localhost:5173']);
});
