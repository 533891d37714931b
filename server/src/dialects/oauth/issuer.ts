/**
 * Issuers: one per realm, and where its endpoints are (fact sheet 4.1).
 */

import type { Method } from '../dialect.ts';
import type { Config } from './config.ts';

/** What all of AM's paths begin with. */
export const PREFIX = '/am/oauth2';

/** Where the metadata of an issuer with a path is looked for (RFC 8414, section 3.1). */
export const WELL_KNOWN = '/.well-known/oauth-authorization-server';

/** Below the issuer, by what is done there. */
export const ENDPOINTS = {
  authorize: { path: '/authorize', methods: ['GET', 'POST'] },
  'sign in': { path: '/authorize/sign-in', methods: ['POST'] },
  consent: { path: '/authorize/consent', methods: ['POST'] },
  'access token': { path: '/access_token', methods: ['POST'] },
  'pushed request': { path: '/par', methods: ['POST'] },
  'device code': { path: '/device/code', methods: ['POST'] },
  'device user': { path: '/device/user', methods: ['GET', 'POST'] },
  'device sign in': { path: '/device/user/sign-in', methods: ['POST'] },
  'device decision': { path: '/device/user/decision', methods: ['POST'] },
  introspect: { path: '/introspect', methods: ['POST'] },
  revoke: { path: '/token/revoke', methods: ['POST'] },
  tokeninfo: { path: '/tokeninfo', methods: ['GET'] },
  userinfo: { path: '/userinfo', methods: ['GET', 'POST'] },
  'end session': { path: '/connect/endSession', methods: ['GET', 'POST'] },
  'log out': { path: '/connect/endSession/confirm', methods: ['POST'] },
  keys: { path: '/connect/jwk_uri', methods: ['GET'] },
  configuration: { path: '/.well-known/openid-configuration', methods: ['GET'] },
  'authorization server': { path: WELL_KNOWN, methods: ['GET'] },
} as const satisfies Record<string, { path: string; methods: readonly Method[] }>;

export type Operation = keyof typeof ENDPOINTS;

/**
 * The same for every form in which a path may name the realm.
 * @param origin Scheme and authority that the client used.
 */
export function issuerOf(config: Config, realm: string, origin: string): string {
  return (config.base_url ?? origin) + pathOf(realm);
}

/** Where a page's form goes: a path, as browsers see this server. */
export function pathFor(config: Config, realm: string, operation: Operation): string {
  return publicPath(config) + pathOf(realm) + ENDPOINTS[operation].path;
}

/** What the paths of files begin with, as browsers see this server. */
export function basePath(config: Config): string {
  return publicPath(config) + PREFIX;
}

/** A proxy may have put a path of its own before ours. */
function publicPath({ base_url }: Config): string {
  return base_url === undefined ? '' : new URL(base_url).pathname.replace(/\/$/, '');
}

/** Whether an issuer, by whatever name this server went then, is that of the realm. */
export function isIssuerOf(issuer: string, realm: string): boolean {
  return issuer.endsWith(pathOf(realm));
}

function pathOf(realm: string): string {
  return `${PREFIX}/realms/root/realms/${encodeURIComponent(realm)}`;
}

/** The methods of whatever endpoint a path belongs to; none when it is nobody's. */
export function methodsOf(path: string): readonly Method[] {
  const trimmed = path.replace(/\/$/, '');
  return Object.values(ENDPOINTS).find((one) => trimmed.endsWith(one.path))?.methods ?? [];
}
