/**
 * Peers: what one dialect may ask of the others without knowing them.
 */

import type { Session } from '../engine/session.ts';
import type { Tell } from '../sessions/sessions.ts';
import type { Dialect, Services } from './dialect.ts';

export interface Peers
  extends Pick<Services, 'readSessionToken' | 'readAccessToken' | 'whyPath' | 'credential'> {
  /** Has the dialect that a notice names tell the client. */
  readonly tell: Tell;
  /** Makes a dialect known to the others; hands it back. */
  join(dialect: Dialect): Dialect;
}

export function openPeers(): Peers {
  const dialects: Dialect[] = [];

  function instanceFor({ realm }: Session, name: string): Dialect | undefined {
    const instances = dialects.filter((dialect) => dialect.name === name);
    // One that does not serve the session's realm says so in its own words.
    return instances.find((one) => one.realm === null || one.realm === realm) ?? instances[0];
  }

  return {
    join(dialect) {
      dialects.push(dialect);
      return dialect;
    },
    readSessionToken(text) {
      for (const dialect of dialects) {
        const token = dialect.readSessionToken?.(text);
        if (token) return token;
      }
      return undefined;
    },
    async readAccessToken(text, realm) {
      for (const dialect of dialects) {
        const access = await dialect.readAccessToken?.(text, realm);
        if (access) return access;
      }
      return undefined;
    },
    whyPath: (session) => dialects.find((one) => one.whyPath)?.whyPath?.(session),
    async tell(session, notice) {
      const tell = instanceFor(session, notice.by)?.tell;
      return tell ? tell(session, notice) : `there is no ${notice.by} any more`;
    },
    credential: async (name, session, ask) => instanceFor(session, name)?.credential(session, ask),
  };
}
