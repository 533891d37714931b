/** Texts as PostgreSQL can hold them: it has no NUL, and the port promises every character. */

/**
 * NUL becomes 1 1, and 1 becomes 1 2: a code without a common prefix that keeps the order of bytes,
 * so that keys and places sort encoded as they do plain. Nothing else changes, so that an operator
 * can read the rows.
 */
export function encodeText(text: string): string {
  // JSON holds neither of the two: for the values that matter this is a look and no copy.
  if (!text.includes('\0') && !text.includes('\x01')) return text;
  return text.replaceAll('\x01', '\x01\x02').replaceAll('\0', '\x01\x01');
}

export function decodeText(text: string): string {
  if (!text.includes('\x01')) return text;
  return text.replaceAll('\x01\x01', '\0').replaceAll('\x01\x02', '\x01');
}

export function encodeOptional(text: string | null): string | null {
  return text === null ? null : encodeText(text);
}

export function decodeOptional(text: string | null): string | null {
  return text === null ? null : decodeText(text);
}
