/**
 * The vendor's own browser SDK, as published on npm, against the running program: nothing of it is
 * changed but the base URL.
 */

import { strict as assert } from 'node:assert';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import {
  CallbackType,
  Config,
  FRAuth,
  type FRLoginSuccess,
  type FRStep,
  FRUser,
  HttpClient,
  SessionManager,
  StepType,
  TokenManager,
  type Tokens,
  UserManager,
} from '@forgerock/javascript-sdk';
import { type Browser, openBrowser } from './browser.ts';
import { type Program, startProgram } from './program.ts';

const REDIRECT = 'http://127.0.0.1:9999/callback';
const COOKIE = 'iPlanetDirectoryPro';

async function withSdk(work: (browser: Browser, program: Program) => Promise<void>): Promise<void> {
  const data = await mkdtemp(join(tmpdir(), 'lamplighter-sdk-'));
  const program = await startProgram({ data });
  const browser = openBrowser(program.base, REDIRECT);
  let kept: Tokens | undefined;
  Config.set({
    serverConfig: { baseUrl: `${program.base}/am/`, timeout: 5000 },
    realmPath: 'alpha',
    tree: 'Login',
    clientId: 'demo-spa',
    redirectUri: REDIRECT,
    scope: 'openid profile email',
    tokenStore: {
      get: async () => kept as Tokens,
      set: async (_: string, tokens: Tokens) => {
        kept = tokens;
      },
      remove: async () => {
        kept = undefined;
      },
    },
  });
  try {
    await work(browser, program);
  } finally {
    await browser[Symbol.asyncDispose]();
    await program.stop();
    await rm(data, { recursive: true });
  }
}

async function fill(username: string, password: string): Promise<FRStep> {
  const step = (await FRAuth.start()) as FRStep;
  assert.equal(step.type, StepType.Step);
  step.getCallbackOfType(CallbackType.NameCallback).setInputValue(username);
  step.getCallbackOfType(CallbackType.PasswordCallback).setInputValue(password);
  return step;
}

async function signIn(): Promise<FRLoginSuccess> {
  const done = await FRAuth.next(await fill('ada', 'let-there-be-light-1'));
  assert.equal(done.type, StepType.LoginSuccess, JSON.stringify(done));
  return done as FRLoginSuccess;
}

/** An action of the sessions endpoint, by the SDK's own HTTP client. */
async function act(base: string, action: string): Promise<Record<string, unknown>> {
  const url = `${base}/am/json/realms/root/realms/alpha/sessions/?_action=${action}`;
  const headers = { 'Accept-API-Version': 'protocol=1.0,resource=4.0' };
  const init = { method: 'POST', headers, credentials: 'include' } as const;
  const answer = await HttpClient.request({ url, init, timeout: 5000, bypassAuthentication: true });
  return { status: answer.status, ...((await answer.json()) as object) };
}

test('signs in by callbacks, reads and refreshes the session, and logs out', () =>
  withSdk(async (browser, { base }) => {
    const done = await signIn();
    assert.equal(typeof done.getSessionToken(), 'string');
    assert.deepEqual([done.getRealm(), browser.has(COOKIE)], ['/alpha', true]);

    const info = await act(base, 'getSessionInfo');
    assert.deepEqual([info.status, info.username, info.realm], [200, 'ada', '/alpha']);
    const refreshed = await act(base, 'refresh');
    assert.deepEqual([refreshed.status, refreshed.uid, refreshed.idletime], [200, 'ada', 0]);

    assert.equal((await SessionManager.logout()).status, 200);
    assert.equal(browser.has(COOKIE), false, 'the cookie is taken back');
    assert.equal((await act(base, 'getSessionInfo')).status, 401);
  }));

test('gets tokens in a hidden frame, reads the user, renews, and logs out of all of it', () =>
  withSdk(async (browser) => {
    await signIn();
    const first = await TokenManager.getTokens();
    assert.ok(first && 'accessToken' in first && first.idToken);
    const person = (await UserManager.getCurrentUser()) as Record<string, unknown>;
    assert.deepEqual([person.sub, person.name], ['ada', 'Ada Lamp']);

    const second = await TokenManager.getTokens({ forceRenew: true });
    assert.ok(second && 'accessToken' in second);
    assert.notEqual(second.accessToken, first.accessToken);
    assert.ok(await UserManager.getCurrentUser());

    await FRUser.logout({ redirect: false });
    const failed = browser.calls.filter(({ status }) => status >= 400);
    assert.deepEqual(failed, [], 'the SDK met no error on its way');
    await assert.rejects(TokenManager.getTokens({ forceRenew: true }), /login/i);
  }));

test('is told of a wrong password, and of nobody', () =>
  withSdk(async (browser) => {
    const failure = await FRAuth.next(await fill('ada', 'let-there-be-dark-1'));
    assert.equal(failure.type, StepType.LoginFailure);
    assert.equal('getMessage' in failure && failure.getMessage(), 'Login failure');
    assert.equal(browser.has(COOKIE), false);
  }));
