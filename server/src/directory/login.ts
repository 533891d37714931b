/** Owns the one spelling that logins compare in. */

/** RFC 5321 section 4.5.3.1.3, without the angle brackets: the longest login is an e-mail address. */
export const LOGIN_BYTES = 254;

/**
 * The one spelling that a login is filed under: NFKC, lower case, trimmed. Some letters compose in
 * lower case only (J with a caron), so the normal form comes twice. Undefined when it is too long
 * to be anybody's.
 */
export function normaliseLogin(login: string): string | undefined {
  // Some letters take fewer bytes afterwards.
  if (Buffer.byteLength(login) > 2 * LOGIN_BYTES) return undefined;
  const normal = login.toWellFormed().normalize('NFKC').toLowerCase().normalize('NFKC').trim();
  return Buffer.byteLength(normal) > LOGIN_BYTES ? undefined : normal;
}

/** The digits of a mobile number, however they are set out; undefined for what is no such number. */
export function mobileDigits(normal: string): string | undefined {
  return /^\+?[\d\s().-]{3,31}$/.test(normal) ? normal.replaceAll(/\D/g, '') : undefined;
}
