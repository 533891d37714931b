/**
 * The replayer of golden exchanges: it replays, and it can fail.
 */

import { strict as assert } from 'node:assert';
import { test } from 'node:test';
import { jsonAnswer } from './answers.ts';
import type { Route } from './dialect.ts';
import { readExchanges, replay } from './exchange.testing.ts';
import { movableClock } from './world.testing.ts';

const clock = movableClock(1000);

/** Says back what it was sent, under a counter. */
function echo(): { routes: Route[]; reject: () => ReturnType<typeof jsonAnswer> } {
  let count = 0;
  return {
    routes: [
      {
        method: 'POST',
        path: '/echo/:word',
        name: 'echo',
        handle: async ({ params, body, headers }) =>
          jsonAnswer(
            200,
            { count: ++count, word: params.word, said: String(body), now: clock.now() },
            { 'X-Said': headers['x-say'] ?? '', 'Set-Cookie': ['a=1', 'b=2'] },
          ),
      },
    ],
    reject: () => jsonAnswer(404, {}),
  };
}

const GOLDEN = `
### first
# a comment
POST /echo/a%20b?x=1
X-Say: hello

some
text

HTTP/1.1 200 OK
X-Said: hello
X-Other: {{absent}}
Set-Cookie: a=1
Set-Cookie: b=2

{"count":{{count}},"word":"a b","said":"some\\ntext","now":{{number}}}

### second
@wait 2s
POST /echo/{{count}}/

HTTP/1.1 200

{"count":2,"word":"{{count}}","said":"","now":3000}

### third
GET /nowhere

HTTP/1.1 404 Not Found

{}
`;

test('replays, captures and waits', async () => {
  const known = await replay(readExchanges(GOLDEN), { dialect: echo(), clock });
  assert.equal(known.get('count'), '1');
});

for (const [what, from, to] of [
  ['a status', '404', '405'],
  ['a header', 'X-Said: hello', 'X-Said: Hello'],
  ["a header's name", 'X-Said', 'X-SAID'],
  ['an absent header', 'X-Other: {{absent}}', 'X-Said: {{absent}}'],
  ['one header of two', 'Set-Cookie: b=2\n', ''],
  ['a body', '"said":"some', '"said":"Some'],
  ['a capture', '"word":"{{count}}"', '"word":"2"'],
  ['an unknown value', '/echo/{{count}}/', '/echo/{{nobody}}/'],
] as const) {
  test(`tells ${what} apart`, async () => {
    assert.ok(GOLDEN.includes(from));
    const exchanges = readExchanges(GOLDEN.replace(from, to));
    await assert.rejects(replay(exchanges, { dialect: echo(), clock: movableClock(1000) }), {
      code: 'ERR_ASSERTION',
    });
  });
}
