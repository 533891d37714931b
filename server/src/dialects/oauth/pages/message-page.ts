/**
 * A page that only says something.
 */

import { html } from './html.ts';
import type { Language } from './language.ts';
import type { Page } from './page.ts';
import type { Message } from './texts.ts';

export function messagePage(language: Language, { title, text }: Message): Page {
  const body = html`<h1>${title}</h1>
<p>${text}</p>`;
  return { status: 200, language, title, body };
}
