/**
 * Forms of pages: what a form brings back, unchanged and from the browser that was given the page.
 *
 * It is sealed together with a cookie of that browser: no other site can post the form, the sign-in
 * included, and nobody can post another one than the page had.
 */

import { hash } from 'node:crypto';
import { cookie, cookieTraits, setCookie } from '../cookies.ts';
import type { Services, WireRequest } from '../dialect.ts';
import type { Config } from './config.ts';
import { createSeal } from './seal.ts';

/** How long a page may stay open, in milliseconds. */
const LIFE_MS = 15 * 60_000;

const COOKIE_BYTES = 18;

/** What a form is for; one for something else is none. */
export type FormPurpose =
  | 'sign in'
  | 'consent'
  | 'log out'
  | 'device sign in'
  | 'device'
  | 'device decision';

export type FormValues = Readonly<Record<string, string>>;

export interface ClosedForm {
  /** The value of the hidden field `form`. */
  readonly text: string;
  /** The Set-Cookie values of the page; none when the browser has its cookie already. */
  readonly cookies: readonly string[];
}

export interface OpenedForm {
  readonly values: FormValues;
  /** The page was open for too long. */
  readonly isStale: boolean;
}

export interface Forms {
  close(request: WireRequest, realm: string, purpose: FormPurpose, values: FormValues): ClosedForm;
  /** Undefined for what this browser was never given for that purpose. */
  open(
    request: WireRequest,
    realm: string,
    purpose: FormPurpose,
    text: string | undefined,
  ): OpenedForm | undefined;
}

interface Sealed {
  readonly realm: string;
  readonly purpose: FormPurpose;
  readonly browser: string;
  readonly until: number;
  readonly values: FormValues;
}

export function createForms({ keyring, clock, random }: Services, config: Config): Forms {
  const seal = createSeal(keyring, 'oauth form');

  return {
    close(request, realm, purpose, values) {
      const { secure } = cookieTraits(config, request);
      const name = cookieName(secure);
      const held = cookie(request, name, isOurs);
      const isKept = held !== undefined && isOurs(held);
      const value = isKept ? held : random.bytes(COOKIE_BYTES).toString('base64url');
      const until = clock.now() + LIFE_MS;
      const sealed: Sealed = { realm, purpose, browser: fingerprint(value), until, values };
      // Lax: other sites may link to a page, and cannot post its form.
      const fresh = setCookie(name, value, { secure, sameSite: 'Lax' });
      return { text: seal.close(JSON.stringify(sealed)), cookies: isKept ? [] : [fresh] };
    },

    open(request, realm, purpose, text) {
      const opened = seal.open(text ?? '');
      if (opened === undefined) return undefined;
      const sealed = JSON.parse(opened) as Sealed;
      const isFrom = (value: string) => fingerprint(value) === sealed.browser;
      const { secure } = cookieTraits(config, request);
      const held = cookie(request, cookieName(secure), isFrom);
      const isMeant = sealed.realm === realm && sealed.purpose === purpose;
      if (!isMeant || held === undefined || !isFrom(held)) return undefined;
      return { values: sealed.values, isStale: clock.now() >= sealed.until };
    },
  };
}

/** The prefix keeps other hosts of the domain from setting it (RFC 6265bis, section 4.1.3.2). */
function cookieName(secure: boolean): string {
  return secure ? '__Host-lamp_form' : 'lamp_form';
}

function isOurs(value: string): boolean {
  return /^[\w-]{24}$/.test(value);
}

function fingerprint(value: string): string {
  return hash('sha256', value, 'base64url');
}
