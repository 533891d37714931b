/**
 * Headless Chromium over its DevTools protocol: opens pages at a size, fills them in, looks at them.
 */

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const PLACES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'].map(
  (name) => `/usr/bin/${name}`,
);

/** Where the browser is; undefined on a machine without one. */
export const CHROMIUM = process.env.CHROMIUM ?? PLACES.find((place) => existsSync(place));

const READY_MS = 30_000;

export interface Size {
  readonly width: number;
  readonly height: number;
}

export interface Page {
  /** Goes there, and waits until all of it has been loaded. */
  open(url: string): Promise<void>;
  /** Runs a function's text in the page, and hands back what it returns, as JSON would. */
  run<T>(expression: string): Promise<T>;
  /** Runs what leads to another page, and waits until that has been loaded. */
  leave(expression: string): Promise<void>;
  resize(size: Size): Promise<void>;
  /** Whether its user would rather look at dark pages. */
  darken(isDark: boolean): Promise<void>;
  /** Loads nothing from URLs of that pattern, in which `*` stands for anything. */
  block(pattern: string): Promise<void>;
  /** A PNG of what is to be seen. */
  picture(): Promise<Buffer>;
}

export interface Chromium extends AsyncDisposable {
  /** A page with cookies of its own, and the languages that its user reads. */
  page(languages: string): Promise<Page>;
}

export async function openChromium(program: string): Promise<Chromium> {
  const profile = await mkdtemp(join(tmpdir(), 'lamplighter-chromium-'));
  const flags = [
    '--headless=new',
    '--no-sandbox',
    '--disable-gpu',
    '--disable-dev-shm-usage',
    '--remote-debugging-port=0',
    `--user-data-dir=${profile}`,
  ];
  const child = spawn(program, [...flags, 'about:blank'], { stdio: ['ignore', 'ignore', 'pipe'] });
  const exited = once(child, 'exit');
  const wire = await connect(await address(child));
  return {
    async page(languages) {
      const { browserContextId } = await wire.call('Target.createBrowserContext', {});
      const where = { url: 'about:blank', browserContextId };
      const { targetId } = await wire.call('Target.createTarget', where);
      const attach = { targetId, flatten: true };
      const { sessionId } = await wire.call('Target.attachToTarget', attach);
      return openPage(wire, String(sessionId), languages);
    },
    async [Symbol.asyncDispose]() {
      wire.close();
      child.kill('SIGKILL');
      await exited;
      await rm(profile, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
    },
  };
}

async function openPage(wire: Wire, session: string, languages: string): Promise<Page> {
  const call = (method: string, params: object = {}) => wire.call(method, params, session);
  await call('Page.enable');
  await call('Network.enable');
  await call('Network.setExtraHTTPHeaders', { headers: { 'Accept-Language': languages } });

  async function loading(work: () => Promise<unknown>): Promise<void> {
    const loaded = wire.event('Page.loadEventFired', session);
    await work();
    await loaded;
  }

  async function run<T>(expression: string): Promise<T> {
    const ask = { expression, awaitPromise: true, returnByValue: true };
    const { result, exceptionDetails } = await call('Runtime.evaluate', ask);
    if (exceptionDetails) throw new Error(JSON.stringify(exceptionDetails));
    return (result as { value: T }).value;
  }

  return {
    open: (url) => loading(() => call('Page.navigate', { url })),
    run,
    leave: (expression) => loading(() => run(expression)),
    async resize({ width, height }) {
      const mobile = width < 600;
      const metrics = { width, height, deviceScaleFactor: 1, mobile };
      await call('Emulation.setDeviceMetricsOverride', metrics);
    },
    async darken(isDark) {
      const features = [{ name: 'prefers-color-scheme', value: isDark ? 'dark' : 'light' }];
      await call('Emulation.setEmulatedMedia', { features });
    },
    async block(pattern) {
      await call('Network.setBlockedURLs', { urls: [pattern] });
    },
    async picture() {
      const { data } = await call('Page.captureScreenshot', { format: 'png' });
      return Buffer.from(String(data), 'base64');
    },
  };
}

/** The line with which it says where it listens. */
async function address(child: ChildProcess): Promise<string> {
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  let said = '';
  const timer = setTimeout(() => reject(new Error(`no browser in ${READY_MS} ms`)), READY_MS);
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    said += text;
    const found = /DevTools listening on (ws:\S+)/.exec(said)?.[1];
    if (found) resolve(found);
  });
  child.once('exit', (code) => reject(new Error(`the browser left with ${code}\n${said}`)));
  try {
    return await promise;
  } finally {
    clearTimeout(timer);
  }
}

type Values = Readonly<Record<string, unknown>>;

interface Wire {
  call(method: string, params: object, session?: string): Promise<Values>;
  /** The next event of that name. */
  event(method: string, session: string): Promise<void>;
  close(): void;
}

interface Message {
  readonly id?: number;
  readonly method?: string;
  readonly sessionId?: string;
  readonly result?: Values;
  readonly error?: { readonly message: string };
}

async function connect(url: string): Promise<Wire> {
  const socket = new WebSocket(url);
  await once(socket, 'open');
  const calls = new Map<number, PromiseWithResolvers<Values>>();
  const events = new Map<string, () => void>();
  let last = 0;
  socket.addEventListener('message', ({ data }) => {
    const message: Message = JSON.parse(String(data));
    const waiting = calls.get(message.id ?? 0);
    if (message.error) waiting?.reject(new Error(message.error.message));
    else waiting?.resolve(message.result ?? {});
    calls.delete(message.id ?? 0);
    events.get(`${message.sessionId} ${message.method}`)?.();
  });
  return {
    call(method, params, sessionId) {
      const id = ++last;
      const answer = Promise.withResolvers<Values>();
      calls.set(id, answer);
      socket.send(JSON.stringify({ id, method, params, sessionId }));
      return answer.promise;
    },
    event(method, session) {
      const { promise, resolve, reject } = Promise.withResolvers<void>();
      const timer = setTimeout(() => reject(new Error(`no ${method} in 15 s`)), 15_000);
      events.set(`${session} ${method}`, () => {
        clearTimeout(timer);
        resolve();
      });
      return promise;
    },
    close: () => socket.close(),
  };
}
