/**
 * Issuers: one per realm, and where its endpoints are (fact sheet 4.1).
 */

import type { Method } from '../dialect.ts';
import type { Config } from './config.ts';

/** AM's path of a realm. */
export const REALM_PATH = '/am/oauth2/realms/root/realms/:realm';

/** Below the issuer, by what is done there. */
export const ENDPOINTS = {
  authorize: { path: '/authorize', methods: ['GET', 'POST'] },
  'access token': { path: '/access_token', methods: ['POST'] },
  introspect: { path: '/introspect', methods: ['POST'] },
  revoke: { path: '/token/revoke', methods: ['POST'] },
  userinfo: { path: '/userinfo', methods: ['GET', 'POST'] },
  'end session': { path: '/connect/endSession', methods: ['GET', 'POST'] },
  keys: { path: '/connect/jwk_uri', methods: ['GET'] },
  configuration: { path: '/.well-known/openid-configuration', methods: ['GET'] },
} as const satisfies Record<string, { path: string; methods: readonly Method[] }>;

export type Operation = keyof typeof ENDPOINTS;

/** @param origin Scheme and authority that the client used. */
export function issuerOf(config: Config, realm: string, origin: string): string {
  return (config.base_url ?? origin) + REALM_PATH.replace(':realm', encodeURIComponent(realm));
}

/** The methods of whatever endpoint a path belongs to; none when it is nobody's. */
export function methodsOf(path: string): readonly Method[] {
  const trimmed = path.replace(/\/$/, '');
  return Object.values(ENDPOINTS).find((one) => trimmed.endsWith(one.path))?.methods ?? [];
}
