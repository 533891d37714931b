/** Clients: no header of a request can bring the reading of it down. */

import assert from 'node:assert/strict';
import type { IncomingMessage } from 'node:http';
import { test } from 'node:test';
import fc from 'fast-check';
import { createClientOf } from './client.ts';

const ADDRESSES = ['127.0.0.1', '::1', '::ffff:10.0.0.1', 'fe80::1%eth0', '999.1', '', '10.1.1.1'];

test('an odd address is nobody\u2019s, and nothing throws', () => {
  const clientOf = createClientOf(
    ['127.0.0.0/8', '::1', 'fe80::/10', '10.0.0.0/8'],
    () => 'here',
    'Client-Cert',
  );
  const address = fc.oneof(fc.constantFrom(...ADDRESSES), fc.string(), fc.ipV4(), fc.ipV6());
  const hops = fc.array(address).map((each) => each.join(', '));
  const headers = fc.record(
    {
      host: fc.string(),
      'x-forwarded-for': hops,
      'x-forwarded-proto': fc.constantFrom('https', 'http', 'javascript', 'http, https'),
      'x-forwarded-host': fc.oneof(fc.string(), fc.domain()),
      'client-cert': fc.oneof(
        fc.string(),
        fc.base64String().map((text) => `:${text}:`),
      ),
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

test('a certificate counts when one of our proxies says so, in the header of the config', () => {
  const certificateOf = (remoteAddress: string, header: string | undefined, value: string) => {
    const clientOf = createClientOf(['10.0.0.0/8'], () => 'here', header);
    const headers = { 'client-cert': value };
    const request = { headers, socket: { remoteAddress } } as unknown as IncomingMessage;
    return clientOf(request).certificate?.toString();
  };
  const value = `:${Buffer.from('certificate').toString('base64')}:`;
  assert.equal(certificateOf('10.1.1.1', 'Client-Cert', value), 'certificate');
  assert.equal(certificateOf('10.1.1.1', 'Client-Cert', ` ${value} `), 'certificate');
  assert.equal(certificateOf('192.0.2.1', 'Client-Cert', value), undefined);
  assert.equal(certificateOf('10.1.1.1', 'X-Cert', value), undefined);
  assert.equal(certificateOf('10.1.1.1', undefined, value), undefined);
  for (const other of ['', '::', value.slice(1), `${value}, ${value}`, ':a b:', `${value};x`]) {
    assert.equal(certificateOf('10.1.1.1', 'Client-Cert', other), undefined, other);
  }
});
