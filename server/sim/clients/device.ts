/** A device: somebody signs in on it, uses applications, signs out, or forgets about it. */

import { isRefusal } from '../../src/engine/refusal.ts';
import type { Binding, Session } from '../../src/engine/session.ts';
import type { GrantAsk } from '../../src/sessions/sessions.ts';
import type { Token } from '../../src/sessions/token.ts';
import type { Asks } from '../asks.ts';
import type { Dice } from '../dice.ts';
import { App } from './app.ts';
import type { Person, Street } from './street.ts';

type Act =
  | 'touch'
  | 'look'
  | 'grant'
  | 'child'
  | 'touch child'
  | 'code'
  | 'revoke'
  | 'end child'
  | 'named'
  | 'sign out'
  | 'sign out everywhere'
  | 'walk away'
  | 'come back late';

const ACTS: readonly { readonly act: Act; readonly most: number }[] = [
  { act: 'touch', most: 10 },
  { act: 'look', most: 2 },
  { act: 'grant', most: 3 },
  { act: 'child', most: 2 },
  { act: 'touch child', most: 4 },
  { act: 'code', most: 2 },
  { act: 'revoke', most: 0.5 },
  { act: 'end child', most: 0.5 },
  { act: 'named', most: 1 },
  { act: 'sign out', most: 0.5 },
  { act: 'sign out everywhere', most: 0.3 },
  { act: 'walk away', most: 0.5 },
  { act: 'come back late', most: 0.5 },
];

interface SignIn {
  readonly session: Session;
  readonly token: Token;
  readonly slots: number[];
  readonly children: { readonly slot: number; readonly token: Token }[];
}

export class Device {
  readonly #street: Street;
  readonly #person: Person;
  readonly #name: string;
  /** Everybody has other habits. */
  readonly #habits: readonly { readonly act: Act; readonly weight: number }[];
  #signIn: SignIn | null = null;
  #apps = 0;

  constructor(street: Street, person: Person, name: string) {
    this.#street = street;
    this.#person = person;
    this.#name = name;
    const { dice } = street;
    this.#habits = ACTS.map(({ act, most }) => ({ act, weight: dice.real() * most }));
  }

  async run(): Promise<void> {
    const { scheduler, dice, profile } = this.#street;
    for (;;) {
      await scheduler.wait(dice.about(profile.thinkMs));
      if (this.#signIn) await this.#act(this.#signIn);
      else await this.signIn();
    }
  }

  async signIn(): Promise<void> {
    const { scheduler, dice, network, sessions, tokens } = this.#street;
    const { realm, subject } = this.#person;
    const from = scheduler.now;
    const epoch = await network.call('epoch', { realm: realm.name, subject });
    if (!epoch) return;
    const epochRead = { from, by: scheduler.now };
    await scheduler.wait(dice.about(500));
    const grant = dice.chance(0.6) ? this.#draftGrant() : undefined;
    const open = {
      realm: realm.name,
      subject,
      epoch: epoch.outcome,
      origin: 'native',
      ...(grant ? { grant } : {}),
    };
    const reply = await network.call('open', { open, epochRead });
    if (!reply || isRefusal(reply.outcome)) return;
    const { session, signOn, token, grant: made } = reply.outcome;
    this.#signIn = { session, token: signOn, slots: [], children: [] };
    sessions.add(session);
    tokens.add(signOn);
    if (token && made && grant) this.#startApp(this.#signIn, made.slot, grant, token);
  }

  async #act(signIn: SignIn): Promise<void> {
    const isOver = await this.#do(pickAct(this.#street.dice, this.#habits), signIn);
    if (isOver && this.#signIn === signIn) this.#signIn = null;
  }

  /** True when the device learns that its session is over. */
  async #do(act: Act, signIn: SignIn): Promise<boolean> {
    const { scheduler, dice, network } = this.#street;
    const { session, token } = signIn;
    const realm = this.#person.realm.name;
    switch (act) {
      case 'touch':
      case 'look': {
        const reply = await network.call(act, { token, realm });
        return reply !== null && isRefusal(reply.outcome);
      }
      case 'touch child': {
        if (signIn.children.length === 0) return false;
        const child = dice.pick(signIn.children);
        await network.call('touch', { token: child.token, realm });
        return false;
      }
      case 'grant':
        return this.#addGrant(signIn);
      case 'child':
        return this.#addChild(signIn);
      case 'code':
        return this.#useCode(signIn);
      case 'named':
        return this.#openNamed();
      case 'revoke':
      case 'end child': {
        const slots = act === 'revoke' ? signIn.slots : signIn.children.map(({ slot }) => slot);
        if (slots.length === 0) return false;
        const why = { reason: 'revoked_by_client', by: 'user' } as const;
        await network.call('end_part', { session, slot: dice.pick(slots), why });
        return false;
      }
      case 'sign out': {
        const why = { reason: 'signed_out', by: 'user' } as const;
        return (await network.call('end_session', { session, why })) !== null;
      }
      case 'sign out everywhere': {
        const why = { reason: 'signed_out_everywhere', by: 'user' } as const;
        const { subject } = this.#person;
        return (await network.call('end_subject', { realm, subject, why })) !== null;
      }
      case 'walk away':
        await scheduler.wait(dice.about(this.#person.realm.idleMs * 1.2));
        return false;
      case 'come back late':
        return this.#comeBackLate(signIn);
    }
  }

  /** Just when the session has lapsed for one node, and not yet for another. */
  async #comeBackLate({ session, token }: SignIn): Promise<boolean> {
    const { scheduler, dice, profile, network } = this.#street;
    const { name, idleMs } = this.#person.realm;
    await network.call('touch', { token, realm: name });
    await scheduler.wait(idleMs + Math.round((dice.real() - 0.5) * profile.skewMs));
    const why = { reason: 'signed_out', by: 'user' } as const;
    if (dice.chance(0.7)) await network.call('end_session', { session, why });
    const reply = await network.call('touch', { token, realm: name });
    return reply !== null && isRefusal(reply.outcome);
  }

  async #addGrant(signIn: SignIn): Promise<boolean> {
    const grant = this.#draftGrant();
    const { session } = signIn;
    const reply = await this.#street.network.call('add_grant', { session, grant });
    if (!reply) return false;
    if (isRefusal(reply.outcome)) return reply.outcome.refused === 'session_ended';
    this.#startApp(signIn, reply.outcome.grant.slot, grant, reply.outcome.token);
    return false;
  }

  async #addChild(signIn: SignIn): Promise<boolean> {
    const { dice, network, tokens } = this.#street;
    const { session } = signIn;
    const application = dice.pick(['mail', 'maps', 'chat']);
    const reply = await network.call('add_child', { session, application, facts: {} });
    if (!reply) return false;
    if (isRefusal(reply.outcome)) return reply.outcome.refused === 'session_ended';
    const { child, token } = reply.outcome;
    signIn.children.push({ slot: child.slot, token });
    tokens.add(token);
    return false;
  }

  /** An authorization code: issued, then exchanged by the client; sometimes twice, or by another. */
  async #useCode(signIn: SignIn): Promise<boolean> {
    const { scheduler, dice, network, tokens } = this.#street;
    const { session } = signIn;
    const draft = this.#draftGrant();
    const { client, scope, ...grant } = draft;
    const conditions = { redirect: `${client}/callback`, verifier: 'a-hash' };
    const lifeMs = 60_000;
    const ask = { session, client, scope, lifeMs, conditions };
    const issued = await network.call('issue_ticket', ask);
    if (!issued) return false;
    if (isRefusal(issued.outcome)) return issued.outcome.refused === 'session_ended';
    const { token } = issued.outcome;
    tokens.add(token);
    await scheduler.wait(dice.about(dice.chance(0.1) ? lifeMs : 300));
    const redemption = { token, realm: session.realm, client, conditions, grant };
    if (dice.chance(0.1)) {
      const wrong = dice.pick([{ client: 'another' }, { conditions: { verifier: 'a-hash' } }]);
      await network.call('redeem', { ...redemption, ...wrong });
    }
    const thief = dice.chance(0.15) ? network.call('redeem', redemption) : null;
    const reply = await network.call('redeem', redemption);
    await thief;
    if (!reply || isRefusal(reply.outcome)) return false;
    const app = this.#startApp(signIn, reply.outcome.grant.slot, draft, reply.outcome.token);
    if (dice.chance(0.15)) await network.call('redeem', redemption);
    else if (dice.chance(0.2)) void this.#redeemLate(redemption, app);
    return false;
  }

  /** Somebody finds the code in a log. What the app was told of its end before, it is told after. */
  async #redeemLate(redemption: Asks['redeem'], app: App): Promise<void> {
    const { scheduler, dice, network } = this.#street;
    await scheduler.wait(dice.about(this.#person.realm.idleMs));
    await app.tryAgain();
    await network.call('redeem', redemption);
    await app.tryAgain();
  }

  async #openNamed(): Promise<boolean> {
    const { scheduler, dice, network, sessions, tokens } = this.#street;
    const { realm, subject } = this.#person;
    const from = scheduler.now;
    const epoch = await network.call('epoch', { realm: realm.name, subject });
    if (!epoch) return false;
    const epochRead = { from, by: scheduler.now };
    const open = { realm: realm.name, subject, epoch: epoch.outcome, origin: 'basic' };
    const name = dice.pick(['one', 'two', 'three']);
    const asks = Array.from({ length: dice.between(1, 3) }, () =>
      network.call('open_named', { open, epochRead, name }),
    );
    for (const reply of await Promise.all(asks)) {
      if (!reply || isRefusal(reply.outcome)) continue;
      sessions.add(reply.outcome.session);
      tokens.add(reply.outcome.signOn);
    }
    return false;
  }

  #startApp(signIn: SignIn, slot: number, grant: GrantAsk, token: Token): App {
    const { client, scope, binding } = grant;
    const realm = this.#person.realm.name;
    signIn.slots.push(slot);
    const name = `${this.#name}-app-${++this.#apps}`;
    const app = new App(this.#street, { name, realm, client, scope, binding, token });
    void app.run();
    return app;
  }

  #draftGrant(): GrantAsk {
    const { dice, profile } = this.#street;
    const { idleMs, lifeMs } = this.#person.realm;
    const { client, binding } = dice.pick<{ client: string; binding: Binding }>([
      { client: 'spa', binding: { kind: 'none', value: '' } },
      { client: 'web', binding: { kind: 'client', value: '' } },
      { client: 'phone', binding: { kind: 'device', value: this.#name } },
    ]);
    return {
      client,
      scope: ['read', 'write'],
      binding,
      offline: dice.chance(profile.offline),
      isSignIn: binding.kind === 'device' && dice.chance(0.3),
      idleMs: dice.pick([null, Math.round(idleMs * (0.5 + dice.real()))]),
      lifeMs: Math.round(lifeMs * (0.3 + 2 * dice.real())),
      facts: {},
      notice: dice.chance(profile.told) ? { by: 'sim', facts: {} } : null,
    };
  }
}

function pickAct(dice: Dice, habits: readonly { act: Act; weight: number }[]): Act {
  let left = dice.real() * habits.reduce((sum, { weight }) => sum + weight, 0);
  for (const { act, weight } of habits) {
    left -= weight;
    if (left < 0) return act;
  }
  return 'touch';
}
