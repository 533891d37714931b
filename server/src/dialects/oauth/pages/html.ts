/**
 * HTML as a template: whatever is put into it is escaped, unless it is HTML already.
 */

/** Text that is safe to send as it is. */
export interface Html {
  readonly markup: string;
}

type Part = string | Html | readonly Html[] | undefined | false;

/** Lists are joined; undefined and false leave nothing behind. */
export function html(pieces: TemplateStringsArray, ...parts: readonly Part[]): Html {
  const filled = pieces.map((piece, at) => piece + markupOf(parts[at]));
  return { markup: filled.join('') };
}

function markupOf(part: Part): string {
  if (part === undefined || part === false) return '';
  if (typeof part === 'string') return escaped(part);
  return 'markup' in part ? part.markup : part.map(({ markup }) => markup).join('');
}

const ENTITIES: ReadonlyMap<string, string> = new Map([
  ['&', '&amp;'],
  ['<', '&lt;'],
  ['>', '&gt;'],
  ['"', '&quot;'],
  ["'", '&#39;'],
]);

function escaped(text: string): string {
  return text.replaceAll(/[&<>"']/g, (letter) => ENTITIES.get(letter) ?? '');
}
