/** Every version of the schema, the oldest first. One that was released never changes. */
import type { Migration } from '../migration.ts';
import { rows } from './0001-rows.ts';

export const MIGRATIONS: readonly Migration[] = [rows];
