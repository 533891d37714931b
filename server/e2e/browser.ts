/**
 * What a browser does for a script beside running it: keeps cookies, loads hidden frames, follows
 * their redirects. For vendors' browser SDKs, which the tests run in Node as they are published.
 */

/** Cookies of one host, with the rules that matter here: replaced by name, gone when they expire. */
class Jar {
  readonly #cookies = new Map<string, string>();

  take(answer: Response): void {
    for (const line of answer.headers.getSetCookie()) {
      const [pair = '', ...attributes] = line.split(';');
      const at = pair.indexOf('=');
      const name = pair.slice(0, at);
      const isGone = attributes.some((one) =>
        /^\s*(max-age=0|expires=thu, 01 jan 1970)/i.test(one),
      );
      if (isGone) this.#cookies.delete(name);
      else this.#cookies.set(name, pair.slice(at + 1));
    }
  }

  header(): string {
    return [...this.#cookies].map(([name, value]) => `${name}=${value}`).join('; ');
  }
}

/** One call as it went over the wire. */
export interface Call {
  readonly method: string;
  readonly url: URL;
  readonly status: number;
}

export interface Browser extends AsyncDisposable {
  readonly calls: readonly Call[];
  /** Whether a cookie of that name is kept. */
  has(name: string): boolean;
}

/**
 * Puts `fetch`, `document` and `location` of a browser in place of Node's, until it is disposed of.
 * @param stopsAt A redirect to a URL that begins with this is where a frame stays.
 */
export function openBrowser(origin: string, stopsAt: string): Browser {
  const jar = new Jar();
  const calls: Call[] = [];
  const plain = globalThis.fetch;

  async function send(url: URL, init: RequestInit): Promise<Response> {
    const headers = new Headers(init.headers);
    if (url.origin === origin && jar.header() !== '') headers.set('Cookie', jar.header());
    const answer = await plain(url, { ...init, headers, redirect: 'manual' });
    if (url.origin === origin) jar.take(answer);
    calls.push({ method: init.method ?? 'GET', url, status: answer.status });
    return answer;
  }

  async function load(address: string): Promise<string> {
    for (let url = new URL(address); ; ) {
      if (url.href.startsWith(stopsAt)) return url.href;
      const answer = await send(url, {});
      const next = answer.headers.get('Location');
      if (answer.status < 300 || answer.status > 399 || next === null) return url.href;
      url = new URL(next, url);
    }
  }

  const frame = () => new Frame(load);
  const given = {
    fetch: (input: string | URL, init: RequestInit = {}) => send(new URL(input), init),
    document: { createElement: frame, body: { appendChild: () => undefined } },
    location: new URL(origin),
  };
  const before = new Map(
    Object.keys(given).map((name) => [name, Object.getOwnPropertyDescriptor(globalThis, name)]),
  );
  for (const [name, value] of Object.entries(given)) {
    Object.defineProperty(globalThis, name, { value, configurable: true, writable: true });
  }
  return {
    calls,
    has: (name) => jar.header().includes(`${name}=`),
    async [Symbol.asyncDispose]() {
      for (const [name, descriptor] of before) {
        if (descriptor) Object.defineProperty(globalThis, name, descriptor);
        else Reflect.deleteProperty(globalThis, name);
      }
    },
  };
}

/** An iframe, as far as an SDK looks at it. */
class Frame extends EventTarget {
  readonly style = {};
  contentWindow: { location: { href: string } } | null = null;
  readonly #load: (address: string) => Promise<string>;

  constructor(load: (address: string) => Promise<string>) {
    super();
    this.#load = load;
  }

  set src(address: string) {
    void this.#load(address).then((href) => {
      this.contentWindow = { location: { href } };
      this.dispatchEvent(new Event('load'));
    });
  }

  remove(): void {}
}
