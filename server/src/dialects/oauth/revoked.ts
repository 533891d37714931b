/**
 * Revoked access tokens: one row each until it would have expired, beside the record.
 *
 * The record has no room for them: a token may speak for a client, and hang on none; and a value
 * in it that two revocations write at once would lose one of them.
 */

import type { Once } from '../../sessions/once.ts';

const PURPOSE = 'oauth revoked';

/** What tells a token from all others, and when it ends, in seconds since 1970. */
interface Named {
  readonly iss: string;
  readonly jti: string;
  readonly exp: number;
}

/** @throws StoreFault */
export async function revoke(once: Once, { iss, jti, exp }: Named): Promise<void> {
  await once.use(PURPOSE, `${iss} ${jti}`, exp * 1000);
}

/** @throws StoreFault */
export function isRevoked(once: Once, { iss, jti }: Named): Promise<boolean> {
  return once.used(PURPOSE, `${iss} ${jti}`);
}
