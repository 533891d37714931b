/**
 * What an application will be able to do, in words.
 */

import { type Html, html } from './html.ts';
import { type Language, TEXTS } from './language.ts';

/** The operator's words, by scope. */
export type Described = Readonly<
  Record<string, { readonly en: string; readonly ar?: string | undefined }>
>;

/** A scope that nobody has described stands for itself. */
export function scopeList(
  language: Language,
  scope: readonly string[],
  described: Described,
): Html {
  const { title, ...words } = TEXTS[language].scopes;
  const known = new Map(Object.entries(words));
  const named = new Map(Object.entries(described));
  const items = scope.map((word) => {
    const said = named.get(word);
    const text = said?.[language] ?? said?.en ?? known.get(word);
    if (text === undefined) return html`<li><code dir="ltr">${word}</code></li>`;
    return html`<li dir="auto">${text}</li>`;
  });
  return html`<p>${title}</p>
<ul>${items}</ul>`;
}
