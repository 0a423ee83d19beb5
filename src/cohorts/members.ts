import type { Statement } from '../conditions/compile.ts';
import type { Sql } from '../conditions/condition.ts';

/** The rows of an account's contacts as they are now: `FROM … WHERE …`, to which conditions are added with AND. */
export function currentContacts(statement: Statement): string {
  return `FROM contacts FINAL WHERE account_id = ${statement.bind('String', statement.context.account)} AND deleted = 0`;
}

/** A query for the ids of those contacts for whom an expression holds. `tail` orders and limits. */
export function memberQuery(statement: Statement, expression: string, tail = ''): Sql {
  const sql = `SELECT contact_id ${currentContacts(statement)} AND ${expression}${tail}`;
  return { sql, params: statement.params };
}
