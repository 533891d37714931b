/**
 * Hostile requests: what no honest client sends, for a dialect to answer in its own 4xx.
 */

import { strict as assert } from 'node:assert';
import { randomInt } from 'node:crypto';
import type { TestContext } from 'node:test';
import fc from 'fast-check';
import type { Dialect, Route } from './dialect.ts';
import { type Ask, request } from './world.testing.ts';

/** A seed for fast-check, told beside the test's outcome: to see a run again, put it in its place. */
export function drawSeed(context: TestContext): number {
  const seed = randomInt(2 ** 31);
  context.diagnostic(`seed ${seed}`);
  return seed;
}

/** Names and values that the dialect looks at, so that chance does not have to find them. */
export interface Bait {
  /** What the parameters of paths may be, such as a realm. */
  readonly params?: readonly string[];
  readonly headers: readonly string[];
  readonly parameters: readonly string[];
  readonly fields: readonly string[];
  /** Such as a good token. */
  readonly values: readonly string[];
  /** Where the protocol itself answers a client's fault with such a status. */
  readonly statuses?: readonly number[];
}

/**
 * Every answer is below 500, says so in the dialect's own words under headers that can be sent, and
 * nothing is thrown.
 */
export async function assertWithstands(
  dialect: Dialect,
  bait: Bait,
  check: (status: number, body: string) => void,
  numRuns = 500,
): Promise<void> {
  await fc.assert(
    fc.asyncProperty(hostileAsks(dialect.routes, bait), async (ask) => {
      const { status, headers, body } = await request(dialect, ask);
      const isFine = (status >= 200 && status < 500) || bait.statuses?.includes(status);
      assert.ok(isFine, `${status} ${body}`);
      for (const value of Object.values(headers).flat()) {
        assert.match(value, /^[\x20-\x7e]*$/, 'headers are visible ASCII');
      }
      check(status, body);
    }),
    { numRuns },
  );
}

const NASTY: readonly string[] = [
  ...[
    '',
    ' ',
    '\0',
    '\ud800',
    '__proto__',
    'constructor',
    'null',
    '[]',
    '{}',
    '-1',
    '1e999',
    '%00',
  ],
  ...['../../etc/passwd', '<script>', "' or 1=1--", '🏮', 'آدا', ',', ';', '=', '"', ':', '::'],
  ...['Basic', 'Basic !', 'Basic Og==', 'Bearer', 'Bearer a b', 'a=b; a=c', 'x'.repeat(70_000)],
  ...['application/json', 'application/x-www-form-urlencoded', 'multipart/form-data; boundary=x'],
];

function hostileAsks(routes: readonly Route[], bait: Bait): fc.Arbitrary<Ask> {
  const value = fc.oneof(
    fc.constantFrom(...NASTY),
    fc.constantFrom(...bait.values),
    fc.string({ unit: 'binary', maxLength: 40 }),
  );
  const values = fc.oneof(value, fc.array(value, { maxLength: 3 }));
  const named = <Value>(names: readonly string[], one: fc.Arbitrary<Value>) =>
    fc.dictionary(fc.constantFrom(...names, '__proto__', 'x'), one, { maxKeys: 4 });
  const json = fc.oneof(named(bait.fields, fc.oneof(value, fc.jsonValue())), fc.jsonValue());
  const body = fc.oneof(
    json.map((one) => Buffer.from(JSON.stringify(one))),
    named(bait.fields, value).map((fields) => Buffer.from(`${new URLSearchParams(fields)}`)),
    fc.uint8Array({ maxLength: 60 }).map((bytes) => Buffer.from(bytes)),
    fc.constantFrom(Buffer.alloc(0), Buffer.from('{'), Buffer.from(`${'['.repeat(20_000)}`)),
  );
  return fc
    .record({
      route: fc.constantFrom(...routes),
      param: fc.oneof(
        { weight: 3, arbitrary: fc.constantFrom(...(bait.params ?? bait.values)) },
        { weight: 1, arbitrary: fc.constantFrom(...NASTY) },
      ),
      query: named(bait.parameters, values),
      headers: named([...bait.headers, 'content-type', 'cookie', 'authorization'], value),
      body,
    })
    .map(({ route, param, query, headers, body }) => ({
      method: route.method,
      path: route.path.replaceAll(/:\w+/g, encodeURIComponent(param.toWellFormed()) || 'x'),
      query,
      headers,
      body,
    }));
}
