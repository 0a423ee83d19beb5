/**
 * Attributes that are no traits but say what a person is worth: `outcome:<id>`, the probability by the outcome's live
 * version, and `events:<stream>`, the sum of the values of their events.
 */
export type Worth = { kind: 'score'; outcomeId: string } | { kind: 'spent'; stream: string };

export function worthOf(name: string): Worth | undefined {
  const [, kind, of = ''] = /^(outcome|events):(.+)$/.exec(name) ?? [];
  if (!kind) return undefined;
  return kind === 'outcome' ? { kind: 'score', outcomeId: of } : { kind: 'spent', stream: of };
}

/** Types of these attributes in statements; `of` is the version of the outcome, or the stream. */
export type WorthType = Worth['kind'];

const SOURCES: Record<WorthType, (of: string) => string> = {
  score: (of) => `SELECT contact_id, toString(any(probability)) AS worth FROM scores FINAL
      WHERE account_id = {account:String} AND outcome_version_id = {${of}:String}`,
  spent: (of) => `SELECT contact_id, toString(sum(value)) AS worth FROM events FINAL
      WHERE account_id = {account:String} AND stream = {${of}:String}`,
};

export const isWorth = (type: string): type is WorthType => type in SOURCES;

/** The value of the i-th attribute, as text; null of who has none. */
export const worthValue = (i: number): string => `nullIf(w${i}.worth, '')`;

/** Joins the values of the i-th attribute for the contacts of a statement. */
export const worthJoin = (i: number, type: WorthType, contacts: string): string => `
    LEFT JOIN (${SOURCES[type](`attribute${i}`)} AND contact_id IN (SELECT contact_id FROM (${contacts})) GROUP BY contact_id) AS w${i}
      ON w${i}.contact_id = m.contact_id`;
