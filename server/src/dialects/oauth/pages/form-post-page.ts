/**
 * The page that posts an answer to a client (OAuth 2.0 Form Post Response Mode).
 */

import { html } from './html.ts';
import { type Language, TEXTS } from './language.ts';
import type { Page } from './page.ts';

export interface FormPost {
  readonly language: Language;
  /** The client's redirect URI. */
  readonly action: string;
  /** The application's name. */
  readonly client: string;
  readonly fields: URLSearchParams;
}

export function formPostPage({ language, action, client, fields }: FormPost): Page {
  const { goOn } = TEXTS[language];
  const title = goOn.title(client);
  const inputs = [...fields].map(
    ([name, value]) => html`<input type="hidden" name="${name}" value="${value}">
`,
  );
  const body = html`<h1>${title}</h1>
<form method="post" action="${action}">
${inputs}<button>${goOn.submit}</button>
</form>`;
  return { status: 200, language, title, body, leaves: true, submits: true };
}
