/**
 * A browser for the tests of pages: keeps cookies, reads forms, posts them, and holds every page to
 * what all pages promise.
 */

import { strict as assert } from 'node:assert';
import type { WireAnswer } from '../dialect.ts';
import type { Ask } from '../world.testing.ts';

export interface Field {
  readonly name: string;
  readonly type: string;
  readonly value: string;
}

export interface Form {
  readonly action: string;
  readonly fields: readonly Field[];
  /** Name and value of each button that has a name. */
  readonly buttons: readonly (readonly [name: string, value: string])[];
}

export interface Shown extends WireAnswer {
  readonly forms: readonly Form[];
}

export interface TestBrowser {
  readonly cookies: Map<string, string>;
  open(ask: Ask): Promise<Shown>;
  /** Fills in the first form of a page and posts it, as pressing a button would. */
  submit(
    page: Shown,
    filled?: Readonly<Record<string, string>>,
    button?: readonly [string, string],
  ): Promise<Shown>;
}

export function openBrowser(send: (ask: Ask) => Promise<WireAnswer>): TestBrowser {
  const cookies = new Map<string, string>();

  async function open(ask: Ask): Promise<Shown> {
    const Cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    const headers = { ...(cookies.size > 0 && { Cookie }), ...ask.headers };
    const answer = await send({ ...ask, headers });
    for (const line of [answer.headers['Set-Cookie'] ?? []].flat()) keep(cookies, line);
    const isPage = String(answer.headers['Content-Type']).startsWith('text/html');
    if (isPage) assertSoundPage(answer);
    return { ...answer, forms: isPage ? formsIn(answer.body) : [] };
  }

  return {
    cookies,
    open,
    async submit(page, filled = {}, button) {
      const [form] = page.forms;
      assert.ok(form, `no form in ${page.body}`);
      const body = new URLSearchParams();
      for (const { name, type, value } of form.fields) {
        const typed = filled[name] ?? value;
        if (type !== 'checkbox' || filled[name] !== undefined) body.set(name, typed);
      }
      if (button) {
        assert.ok(form.buttons.some(([name, value]) => name === button[0] && value === button[1]));
        body.set(...button);
      }
      const unknown = Object.keys(filled).filter((name) => !body.has(name));
      assert.deepEqual(unknown, [], 'the form has such fields');
      const answer = await open({ path: form.action, body });
      const { Location } = answer.headers;
      if (typeof Location === 'string') assertMayLead(page, Location);
      return answer;
    },
  };
}

function keep(cookies: Map<string, string>, line: string): void {
  const [pair = '', ...attributes] = line.split('; ');
  const at = pair.indexOf('=');
  assert.ok(attributes.includes('Path=/'), line);
  assert.ok(attributes.includes('HttpOnly'), line);
  if (attributes.includes('Max-Age=0')) cookies.delete(pair.slice(0, at));
  else cookies.set(pair.slice(0, at), pair.slice(at + 1));
}

/** What every page promises: no framing, nothing inline, readable by everybody. */
export function assertSoundPage({ headers, body }: WireAnswer): void {
  assert.equal(headers['Content-Type'], 'text/html;charset=UTF-8');
  assert.equal(headers['X-Frame-Options'], 'DENY');
  assert.equal(headers['Referrer-Policy'], 'no-referrer');
  assert.equal(headers['Cache-Control'], 'no-store');
  assert.equal(headers['X-Content-Type-Options'], 'nosniff');
  const policy = directives(headers);
  for (const name of ['default-src', 'frame-ancestors', 'base-uri']) {
    assert.equal(policy.get(name), "'none'", name);
  }
  assert.equal(policy.get('style-src'), "'self'");
  assert.match(policy.get('form-action') ?? "'self'", /^'self'$/);
  assert.doesNotMatch([...policy.values()].join(' '), /unsafe|\*|data:/);
  assertMarkup(body, headers['Content-Language']);
}

function assertMarkup(body: string, language: unknown): void {
  const dir = language === 'ar' ? 'rtl' : 'ltr';
  assert.ok(body.startsWith(`<!DOCTYPE html>\n<html lang="${language}" dir="${dir}">`), body);
  // What stands in a value is text, unless a browser follows it.
  const tags = body.replaceAll(/="[^"]*"/g, '=""');
  assert.doesNotMatch(tags, /<style|<[^>]+\s(?:style|on\w+)=/i);
  assert.doesNotMatch(body, /\s(?:href|src|action|formaction)="javascript:/i);
  for (const [script] of body.matchAll(/<script[^>]*>/g)) assert.match(script, / src="\/[^"]+"/);
  assert.equal(body.match(/<h1>[^<]+<\/h1>/g)?.length, 1, 'one heading');
  assert.match(body, /<title>[^<]+<\/title>/);
  assert.match(body, /<main>/);
  for (const [input] of body.matchAll(/<input[^>]*>/g)) {
    if (attribute(input, 'type') === 'hidden') continue;
    const id = attribute(input, 'id');
    assert.ok(body.includes(`for="${id}"`), `${input} has a label`);
  }
  for (const [, id] of body.matchAll(/aria-describedby="([^"]+)"/g)) {
    assert.ok(body.includes(` id="${id}"`), `${id} is there`);
  }
}

/** Browsers hold redirects of a posted form to the policy of its page, and those that follow. */
function assertMayLead(page: Shown, location: string): void {
  const isHeld = directives(page.headers).has('form-action');
  assert.ok(!isHeld || !URL.canParse(location), `the policy keeps ${location} back`);
}

function directives({ 'Content-Security-Policy': policy }: WireAnswer['headers']) {
  const parts = String(policy)
    .split('; ')
    .map((part) => part.split(' '));
  return new Map(parts.map(([name = '', ...sources]) => [name, sources.join(' ')]));
}

function formsIn(body: string): Form[] {
  return [...body.matchAll(/<form([^>]*)>(.*?)<\/form>/gs)].map(([, tag = '', inside = '']) => {
    assert.equal(attribute(tag, 'method'), 'post');
    const inputs = [...inside.matchAll(/<input[^>]*>/g)].map(([input]) => ({
      name: attribute(input, 'name') ?? assert.fail(input),
      type: attribute(input, 'type') ?? 'text',
      value: attribute(input, 'value') ?? '',
    }));
    const named = [...inside.matchAll(/<button([^>]*name[^>]*)>/g)];
    const buttons = named.map(
      ([, button = '']) =>
        [attribute(button, 'name') ?? '', attribute(button, 'value') ?? ''] as const,
    );
    return { action: attribute(tag, 'action') ?? '', fields: inputs, buttons };
  });
}

function attribute(tag: string, name: string): string | undefined {
  const found = new RegExp(`\\s${name}="([^"]*)"`).exec(tag)?.[1];
  return found?.replaceAll(/&(amp|lt|gt|quot|#39);/g, (_, entity: string) => LETTERS[entity] ?? '');
}

const LETTERS: Readonly<Record<string, string>> = {
  amp: '&',
  lt: '<',
  gt: '>',
  quot: '"',
  '#39': "'",
};
