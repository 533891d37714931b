/**
 * What all pages stand on: escaping, languages, headers, and colours that can be told apart.
 */

import { strict as assert } from 'node:assert';
import { test } from 'node:test';
import fc from 'fast-check';
import { wireRequest } from '../../world.testing.ts';
import { schema } from '../config.ts';
import { openStage } from '../oauth.testing.ts';
import { html } from './html.ts';
import { languageOf, TEXTS } from './language.ts';
import { pageAnswer } from './page.ts';
import { STYLESHEET } from './stylesheet.ts';

test('text stays text, whatever is in it', () => {
  fc.assert(
    fc.property(fc.string(), (text) => {
      const { markup } = html`<p title="${text}">${text}</p>`;
      assert.doesNotMatch(markup.slice('<p title="'.length, -'</p>'.length), /<|"[^>]|'/);
      const back = markup
        .slice(markup.indexOf('>') + 1, -'</p>'.length)
        .replaceAll('&lt;', '<')
        .replaceAll('&gt;', '>')
        .replaceAll('&quot;', '"')
        .replaceAll('&#39;', "'")
        .replaceAll('&amp;', '&');
      assert.equal(back, text);
    }),
  );
  const list = [html`<li>${'<1>'}</li>`, html`<li>2</li>`];
  assert.equal(
    html`<ul>${list}${undefined}${false}</ul>`.markup,
    '<ul><li>&lt;1&gt;</li><li>2</li></ul>',
  );
});

test('the language is that of the request, then of the browser, then English', () => {
  const of = (accept: string | undefined, locales?: string) =>
    languageOf(wireRequest({ path: '/', headers: { 'Accept-Language': accept } }), locales);
  assert.equal(of(undefined), 'en');
  assert.equal(of('ar'), 'ar');
  assert.equal(of('ar-EG,en;q=0.8'), 'ar');
  assert.equal(of('de, AR-sa;q=0.5, en;q=0.9'), 'en');
  assert.equal(of('en;q=0, ar;q=0.1'), 'ar');
  assert.equal(of('*'), 'en');
  assert.equal(of('en', 'fr ar'), 'ar');
  assert.equal(of('ar', 'en-GB'), 'en');
  assert.equal(of('ar', 'fr'), 'ar');
  assert.equal(of('arc;q=x,;;;,', '__proto__ '), 'en');
  fc.assert(fc.property(fc.string(), fc.string(), (one, two) => of(one, two) in TEXTS));
});

test('both languages say the same things, each in its own letters', () => {
  const words = (value: unknown): string[] => {
    if (typeof value === 'string') return [value];
    if (typeof value === 'function') return [String(value(3))];
    return Object.values(value as object).flatMap(words);
  };
  const { en, ar } = TEXTS;
  const namesIn = (value: object): string[] =>
    Object.entries(value).flatMap(([name, one]) =>
      typeof one === 'object' ? namesIn(one).map((inner) => `${name}.${inner}`) : [name],
    );
  assert.deepEqual(namesIn(en), namesIn(ar));
  for (const text of words({ ...ar, dir: 'ع', brand: 'ع' }))
    assert.match(text, /\p{Script=Arabic}/u);
  for (const text of words(en)) assert.doesNotMatch(text, /\p{Script=Arabic}/u);
});

test('forms lead to this server, but for those from which a client leads on', () => {
  const config = schema.parse({});
  const policyOf = (leaves: boolean) => {
    const page = { status: 200, language: 'en', title: 't', body: html``, leaves } as const;
    return pageAnswer(config, page).headers['Content-Security-Policy'];
  };
  const [begin, end] = [
    "default-src 'none'; style-src 'self'",
    "frame-ancestors 'none'; base-uri 'none'",
  ];
  assert.equal(policyOf(false), `${begin}; form-action 'self'; ${end}`);
  assert.equal(policyOf(true), `${begin}; ${end}`);
});

test('behind a proxy that adds a path, pages find their stylesheet', () => {
  const config = schema.parse({ base_url: 'https://id.example/sso' });
  const page = { status: 200, language: 'en', title: 't', body: html`` } as const;
  assert.match(pageAnswer(config, page).body, /href="\/sso\/am\/oauth2\/pages\/style\.css"/);
});

test('the stylesheet is a file of its own', async () => {
  const { send } = await openStage();
  const { status, headers, body } = await send({ path: '/am/oauth2/pages/style.css' });
  assert.equal(status, 200);
  assert.equal(headers['Content-Type'], 'text/css;charset=UTF-8');
  assert.equal(headers['X-Content-Type-Options'], 'nosniff');
  assert.equal(body, STYLESHEET);
  assert.doesNotMatch(body, /url\(|@import/, 'it loads nothing');
});

/** Foreground, background, and the ratio that WCAG 2.2 asks for (1.4.3 and 1.4.11). */
const PAIRS = [
  ['ink', 'ground', 4.5],
  ['ink', 'card', 4.5],
  ['quiet', 'ground', 4.5],
  ['quiet', 'card', 4.5],
  ['act', 'card', 4.5],
  ['on-act', 'act', 4.5],
  ['alarm', 'alarm-ground', 4.5],
  ['edge', 'card', 3],
  ['edge', 'ground', 3],
  ['alarm', 'card', 3],
  ['focus', 'card', 3],
  ['focus', 'ground', 3],
] as const;

test('colours can be told apart, by day and by night', () => {
  const [, day = '', night = ''] = STYLESHEET.split(':root {');
  for (const [theme, text] of [
    ['day', day],
    ['night', night],
  ] as const) {
    const colours = new Map(
      [...text.matchAll(/--([\w-]+): #([0-9a-f]{6});/g)].map(([, name = '', hex = '']) => [
        name,
        hex,
      ]),
    );
    for (const [front, back, least] of PAIRS) {
      const ratio = contrast(colours.get(front) ?? '', colours.get(back) ?? '');
      assert.ok(ratio >= least, `${theme}: ${front} on ${back} is ${ratio.toFixed(2)}`);
    }
  }
});

function contrast(one: string, two: string): number {
  const [dark = 0, light = 0] = [luminance(one), luminance(two)].toSorted((a, b) => a - b);
  return (light + 0.05) / (dark + 0.05);
}

function luminance(hex: string): number {
  const [red = NaN, green = NaN, blue = NaN] = [0, 2, 4].map((at) => {
    const part = Number.parseInt(hex.slice(at, at + 2), 16) / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}
