/**
 * The pages that people see, in a real browser: at the width of a telephone and of a desk, by day and
 * by night, in both languages, by the rules of axe. PICTURES=DIR keeps what they look like.
 */

import { strict as assert } from 'node:assert';
import { once } from 'node:events';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import { stringify } from 'yaml';
import { CHROMIUM, type Chromium, openChromium, type Page } from './chromium.ts';
import { demo } from './configs.ts';
import { type Program, startProgram } from './program.ts';
import { ADA, forgerock } from './vendors.ts';
import { openWire } from './wire.ts';

const AXE = createRequire(import.meta.url).resolve('axe-core/axe.min.js');

const LOOKS = [
  { width: 360, height: 740, isDark: false },
  { width: 360, height: 740, isDark: true },
  { width: 1280, height: 800, isDark: false },
  { width: 1280, height: 800, isDark: true },
];

interface Violation {
  readonly id: string;
  readonly impact: string;
  readonly nodes: readonly { readonly html: string; readonly failureSummary: string }[];
}

const isMissing = CHROMIUM === undefined && 'no Chromium on this machine';

/**
 * An application that sends everybody on from its redirect URI to where it lives, on another site,
 * as many do; its page there has a form of whatever its query says.
 */
async function openApplication(): Promise<Server> {
  const server = createServer((request, response) => {
    const { pathname, search, searchParams } = new URL(request.url ?? '', 'http://localhost');
    const { port } = server.address() as AddressInfo;
    if (pathname === '/callback') {
      response.writeHead(303, { Location: `http://localhost:${port}/home${search}` }).end();
      return;
    }
    const inputs = [...searchParams]
      .filter(([name]) => name !== 'action')
      .map(([name, value]) => `<input name="${name}" value="${value}">`);
    const action = searchParams.get('action') ?? '';
    response.writeHead(200, { 'Content-Type': 'text/html' });
    response.end(`<form method="post" action="${action}">${inputs.join('')}<button></form>`);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return server;
}

describe('pages', { skip: isMissing }, () => {
  let axe = '';
  let program: Program;
  let browser: Chromium;
  let application: Server;
  let data = '';
  let port = 0;

  before(async () => {
    axe = await readFile(AXE, 'utf8');
    data = await mkdtemp(join(tmpdir(), 'lamplighter-pages-'));
    application = await openApplication();
    ({ port } = application.address() as AddressInfo);
    const client = {
      client_secret: 'a-secret-of-more-than-32-characters',
      realm: 'alpha',
      redirect_uris: [`http://127.0.0.1:${port}/callback`],
      post_logout_redirect_uris: [`http://127.0.0.1:${port}/callback`],
      scopes: ['openid', 'profile', 'offline_access', 'read'],
    };
    const clients = [
      { ...client, client_id: 'asking', client_name: 'Street Map' },
      { ...client, client_id: 'trusted', implied_consent: true },
      {
        ...{ client_id: 'television', client_name: 'Living Room TV', public: true },
        ...{ realm: 'alpha', grant_types: ['device_code'], scopes: ['openid', 'profile', 'read'] },
      },
    ];
    const options = demo();
    options.dialects.oauth = { clients };
    const config = join(data, 'config.yaml');
    await writeFile(config, stringify(options, { aliasDuplicateObjects: false }));
    program = await startProgram({ data: join(data, 'data'), config });
    browser = await openChromium(CHROMIUM ?? '');
  });

  after(async () => {
    await browser[Symbol.asyncDispose]();
    await program.stop();
    application.close();
    application.closeAllConnections();
    await rm(data, { recursive: true });
  });

  const realm = () => `${program.base}/am/oauth2/realms/root/realms/alpha`;

  const request = (more: Readonly<Record<string, string>> = {}) =>
    new URLSearchParams({
      response_type: 'code',
      client_id: 'asking',
      redirect_uri: `http://127.0.0.1:${port}/callback`,
      scope: 'openid profile offline_access read',
      state: 'some-state',
      ...more,
    });

  const authorize = (more: Readonly<Record<string, string>> = {}) =>
    `${realm()}/authorize?${request(more)}`;

  /** Fills the form of the page and presses one of its buttons, the first unless told. */
  const submit = (page: Page, fields: Readonly<Record<string, string>> = {}, button = 'button') =>
    page.leave(`(() => {
      for (const [name, value] of Object.entries(${JSON.stringify(fields)})) {
        document.querySelector('[name="' + name + '"]').value = value;
      }
      document.querySelector(${JSON.stringify(button)}).click();
    })()`);

  const DENY = 'button[value=deny]';

  const signIn = (page: Page) => submit(page, { username: 'ada', password: ADA.password });

  /** Where the application lives, and what it was told. */
  async function arrived(page: Page): Promise<URLSearchParams> {
    for (const until = performance.now() + 10_000; ; await wait(50)) {
      const url = new URL(await page.run<string>('location.href'));
      if (url.host === `localhost:${port}` && url.pathname === '/home') return url.searchParams;
      assert.ok(performance.now() < until, `stayed at ${url}`);
    }
  }

  const heading = (page: Page) => page.run<string>(`document.querySelector('h1').innerText`);

  /** At every look: nothing that axe finds, nothing that has to be scrolled to sideways. */
  async function assertSound(page: Page, name: string, language: string): Promise<void> {
    for (const { isDark, ...size } of LOOKS) {
      await page.resize(size);
      await page.darken(isDark);
      const what = `${name}-${language}-${size.width}${isDark ? '-dark' : ''}`;
      await keep(page, what);
      await page.run(axe);
      const run = 'axe.run(document).then(({ violations }) => violations)';
      const violations = await page.run<Violation[]>(run);
      assert.deepEqual(violations.map(toText), [], what);
      const wide = 'document.documentElement.scrollWidth - innerWidth';
      assert.ok((await page.run<number>(wide)) <= 0, `${what} is too wide`);
    }
    const { lang, dir } = await page.run<{ lang: string; dir: string }>(
      '(({ lang, dir }) => ({ lang, dir }))(document.documentElement)',
    );
    assert.deepEqual([lang, dir], [language, language === 'ar' ? 'rtl' : 'ltr'], name);
  }

  /** What a device shows. */
  async function userCode(): Promise<string> {
    const body = new URLSearchParams({ client_id: 'television', scope: 'openid profile read' });
    const answer = await fetch(`${realm()}/device/code`, { method: 'POST', body });
    return ((await answer.json()) as { user_code: string }).user_code;
  }

  for (const language of ['en', 'ar']) {
    it(`sign-in, a wrong password, consent, and on to the application: ${language}`, async () => {
      const page = await browser.page(language);
      await page.open(authorize());
      await assertSound(page, 'sign-in', language);
      await submit(page, { username: 'ada', password: 'let-there-be-dark-1' });
      const words = await page.run<string>(`document.querySelector('[role=alert]').innerText`);
      assert.ok(words.length > 10, words);
      await assertSound(page, 'sign-in-wrong', language);
      await signIn(page);
      await assertSound(page, 'consent', language);
      await submit(page);
      assert.ok((await arrived(page)).get('code'), 'the policy lets the client lead on');
      await page.open(authorize());
      await submit(page, {}, DENY);
      assert.equal((await arrived(page)).get('error'), 'access_denied');
    });

    it(`a request that leads nowhere, and a page that was reloaded: ${language}`, async () => {
      const page = await browser.page(language);
      await page.open(authorize({ client_id: 'nobody' }));
      await assertSound(page, 'problem', language);
      await page.open(`${realm()}/authorize/sign-in`);
      await assertSound(page, 'reloaded', language);
    });

    it(`an answer that is posted, by hand and by the script: ${language}`, async () => {
      const page = await browser.page(language);
      const asked = { client_id: 'trusted', response_mode: 'form_post' };
      await page.block('*/submit.js');
      await page.open(authorize(asked));
      await signIn(page);
      await assertSound(page, 'form-post', language);
      await submit(page);
      await arrived(page);
      await page.block('nothing');
      await page.open(authorize(asked));
      await arrived(page);
    });

    it(`a device: ${language}`, async () => {
      const page = await browser.page(language);
      const code = await userCode();
      await page.open(`${realm()}/device/user?user_code=${code}`);
      await assertSound(page, 'device-sign-in', language);
      await signIn(page);
      await assertSound(page, 'device-entry', language);
      await submit(page, { user_code: 'nonsense' });
      await assertSound(page, 'device-wrong', language);
      await submit(page, { user_code: code });
      await assertSound(page, 'device-confirm', language);
      await submit(page);
      await assertSound(page, 'device-done', language);
      for (const [name, isDecided] of [
        ['device-denied', false],
        ['device-gone', true],
      ] as const) {
        const other = await userCode();
        await page.open(`${realm()}/device/user?user_code=${other}`);
        await submit(page);
        if (isDecided) await decideElsewhere(other);
        await submit(page, {}, DENY);
        await assertSound(page, name, language);
      }
    });

    it(`logout: ${language}`, async () => {
      const page = await browser.page(language);
      const out = `${realm()}/connect/endSession`;
      await page.open(authorize({ client_id: 'trusted' }));
      await signIn(page);
      await arrived(page);
      await page.open(out);
      await assertSound(page, 'logout', language);
      await submit(page, {}, DENY);
      await assertSound(page, 'logout-kept', language);
      await page.open(out);
      await submit(page);
      await assertSound(page, 'logout-done', language);
      assert.deepEqual(await page.run<string>('document.cookie'), '', 'scripts see no cookie');
    });
  }

  /** As a script of the same person does, before they press the button. */
  async function decideElsewhere(code: string): Promise<void> {
    const wire = openWire(program.base);
    const { tokenId = '' } = await forgerock.open(wire);
    wire.close();
    const body = new URLSearchParams({ user_code: code, decision: 'allow', csrf: tokenId });
    const headers = { iPlanetDirectoryPro: tokenId };
    const answer = await fetch(`${realm()}/device/user`, { method: 'POST', body, headers });
    assert.equal(answer.status, 200);
  }

  it('a client on another site may post, and the person is known', async () => {
    const page = await browser.page('en');
    await page.open(authorize({ client_id: 'trusted' }));
    await signIn(page);
    await arrived(page);
    const post = async (action: string, fields: URLSearchParams) => {
      fields.set('action', `${realm()}${action}`);
      await page.open(`http://localhost:${port}/elsewhere?${fields}`);
      await submit(page);
    };
    await post('/authorize', request({ client_id: 'trusted', prompt: 'none' }));
    assert.ok((await arrived(page)).get('code'));
    const home = `http://127.0.0.1:${port}/callback`;
    await post('/connect/endSession', request({ post_logout_redirect_uri: home }));
    assert.equal(await heading(page), 'Sign out?');
    await submit(page);
    await arrived(page);
    await page.open(authorize({ client_id: 'trusted', prompt: 'none' }));
    assert.equal((await arrived(page)).get('error'), 'login_required');
  });
});

function toText({ id, impact, nodes }: Violation): string {
  return `${impact} ${id}: ${nodes.map(({ html, failureSummary }) => html + failureSummary)}`;
}

async function keep(page: Page, name: string): Promise<void> {
  const folder = process.env.PICTURES;
  if (folder === undefined) return;
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, `${name}.png`), await page.picture());
}
