/** Clients: no header of a request can bring the reading of it down. */

import assert from 'node:assert/strict';
import type { IncomingMessage } from 'node:http';
import { test } from 'node:test';
import fc from 'fast-check';
import { createClientOf } from './client.ts';

const ADDRESSES = ['127.0.0.1', '::1', '::ffff:10.0.0.1', 'fe80::1%eth0', '999.1', '', '10.1.1.1'];

test('an odd address is nobody\u2019s, and nothing throws', () => {
  const clientOf = createClientOf(['127.0.0.0/8', '::1', 'fe80::/10', '10.0.0.0/8'], () => 'here');
  const address = fc.oneof(fc.constantFrom(...ADDRESSES), fc.string(), fc.ipV4(), fc.ipV6());
  const hops = fc.array(address).map((each) => each.join(', '));
  const headers = fc.record(
    {
      host: fc.string(),
      'x-forwarded-for': hops,
      'x-forwarded-proto': fc.constantFrom('https', 'http', 'javascript', 'http, https'),
      'x-forwarded-host': fc.oneof(fc.string(), fc.domain()),
    },
    { requiredKeys: [] },
  );
  const peers = fc.option(fc.constantFrom(...ADDRESSES), { nil: undefined });
  fc.assert(
    fc.property(headers, peers, (sent, remoteAddress) => {
      const request = { headers: sent, socket: { remoteAddress } } as unknown as IncomingMessage;
      const { origin } = clientOf(request);
      assert.ok(origin === undefined || /^https?:\/\/[\w.~:[\]-]+$/.test(origin), origin);
    }),
    { numRuns: 1000 },
  );
});
