/**
 * The pages that people see, in a real browser: at the width of a telephone and of a desk, in both
 * languages, by the rules of axe. PICTURES=DIR keeps what they look like.
 */

import { strict as assert } from 'node:assert';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { CHROMIUM, type Chromium, openChromium, type Page } from './chromium.ts';
import { type Program, startProgram } from './program.ts';

const AXE = createRequire(import.meta.url).resolve('axe-core/axe.min.js');

const SIZES = [
  { width: 360, height: 740 },
  { width: 1280, height: 800 },
];

interface Violation {
  readonly id: string;
  readonly impact: string;
  readonly nodes: readonly { readonly html: string; readonly failureSummary: string }[];
}

const isMissing = CHROMIUM === undefined && 'no Chromium on this machine';

describe('pages', { skip: isMissing }, () => {
  let axe = '';
  let program: Program;
  let browser: Chromium;
  let data = '';

  before(async () => {
    axe = await readFile(AXE, 'utf8');
    data = await mkdtemp(join(tmpdir(), 'lamplighter-pages-'));
    program = await startProgram({ data });
    browser = await openChromium(CHROMIUM ?? '');
  });

  after(async () => {
    await browser[Symbol.asyncDispose]();
    await program.stop();
    await rm(data, { recursive: true });
  });

  const realm = () => `${program.base}/am/oauth2/realms/root/realms/alpha`;

  function authorize(more: Readonly<Record<string, string>> = {}): string {
    const query = new URLSearchParams({
      response_type: 'code',
      client_id: 'demo-web',
      redirect_uri: 'http://127.0.0.1:9999/callback',
      scope: 'openid profile',
      state: 'some-state',
      ...more,
    });
    return `${realm()}/authorize?${query}`;
  }

  /** Fills the form of the page and sends it. */
  const submit = (page: Page, fields: Readonly<Record<string, string>>) =>
    page.leave(`(() => {
      for (const [name, value] of Object.entries(${JSON.stringify(fields)})) {
        document.querySelector('[name="' + name + '"]').value = value;
      }
      document.querySelector('button').click();
    })()`);

  /** At every size: nothing that axe finds, nothing that has to be scrolled to sideways. */
  async function assertSound(page: Page, name: string, language: string): Promise<void> {
    for (const size of SIZES) {
      await page.resize(size);
      const what = `${name}-${language}-${size.width}`;
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

  for (const language of ['en', 'ar']) {
    it(`sign-in, and a wrong password: ${language}`, async () => {
      const page = await browser.page(language);
      await page.open(authorize());
      await assertSound(page, 'sign-in', language);
      await submit(page, { username: 'ada', password: 'let-there-be-dark-1' });
      const words = await page.run<string>(`document.querySelector('[role=alert]').innerText`);
      assert.ok(words.length > 10, words);
      await assertSound(page, 'sign-in-wrong', language);
    });

    it(`a request that leads nowhere: ${language}`, async () => {
      const page = await browser.page(language);
      await page.open(authorize({ client_id: 'nobody' }));
      await assertSound(page, 'problem', language);
    });
  }
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
