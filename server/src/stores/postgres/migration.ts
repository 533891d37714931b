/** What a migration is: a step of the schema, forward only. */
export interface Migration {
  /** 1 for the first; each one is one more. */
  readonly version: number;
  readonly name: string;
  /** Statements that can stand in a transaction. */
  readonly sql: string;
}
