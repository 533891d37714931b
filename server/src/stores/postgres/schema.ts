/** The schema's life: which version a database has, and how it comes to the one that is needed. */
import type { PoolClient } from 'pg';
import { StoreFault } from '../store.ts';
import type { Connections } from './connections.ts';
import { faultOf, isWorthARetry } from './faults.ts';
import type { Migration } from './migration.ts';
import { MIGRATIONS } from './migrations/index.ts';

/** What is in the database: nothing at all, other people's tables, or a version of ours. */
export type Found = 'empty' | 'foreign' | number;

/** When a start may change the schema: `new` only where the database is empty, `auto` always. */
export type MigrateMode = 'new' | 'auto';

/** Two processes that begin at once find each other's tables half made. */
const ATTEMPTS = 20;

const LOOK = `
  SELECT to_regclass('lamplighter_schema') IS NOT NULL AS is_ours,
    EXISTS (SELECT FROM information_schema.tables
      WHERE table_schema = current_schema()) AS is_used`;

/** One row, which whoever migrates holds locked. */
const VERSION_TABLE = `
CREATE TABLE IF NOT EXISTS lamplighter_schema (
  one boolean PRIMARY KEY CHECK (one),
  version integer NOT NULL
);
INSERT INTO lamplighter_schema VALUES (true, 0) ON CONFLICT (one) DO NOTHING;
`;

const NO_LIMITS = 'SET LOCAL statement_timeout = 0; SET LOCAL lock_timeout = 0';

/** @throws StoreFault */
export async function findSchema(connections: Connections): Promise<Found> {
  try {
    return await connections.use(async (client) => {
      const { rows } = await client.query<{ is_ours: boolean; is_used: boolean }>(LOOK);
      if (rows[0]?.is_ours) return await versionOf(client);
      return rows[0]?.is_used ? 'foreign' : 'empty';
    });
  } catch (error) {
    throw faultOf(connections.name, error);
  }
}

/** What is still to be done. @throws StoreFault when the schema is newer than this program. */
export function pendingOf(
  connections: Connections,
  found: Found,
  migrations: readonly Migration[] = MIGRATIONS,
): readonly Migration[] {
  const version = typeof found === 'number' ? found : 0;
  const newest = migrations.at(-1)?.version ?? 0;
  if (version > newest) {
    throw new StoreFault(
      `${connections.name} has schema version ${version}, written by a newer program; this one ` +
        `knows ${newest}`,
    );
  }
  return migrations.filter((migration) => migration.version > version);
}

/**
 * Brings the schema to the newest version, in one transaction. Of several at once one does it, and
 * the others wait for it.
 *
 * @throws StoreFault; then nothing is changed.
 */
export async function migrateSchema(
  connections: Connections,
  migrations: readonly Migration[] = MIGRATIONS,
): Promise<readonly Migration[]> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await connections.use((client) => migrateOnce(connections, client, migrations));
    } catch (error) {
      if (attempt < ATTEMPTS && (isWorthARetry(error) || isMadeMeanwhile(error))) continue;
      throw faultOf(connections.name, error);
    }
  }
}

/**
 * Whether a start has to bring the schema to the newest version, and may.
 *
 * @throws StoreFault when the schema is not the one that this program needs, and stays so.
 */
export async function needsMigration(
  connections: Connections,
  mode: MigrateMode,
): Promise<boolean> {
  const found = await findSchema(connections);
  if (pendingOf(connections, found).length === 0) return false;
  if (mode === 'auto' || found === 'empty') return true;
  const state =
    found === 'foreign'
      ? 'has tables, and none of this program'
      : `has schema version ${found}, and this program needs ${MIGRATIONS.at(-1)?.version}`;
  throw new StoreFault(`${connections.name} ${state}: run lamplighter migrate`);
}

async function migrateOnce(
  connections: Connections,
  client: PoolClient,
  migrations: readonly Migration[],
): Promise<readonly Migration[]> {
  await client.query(`${connections.begin}; ${NO_LIMITS}; ${VERSION_TABLE}`);
  const version = await versionOf(client, 'FOR UPDATE');
  const pending = pendingOf(connections, version, migrations);
  for (const { version: next, sql } of pending) {
    await client.query(`${sql}; UPDATE lamplighter_schema SET version = ${next}`);
  }
  await client.query('COMMIT');
  return pending;
}

async function versionOf(client: PoolClient, lock = ''): Promise<number> {
  const sql = `SELECT version FROM lamplighter_schema ${lock}`;
  const { rows } = await client.query<{ version: number }>(sql);
  return rows[0]?.version ?? 0;
}

/** `IF NOT EXISTS` looks before it makes: unique_violation, duplicate_object, duplicate_table. */
function isMadeMeanwhile(error: unknown): boolean {
  const code = error instanceof Error && 'code' in error ? error.code : '';
  return ['23505', '42710', '42P07'].includes(String(code));
}
