/**
 * AM's golden exchanges once more, over a socket: what the host adds and takes away changes nothing
 * that an AM client can see.
 */

import { once } from 'node:events';
import { type IncomingMessage, request } from 'node:http';
import { text } from 'node:stream/consumers';
import type { WireAnswer } from '../src/dialects/dialect.ts';
import { testExchanges } from '../src/dialects/exchange.testing.ts';
import { EXCHANGES, openExchanges } from '../src/dialects/forgerock/exchanges.testing.ts';
import type { Ask } from '../src/dialects/world.testing.ts';
import { openStage as openHost } from '../src/host/host.testing.ts';

testExchanges(EXCHANGES, async (file, context) => {
  const stage = await openExchanges(file);
  const { url } = await openHost(context, [], { dialects: [stage.dialect] });
  return { ...stage, send: (ask) => send(url, ask) };
});

/** On a connection of its own; the path and the names of headers as they are written. */
async function send(base: string, { method, path, headers, body }: Ask): Promise<WireAnswer> {
  const { hostname, port } = new URL(base);
  const sent = request({ hostname, port, method, path, headers, agent: false });
  sent.end(body);
  const [answer] = (await once(sent, 'response')) as [IncomingMessage];
  return { status: answer.statusCode ?? 0, headers: headersOf(answer), body: await text(answer) };
}

/** In the letter case in which they came. */
function headersOf({ rawHeaders }: IncomingMessage): WireAnswer['headers'] {
  const headers: Record<string, string[]> = {};
  for (let at = 0; at < rawHeaders.length; at += 2) {
    const [name = '', value = ''] = rawHeaders.slice(at, at + 2);
    headers[name] = [...(headers[name] ?? []), value];
  }
  return headers;
}
