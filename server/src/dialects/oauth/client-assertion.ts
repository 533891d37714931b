/**
 * Client assertions (RFC 7521, RFC 7523): a client proves itself with a JWT that it has signed, with
 * its private key or with its secret.
 */

import { decodeJwt } from 'jose';
import type { WireRequest } from '../dialect.ts';
import type { Client } from './clients.ts';
import type { Context } from './context.ts';
import { ENDPOINTS, issuerOf } from './issuer.ts';

export const ASSERTION_TYPE = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';

/** How far clocks may be apart, in seconds. */
const TOLERANCE = 30;

/** The longest that an assertion may be good, in seconds: its `jti` is remembered for as long. */
const LONGEST = 3600;

export interface Asserted {
  readonly assertion: string;
  /** The client that the form names, if it does. */
  readonly named: string | undefined;
}

/**
 * The client that made an assertion. Its `jti` is used up only when all the rest is right, so that
 * nobody but the client can spend one.
 * @throws StoreFault
 */
export async function verifyAssertion(
  context: Context,
  request: WireRequest,
  realm: string,
  { assertion, named }: Asserted,
): Promise<Client | undefined> {
  const { clock, once } = context.services;
  const client = context.clients.find(realm, claimedBy(assertion) ?? '');
  const keys = client?.assertionKeys;
  if (!client || !keys || (named ?? client.id) !== client.id) return undefined;
  const now = clock.now();
  const claims = await keys
    .verify(assertion, {
      algorithms: [...keys.algorithms],
      issuer: client.id,
      subject: client.id,
      audience: audiences(context, request, realm),
      requiredClaims: ['exp', 'jti'],
      clockTolerance: TOLERANCE,
      currentDate: new Date(now),
    })
    .catch(() => undefined);
  const { jti, exp = 0 } = claims ?? {};
  if (typeof jti !== 'string' || jti === '' || exp > now / 1000 + LONGEST) return undefined;
  const name = JSON.stringify([realm, client.id, jti]);
  const isFirst = await once.use('oauth assertion', name, (exp + TOLERANCE) * 1000);
  return isFirst ? client : undefined;
}

/** The client that an assertion names, unchecked: anybody can write anything into one. */
function claimedBy(assertion: string): string | undefined {
  try {
    const { sub }: { readonly sub?: unknown } = decodeJwt(assertion);
    return typeof sub === 'string' ? sub : undefined;
  } catch {
    return undefined;
  }
}

/** Us: the issuer, the token endpoint, or the one that is called (RFC 7523, 3; RFC 9126, 2). */
function audiences({ config }: Context, request: WireRequest, realm: string): string[] {
  const issuer = issuerOf(config, realm, request.origin);
  const called = (config.base_url ?? request.origin) + request.path;
  return [issuer, issuer + ENDPOINTS['access token'].path, called];
}
