/**
 * The words of the pages: what every language has to say.
 */

/** A page that only says something. */
export interface Message {
  readonly title: string;
  readonly text: string;
}

export interface Texts {
  readonly dir: 'ltr' | 'rtl';
  /** The name of this server, as people know it. */
  readonly brand: string;
  readonly username: string;
  readonly password: string;
  readonly signIn: {
    readonly title: string;
    readonly forClient: (client: string) => string;
    readonly submit: string;
    /** Wrong password and unknown name alike. */
    readonly wrong: string;
    readonly locked: (minutes: number) => string;
    readonly expired: string;
    readonly tooMany: string;
    readonly stale: string;
  };
  /** On the way back to an application. */
  readonly goOn: {
    readonly title: (client: string) => string;
    readonly submit: string;
  };
  readonly consent: {
    readonly title: (client: string) => string;
    readonly save: string;
    readonly yes: string;
    readonly no: string;
  };
  readonly signedInAs: (name: string) => string;
  readonly logOut: {
    readonly title: string;
    readonly text: string;
    readonly yes: string;
    readonly no: string;
    readonly done: Message;
    readonly kept: Message;
  };
  readonly device: {
    readonly title: string;
    /** Whom somebody signs in to continue to. */
    readonly name: string;
    readonly ask: string;
    readonly code: string;
    readonly submit: string;
    readonly wrong: string;
    readonly locked: (minutes: number) => string;
    readonly confirm: {
      readonly title: string;
      readonly text: (client: string) => string;
      readonly warning: string;
      readonly yes: string;
      readonly no: string;
    };
    readonly done: Message;
    readonly denied: Message;
    /** Too late, or decided already. */
    readonly gone: Message;
  };
  /** What an application may do. */
  readonly scopes: {
    readonly title: string;
    readonly openid: string;
    readonly profile: string;
    readonly email: string;
    readonly offline_access: string;
  };
  readonly problem: {
    readonly title: string;
    readonly advice: string;
  };
}
