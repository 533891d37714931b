/** How long keys stay: for the lives that tokens have, and for as long as their end is known. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { z } from 'zod';
import { errorLines } from './errors.ts';
import { loadConfig } from './load.ts';
import { longestTokenLife } from './token-life.ts';
import { duration, tokenLife } from './values.ts';

const DAY = 86_400_000;

const shop = z.strictObject({
  token_life: tokenLife('The life of a token.').prefault('1h'),
  rest: duration('No life of a token.').prefault('1h'),
  inner: z.array(z.strictObject({ life: tokenLife('The life of another.') })).default([]),
});

function life(text: string): number {
  const environment = { logLevel: undefined };
  const dialectSchemas = { shop };
  const config = loadConfig({ text, file: 'x', dialectSchemas, environment, flags: {} });
  return 'errors' in config
    ? assert.fail(errorLines(config))
    : longestTokenLife(config, dialectSchemas);
}

const realms = (...options: string[]) =>
  `realms: { ${options.map((each, at) => `r${at}: { ${each} }`).join(', ')} }\n`;

test('the longest session counts, and the longest memory of one that has ended', () => {
  assert.equal(life(realms('')), 7_200_000 + 30 * DAY);
  const first = 'session: { max: 5d }, remember_ended: 1d';
  assert.equal(life(realms(first, 'remember_ended: 40d')), 45 * DAY);
});

test("so does a dialect's token, and no other length of time", () => {
  const text = realms('remember_ended: 0s');
  const dialect = (options: string) => `${text}dialects: { shop: { ${options} } }\n`;
  assert.equal(life(dialect('token_life: 9d')), 9 * DAY);
  assert.equal(life(dialect('inner: [{ life: 3d }, { life: 7d }]')), 7 * DAY);
  assert.equal(life(dialect('rest: 9d')), 7_200_000);
});
