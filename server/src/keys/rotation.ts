/** Owns rotation: which key comes next, and which of the old ones stay. */

import { type KeyPurpose, KeysInUse, type MacKeyId, type SigningAlgorithm } from './keyring.ts';
import { KEY_BYTES } from './root-secret.ts';
import { KEYS_LIMIT, type KeyringContents, type KeyTimes, type StoredMacKey } from './row.ts';
import { generateSigningKey } from './signing-keys.ts';

export interface RotationRules {
  /** Epoch milliseconds. */
  readonly now: () => number;
  readonly random: (bytes: number) => Buffer;
  /** Of the signing keys to come; those that exist stay what they are. */
  readonly signingAlgorithm: SigningAlgorithm;
  /** How long the longest-lived token of any key can live, in milliseconds. */
  readonly tokenLifeMs: number;
}

/** The contents with a new current key. @throws KeysInUse */
export async function withNewKey(
  contents: KeyringContents,
  purpose: KeyPurpose,
  rules: RotationRules,
): Promise<KeyringContents> {
  const createdAt = rules.now();
  const times = { createdAt, supersededAt: null };
  if (purpose === 'mac') {
    const kept = supersede(contents.mac, purpose, createdAt, rules.tokenLifeMs);
    const secret = rules.random(KEY_BYTES).toString('base64url');
    return { ...contents, mac: [...kept, { id: nextMacKeyId(kept), secret, ...times }] };
  }
  const kept = supersede(contents.signing, purpose, createdAt, rules.tokenLifeMs);
  const fresh = await generateSigningKey(rules.signingAlgorithm);
  return { ...contents, signing: [...kept, { ...fresh, ...times }] };
}

/**
 * The keys that stay when another becomes current at `now`: all but those that were superseded
 * more than `tokenLifeMs` ago, whose last token has ended.
 * @throws KeysInUse when that leaves no room for another.
 */
function supersede<Key extends KeyTimes>(
  keys: readonly Key[],
  purpose: KeyPurpose,
  now: number,
  tokenLifeMs: number,
): readonly Key[] {
  const needed = keys
    .filter((key) => key.supersededAt === null || now - key.supersededAt <= tokenLifeMs)
    .map((key) => ({ ...key, supersededAt: key.supersededAt ?? now }));
  if (needed.length < KEYS_LIMIT) return needed;

  const freeAt = Math.min(...needed.map((key) => key.supersededAt)) + tokenLifeMs;
  throw new KeysInUse(
    `All ${KEYS_LIMIT} ${purpose} keys may still have live tokens. ` +
      `The oldest becomes free after ${new Date(freeAt).toISOString()}.`,
  );
}

/** The number of the next MAC key: the first free one after the current key's, round the clock. */
function nextMacKeyId(keys: readonly StoredMacKey[]): MacKeyId {
  const taken = new Set(keys.map((key) => key.id));
  let id = ((keys.at(-1)?.id ?? -1) + 1) % KEYS_LIMIT;
  while (taken.has(id)) id = (id + 1) % KEYS_LIMIT;
  return id;
}
