/** Calls to other servers: forms, statuses, and servers that are slow, gone or talk on for ever. */

import { strict as assert } from 'node:assert';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { test } from 'node:test';
import type { Clock } from '../sessions/clock.ts';
import { createOutbound } from './outbound.ts';

/** Its time passes when the test says so. */
function heldClock() {
  const waiting: (() => void)[] = [];
  const clock: Clock = {
    now: () => 0,
    sleep: (_, signal) =>
      new Promise((resolve) => {
        waiting.push(resolve);
        signal?.addEventListener('abort', () => resolve());
      }),
  };
  const pass = () => {
    for (const resolve of waiting.splice(0)) resolve();
  };
  return { clock, pass };
}

async function serving<T>(listener: RequestListener, work: (url: string) => Promise<T>) {
  const server = createServer(listener).listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  try {
    return await work(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  } finally {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
}

test('posts a form, and hands back the status', async () => {
  const heard: string[] = [];
  const status = await serving(
    async (request, response) => {
      for await (const chunk of request) heard.push(`${request.method} ${chunk}`);
      heard.push(String(request.headers['content-type']));
      response.writeHead(204).end();
    },
    (url) => createOutbound(heldClock()).postForm(`${url}/logout`, { logout_token: 'a.b&c' }),
  );
  assert.equal(status, 204);
  assert.equal(heard[0], 'POST logout_token=a.b%26c');
  assert.match(heard[1] ?? '', /^application\/x-www-form-urlencoded/);
});

test('follows no redirect', async () => {
  let calls = 0;
  const status = await serving(
    (_, response) => {
      calls += 1;
      response.writeHead(307, { Location: '/elsewhere' }).end();
    },
    (url) => createOutbound(heldClock()).postForm(url, {}),
  );
  assert.deepEqual([status, calls], [307, 1]);
});

test('does not listen to an answer that goes on for ever', async () => {
  const status = await serving(
    (_, response) => {
      response.writeHead(200);
      const more = setInterval(() => response.write('x'.repeat(1000)), 1);
      response.on('close', () => clearInterval(more));
    },
    (url) => createOutbound(heldClock()).postForm(url, {}),
  );
  assert.equal(status, 200);
});

test('says that nobody is there, or that no answer came in time', async () => {
  const url = await serving(
    () => undefined,
    async (open) => open,
  );
  const gone = createOutbound(heldClock()).postForm(url, {});
  await assert.rejects(gone, { message: 'ECONNREFUSED' });
  const { clock, pass } = heldClock();
  await serving(
    () => pass(),
    (url) => assert.rejects(createOutbound({ clock }).postForm(url, {}), { message: 'no answer' }),
  );
});
