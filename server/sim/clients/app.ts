/**
 * An app: holds a rotating token, and renews it in several tabs or workers at once.
 *
 * Its tabs share one storage and no lock. A careful tab does not renew what another has just renewed,
 * and stores an answer only in place of the token that it presented. A careless one renews anyway,
 * and stores what it is given whenever that arrives, and so may put an old token over a newer. Both
 * retry when no answer comes.
 */

import { isRefusal, type Refusal } from '../../src/engine/refusal.ts';
import type { Binding } from '../../src/engine/session.ts';
import type { Token } from '../../src/sessions/token.ts';
import type { Asks } from '../asks.ts';
import type { Storage, Street } from './street.ts';

const TRIES = 4;
const BACKOFF_MS = 3000;
/** Tabs that wake up together are not further apart than about this. */
const APART_MS = 400;
/** Chance that an app asks for what is not its own. */
const MISUSE = 0.03;

export interface AppParts {
  readonly name: string;
  readonly realm: string;
  readonly client: string;
  readonly scope: readonly string[];
  readonly binding: Binding;
  readonly token: Token;
}

export class App implements Storage {
  readonly name: string;
  readonly realm: string;
  readonly client: string;
  readonly scope: readonly string[];
  readonly binding: Binding;
  readonly #street: Street;
  readonly #isCareful: boolean;
  token: Token | null;
  /** The last one it had. */
  held: Token;
  isStolen = false;

  constructor(street: Street, { name, realm, client, scope, binding, token }: AppParts) {
    this.name = name;
    this.realm = realm;
    this.client = client;
    this.scope = scope;
    this.binding = binding;
    this.token = token;
    this.held = token;
    this.#street = street;
    this.#isCareful = street.dice.chance(street.profile.careful);
    street.tokens.add(token);
    street.apps.add(this);
  }

  /** Until it is signed out. */
  async run(): Promise<void> {
    const { scheduler, dice, profile } = this.#street;
    const most = this.binding.kind === 'device' ? 1 : profile.tabs;
    while (this.token) {
      await scheduler.wait(renewalWait(this.#street));
      const tabs = dice.between(1, most);
      if (tabs === 1) await this.#renew();
      else await Promise.all(Array.from({ length: tabs }, () => this.#renew()));
      if (this.token && dice.chance(MISUSE)) await this.#misuse(this.token);
    }
  }

  async #renew(): Promise<void> {
    const { scheduler, dice, network, profile } = this.#street;
    const before = this.token;
    await scheduler.wait(dice.about(APART_MS));
    // Another tab has been quicker.
    if (this.#isCareful && this.token !== before) return;
    let presented = this.token;
    for (let count = 1; count <= TRIES && presented; count++) {
      const held: Token = presented;
      const reply = await network.call('rotate', this.#ask(held), (outcome) => {
        if (!isRefusal(outcome)) this.#store(held, outcome.token);
      });
      const outcome = reply?.outcome;
      if (outcome && isRefusal(outcome)) {
        this.#refused(outcome);
        if (this.token === held) this.token = null;
        return;
      }
      if (outcome) {
        const { token } = outcome;
        this.#store(held, token);
        const isShown = dice.chance(profile.evidence);
        if (isShown) await network.call('see_access', { token, realm: this.realm });
        else if (dice.chance(profile.evidence / 2)) await this.#use(token);
        return;
      }
      await scheduler.wait(dice.about(BACKOFF_MS * count));
      if (this.#isCareful) presented = this.token;
    }
  }

  /** For something else than a renewal; its client is not always named. */
  async #use(token: Token): Promise<void> {
    const { dice, network } = this.#street;
    const { realm, client, binding } = this;
    const named = dice.chance(0.5) ? client : null;
    await network.call('use_grant', { token, realm, client: named, binding });
  }

  /** Nobody stole its token: its own tabs have met the rule. */
  #refused({ refused }: Refusal): void {
    if (this.isStolen || refused !== 'token_replayed') return;
    const how = this.#isCareful ? 'careful' : 'careless';
    this.#street.count(`app:${how} and signed out by its own tabs`);
  }

  #store(presented: Token, token: Token): void {
    if (this.#isCareful && this.token !== presented) return;
    this.token = token;
    this.held = token;
    this.#street.tokens.add(token);
  }

  /** Tries once, with what it had last. */
  async tryAgain(): Promise<void> {
    await this.#street.network.call('rotate', this.#ask(this.held));
  }

  #ask(token: Token): Asks['rotate'] {
    const { realm, client, binding, name, scope } = this;
    const some = this.#street.dice.chance(0.2) ? scope.slice(0, 1) : null;
    return { token, realm, client, binding, scope: some, holder: name };
  }

  /** With a right token, and something else wrong: none of it may do any harm. */
  async #misuse(token: Token): Promise<void> {
    const { dice, network } = this.#street;
    const wrong = dice.pick([
      { client: 'another' },
      { scope: ['everything'] },
      { realm: this.realm === 'alpha' ? 'beta' : 'alpha' },
      { client: 'another', binding: { kind: 'none', value: '' } as const },
    ]);
    await network.call('rotate', { ...this.#ask(token), ...wrong });
    const { scope: _scope, holder: _holder, ...use } = { ...this.#ask(token), ...wrong };
    if (dice.chance(0.3)) await network.call('use_grant', use);
  }
}

/** Renewals come once the access token is spent and somebody does something. */
export function renewalWait({ dice, profile }: Street): number {
  return profile.accessMs + dice.about(profile.accessMs / 2);
}
