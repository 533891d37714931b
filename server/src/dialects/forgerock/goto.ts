/**
 * Where a client may be sent after a sign-out: a path of its own site, or what the config allows.
 * Anything else would be an open redirect.
 */

import type { Config } from './config.ts';

/** No scheme, no host, and nothing that a browser drops or turns round before it looks for them. */
const RELATIVE = /^(?!\/\/)(?![a-z][a-z0-9+.-]*:)[\x21-\x5b\x5d-\x7e]{1,2000}$/i;

/** The place to go to, as it may be handed out; undefined for none. */
export function readGoto(text: string | undefined, { valid_gotos }: Config): string | undefined {
  if (text === undefined || RELATIVE.test(text)) return text;
  const url = URL.parse(text);
  if (!url || `${url.username}${url.password}` !== '') return undefined;
  return valid_gotos.some((pattern) => isWithin(url, pattern)) ? url.href : undefined;
}

/** @param pattern An address, or the beginning of a path on some host with `*` behind it. */
function isWithin(url: URL, pattern: string): boolean {
  if (!pattern.endsWith('*')) return url.href === URL.parse(pattern)?.href;
  const allowed = URL.parse(pattern.slice(0, -1));
  return url.origin === allowed?.origin && url.pathname.startsWith(allowed.pathname);
}
