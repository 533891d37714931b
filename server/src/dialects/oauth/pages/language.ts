/**
 * Languages: which of ours a person reads.
 */

import type { WireRequest } from '../../dialect.ts';
import { arabic } from './arabic.ts';
import { english } from './english.ts';
import type { Texts } from './texts.ts';

export type Language = 'en' | 'ar';

export const TEXTS: Readonly<Record<Language, Texts>> = { en: english, ar: arabic };

/** More of them than this is no honest list. */
const TAGS_MAX = 32;

/**
 * The application's word first (OpenID Connect Core 1.0, section 3.1.2.1), then the browser's.
 * @param uiLocales Tags (RFC 5646), the preferred one first.
 */
export function languageOf(request: WireRequest, uiLocales: string | undefined): Language {
  const asked = (uiLocales ?? '').split(' ', TAGS_MAX);
  return first(asked) ?? first(accepted(request)) ?? 'en';
}

/** The tags of Accept-Language (RFC 9110, section 12.5.4), the preferred one first. */
function accepted({ headers }: WireRequest): readonly string[] {
  const weighed = (headers['accept-language'] ?? '').split(',', TAGS_MAX).map((part) => {
    const [tag = '', ...parameters] = part.split(';').map((piece) => piece.trim());
    const weight = /^q=([01](?:\.\d{0,3})?)$/i.exec(parameters[0] ?? '')?.[1];
    return { tag, weight: weight === undefined ? 1 : Number(weight) };
  });
  return weighed
    .filter(({ weight }) => weight > 0)
    .toSorted((a, b) => b.weight - a.weight)
    .map(({ tag }) => tag);
}

function first(tags: readonly string[]): Language | undefined {
  for (const tag of tags) {
    const [primary = ''] = tag.toLowerCase().split('-');
    if (primary === 'en' || primary === 'ar') return primary;
  }
  return undefined;
}
