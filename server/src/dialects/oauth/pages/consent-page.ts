/**
 * The page that asks whether an application may do what it asks for.
 */

import type { Person } from '../../../directory/directory.ts';
import { type ConfirmForm, confirmForm } from './confirm-form.ts';
import { html } from './html.ts';
import { type Language, TEXTS } from './language.ts';
import { nameOf } from './log-out-page.ts';
import type { Page } from './page.ts';
import { type Described, scopeList } from './scope-list.ts';

export interface ConsentPage extends Pick<ConfirmForm, 'action' | 'form'> {
  readonly language: Language;
  /** The application's name. */
  readonly client: string;
  /** Who is signed in; undefined when nobody knows the name any more. */
  readonly person: Person | undefined;
  readonly scope: readonly string[];
  readonly described: Described;
}

export function consentPage(ask: ConsentPage): Page {
  const { language, client, person, scope, described, action, form } = ask;
  const { consent, signedInAs } = TEXTS[language];
  const more = html`<label class="choice" for="save_consent"><input id="save_consent"
 name="save_consent" type="checkbox" value="on">${consent.save}</label>`;
  const title = consent.title(client);
  const body = html`<h1>${title}</h1>
${person && html`<p class="quiet">${signedInAs(nameOf(person, language))}</p>`}
${scopeList(language, scope, described)}
${confirmForm({ action, form, more, yes: consent.yes, no: consent.no })}`;
  return { status: 200, language, title, body };
}
