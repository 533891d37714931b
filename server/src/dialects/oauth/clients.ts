/**
 * The registered clients, by realm and name.
 */

import { hash } from 'node:crypto';
import { type AssertionKeys, publicKeys, secretKey } from './assertion-keys.ts';
import type { Certificate } from './certificate.ts';
import type { AccessTokenFormat, AuthenticationMethod, ClientConfig, Config } from './config.ts';

/** The name of the grant type of RFC 8693. */
export const TOKEN_EXCHANGE = 'urn:ietf:params:oauth:grant-type:token-exchange';

/** The grant type of RFC 8628, and what AM called it before. */
export const DEVICE_GRANT = 'urn:ietf:params:oauth:grant-type:device_code';
export const DEVICE_GRANTS = [DEVICE_GRANT, 'http://oauth.net/grant_type/device/1.0'] as const;

export interface Client {
  readonly id: string;
  /** What people know it by. */
  readonly title: string;
  readonly realm: string;
  /** Whether it can keep no secret, and so has nothing to prove. */
  readonly isPublic: boolean;
  /** How it may prove itself; empty for a public one. */
  readonly methods: ReadonlySet<AuthenticationMethod>;
  /** SHA-256 of its secret; null where it has none. */
  readonly secretDigest: Buffer | null;
  /** Whether a certificate is its own; null where it proves itself with none. */
  readonly isOwnCertificate: ((certificate: Certificate) => boolean) | null;
  /** Null where it makes no assertions. */
  readonly assertionKeys: AssertionKeys | null;
  readonly redirectUris: readonly string[];
  readonly postLogoutUris: readonly string[];
  /** Where it is told that a sign-in has ended; null for nowhere. */
  readonly backchannelUri: string | null;
  readonly grantTypes: ReadonlySet<string>;
  /** What it may exchange others' tokens for; null for nothing. */
  readonly exchange: Exchange | null;
  readonly scopes: ReadonlySet<string>;
  readonly impliedConsent: boolean;
  /** How old a refresh token is, in milliseconds, when a renewal brings a new one. */
  readonly restMs: number;
  /** Its own rules for a spent refresh token; null: as the realm has them. */
  readonly retryCapMs: number | null;
  readonly replayEndsSession: boolean | null;
  readonly accessTokenFormat: AccessTokenFormat;
  /** Whether its authorization requests count only when they are pushed. */
  readonly mustPush: boolean;
  /** Whether it gets no tokens without a certificate. */
  readonly isCertificateBound: boolean;
  /** Whether it gets no tokens without a proof that it holds a key. */
  readonly isDpopBound: boolean;
}

/** Both as they stand in the config. */
export interface Exchange {
  readonly audiences: readonly string[];
  readonly scopes: readonly string[];
}

export interface Clients {
  find(realm: string, id: string): Client | undefined;
  /** Every scope that some client of the realm may ask for. */
  scopes(realm: string): readonly string[];
  /** Every way in which some client of the realm may prove itself. */
  methods(realm: string): ReadonlySet<AuthenticationMethod>;
  /** Whether the tokens of some client of the realm are bound to its certificate. */
  hasCertificateBound(realm: string): boolean;
  /** Every grant type that some client of the realm may use. */
  grantTypes(realm: string): ReadonlySet<string>;
}

export function createClients(config: Config): Clients {
  const clients = config.clients.map(clientOf);
  const byName = new Map(clients.map((client) => [keyOf(client.realm, client.id), client]));
  const of = (realm: string) => clients.filter((one) => one.realm === realm);
  return {
    find: (realm, id) => byName.get(keyOf(realm, id)),
    scopes: (realm) => [...new Set(of(realm).flatMap((one) => [...one.scopes]))],
    methods: (realm) => new Set(of(realm).flatMap((one) => [...one.methods])),
    hasCertificateBound: (realm) => of(realm).some((one) => one.isCertificateBound),
    grantTypes: (realm) => new Set(of(realm).flatMap((one) => [...one.grantTypes])),
  };
}

function clientOf(registered: ClientConfig): Client {
  return {
    id: registered.client_id,
    title: registered.client_name ?? registered.client_id,
    realm: registered.realm,
    isPublic: registered.public,
    methods: new Set(methodsOf(registered)),
    secretDigest: secretDigestOf(registered),
    isOwnCertificate: certificateRuleOf(registered),
    assertionKeys: assertionKeysOf(registered),
    redirectUris: registered.redirect_uris,
    postLogoutUris: registered.post_logout_redirect_uris,
    backchannelUri: registered.backchannel_logout_uri ?? null,
    grantTypes: new Set(grantTypesOf(registered)),
    exchange: registered.token_exchange ?? null,
    scopes: new Set(registered.scopes),
    impliedConsent: registered.implied_consent,
    restMs: restOf(registered),
    retryCapMs: registered.retry_cap ?? null,
    replayEndsSession: registered.replay_ends ? registered.replay_ends === 'session' : null,
    accessTokenFormat: registered.access_token_format,
    mustPush: registered.require_pushed_authorization_requests,
    isCertificateBound: registered.tls_client_certificate_bound_access_tokens,
    isDpopBound: registered.dpop_bound_access_tokens,
  };
}

/** As the token endpoint knows them; two are switched on by options of their own. */
function grantTypesOf(registered: ClientConfig): readonly string[] {
  const { grant_types, insecure_password_grant, token_exchange } = registered;
  return [
    ...grant_types,
    ...(grant_types.includes('device_code') ? DEVICE_GRANTS : []),
    ...(insecure_password_grant ? ['password'] : []),
    ...(token_exchange ? [TOKEN_EXCHANGE] : []),
  ];
}

function restOf({ refresh_token_rotation: rotation }: ClientConfig): number {
  if (rotation === 'always') return 0;
  return rotation === 'never' ? Number.POSITIVE_INFINITY : rotation.after;
}

/** AM takes a secret either way, unless the client is registered for one of them. */
function methodsOf(registered: ClientConfig): readonly AuthenticationMethod[] {
  if (registered.public) return [];
  if (registered.token_endpoint_auth_method) return [registered.token_endpoint_auth_method];
  if (registered.tls_client_auth_subject_dn !== undefined) return ['tls_client_auth'];
  if (registered.tls_client_certificate_sha256) return ['self_signed_tls_client_auth'];
  return registered.jwks ? ['private_key_jwt'] : ['client_secret_basic', 'client_secret_post'];
}

function secretDigestOf({ client_secret, client_secret_hash }: ClientConfig): Buffer | null {
  if (client_secret !== undefined) return hash('sha256', client_secret, 'buffer');
  const [, digest] = client_secret_hash?.split(':') ?? [];
  return digest === undefined ? null : Buffer.from(digest, 'base64url');
}

function certificateRuleOf(registered: ClientConfig): Client['isOwnCertificate'] {
  const { tls_client_auth_subject_dn: subject } = registered;
  if (subject !== undefined) return (certificate) => certificate.subject === subject;
  const known = registered.tls_client_certificate_sha256;
  return known ? ({ thumbprint }) => known.includes(thumbprint) : null;
}

function assertionKeysOf(registered: ClientConfig): AssertionKeys | null {
  const [method] = methodsOf(registered);
  if (method === 'private_key_jwt' && registered.jwks) return publicKeys(registered.jwks);
  if (method === 'client_secret_jwt' && registered.client_secret !== undefined) {
    return secretKey(registered.client_secret);
  }
  return null;
}

/** A realm's name holds no blank. */
function keyOf(realm: string, id: string): string {
  return `${realm} ${id}`;
}
