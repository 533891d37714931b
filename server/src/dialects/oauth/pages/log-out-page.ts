/**
 * The page that asks whether a person wants to sign out.
 */

import type { Person } from '../../../directory/directory.ts';
import { type ConfirmForm, confirmForm } from './confirm-form.ts';
import { html } from './html.ts';
import { type Language, TEXTS } from './language.ts';
import type { Page } from './page.ts';

export interface LogOutPage extends Pick<ConfirmForm, 'action' | 'form'> {
  readonly language: Language;
  /** Who is signed in; undefined when nobody knows the name any more. */
  readonly person: Person | undefined;
}

export function logOutPage({ language, person, ...form }: LogOutPage): Omit<Page, 'leaves'> {
  const { logOut, signedInAs } = TEXTS[language];
  const body = html`<h1>${logOut.title}</h1>
${person && html`<p>${signedInAs(nameOf(person, language))}</p>`}
<p>${logOut.text}</p>
${confirmForm({ ...form, yes: logOut.yes, no: logOut.no })}`;
  return { status: 200, language, title: logOut.title, body };
}

/** In the letters of the language, where the person has such a name. */
export function nameOf({ names }: Person, language: Language): string {
  return language === 'ar' ? (names.ar ?? names.en) : names.en;
}
