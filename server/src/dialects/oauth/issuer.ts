/**
 * Issuers: one per realm, and where its endpoints are.
 */

import type { Config } from './config.ts';

/** AM's path of a realm (fact sheet 4.1). */
export const REALM_PATH = '/am/oauth2/realms/root/realms/:realm';

/** @param origin Scheme and authority that the client used. */
export function issuerOf(config: Config, realm: string, origin: string): string {
  return (config.base_url ?? origin) + REALM_PATH.replace(':realm', encodeURIComponent(realm));
}
