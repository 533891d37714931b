/**
 * Every endpoint but the tenant token's, with what opens it: for tests that walk them all.
 */

import { DAY, HOUR } from '../../engine/engine.testing.ts';
import type { Ask, WorldOptions } from '../world.testing.ts';
import {
  CLIENT,
  NOOR,
  OTHER_CLIENT,
  PATHS,
  SIGNING_CLIENT,
  type Stage,
  signatureOf,
} from './idaas.testing.ts';

export const TENANT_CLIENTS = { tenant_clients: [SIGNING_CLIENT, OTHER_CLIENT] };
const AGED: WorldOptions = { passwordAge: { maxMs: 8 * HOUR, warnMs: 7.9 * HOUR } };
const AGEING: WorldOptions = { passwordAge: { maxMs: 8 * DAY, warnMs: 7.99 * DAY } };

/** What somebody must have to be let in: headers and members. */
export type Key = Pick<Ask, 'headers' | 'body'>;

export interface Door {
  readonly path: string;
  readonly method?: string;
  readonly world?: WorldOptions;
  /** What is good for this door at this moment. */
  readonly key: (stage: Stage) => Promise<Key>;
  /** The answer to whoever has the key, and is not the one whom it is for. */
  readonly stranger: string;
  /** To the owner's other application, and in another realm, where that is not the same. */
  readonly otherClient?: string;
  readonly otherRealm?: string;
}

const TOKEN = 'IDAAS.SDK.PARAM.0023';
const STATE = 'IDAAS.SDK.PARAM.0014';
export const OPEN = '200';

const memberToken = async (stage: Stage) => {
  const { session_token } = await stage.login();
  return { body: { session_token } };
};

const headerToken = async (stage: Stage) => {
  const { session_token } = await stage.login();
  return { headers: { 'session-token': session_token } };
};

const credentials = async ({ people }: Stage) => {
  return { body: { user_name: 'ada', password: people.ada.password } };
};

const stateToken = async (stage: Stage): Promise<Key> => {
  const { json } = await stage.sdk(PATHS.login, await credentials(stage));
  return { headers: { 'X-state-token': json.state_token } };
};

export const ON_SERVER: readonly Door[] = [
  { path: PATHS.refresh, key: memberToken, stranger: TOKEN },
  { path: PATHS.ssoTicket, key: memberToken, stranger: TOKEN },
  {
    path: PATHS.credentials,
    stranger: TOKEN,
    async key(stage) {
      const { body } = await memberToken(stage);
      const application = CLIENT.client_id;
      return { body: { ...body, dialect: 'idaas', application } };
    },
  },
  {
    path: PATHS.verifyTicket,
    stranger: 'IDAAS.SDK.PARAM.0024',
    async key(stage) {
      const { body } = await memberToken(stage);
      const { json } = await stage.tenant(PATHS.ssoTicket, await stage.bearer(), body);
      return { body: { sso_ticket: json.sso_ticket } };
    },
  },
];

export const ON_DEVICE: readonly Door[] = [
  { path: PATHS.login, key: credentials, stranger: OPEN, otherRealm: 'IDAAS.SDK.LOGIN.0001' },
  {
    path: PATHS.unifiedLogin,
    key: credentials,
    stranger: OPEN,
    otherRealm: 'IDAAS.SDK.LOGIN.0001',
  },
  {
    path: PATHS.sendCode,
    key: async () => ({ body: { mobile: NOOR.mobile, type: 'LOGIN_SMS' } }),
    stranger: OPEN,
  },
  {
    path: PATHS.mobileLogin,
    stranger: 'IDAAS.SDK.CAPTCHA.0007',
    async key({ addNoor, sdk, codes }) {
      await addNoor();
      const mobile = NOOR.mobile;
      await sdk(PATHS.sendCode, { body: { mobile, type: 'LOGIN_SMS' } });
      return { body: { mobile, verify_code: codes[0]?.code } };
    },
  },
  {
    path: PATHS.passwordSkip,
    method: 'GET',
    world: AGEING,
    key: stateToken,
    stranger: STATE,
  },
  {
    path: PATHS.passwordUpdate,
    world: AGED,
    stranger: STATE,
    async key(stage) {
      const { headers } = await stateToken(stage);
      const { password: old_password } = stage.people.ada;
      return { headers: headers ?? {}, body: { old_password, new_password: 'another-lamp-4' } };
    },
  },
  { path: PATHS.idToken, key: headerToken, stranger: TOKEN },
  { path: PATHS.refreshIdToken, key: headerToken, stranger: TOKEN },
  {
    path: PATHS.refreshIdToken,
    stranger: TOKEN,
    otherClient: 'IDAAS.SDK.PARAM.0022',
    async key(stage) {
      const { session_token } = await stage.login();
      return { headers: { 'X-signature': signatureOf(session_token, stage.clock.now()) } };
    },
  },
  { path: PATHS.logout, method: 'GET', key: headerToken, stranger: TOKEN },
  {
    path: PATHS.publicKey,
    method: 'GET',
    key: async () => ({}),
    stranger: OPEN,
    otherClient: 'IDAAS.SDK.APP.0003',
  },
  { path: PATHS.serverDate, method: 'GET', key: async () => ({}), stranger: OPEN },
];
