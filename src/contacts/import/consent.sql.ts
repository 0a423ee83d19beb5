import { UNIQUE_ROWS } from '../../engines/warehouse/settings.ts';
import type { PlannedStatement } from './consent.ts';

const STATE = (statement: string) => `if(${statement} % 2 = 1, 'denied', 'granted')`;
/** Stated times in milliseconds: 0 for a grant that states none. */
const TIME = (statement: string) => `intDiv(${statement}, 2)`;
/** When the file was uploaded, where that counts: for denials, and for grants without a time. */
const UPLOAD = (statement: string) => `if(${statement} = 0 OR ${statement} % 2 = 1, {uploadedMs:Int64}, 0)`;

/** Columns of a contact's consent. */
export const CONSENT = ['consent', 'consent_at', 'consent_uploaded_at'];

export const consentPurposes = (statements: PlannedStatement[]): string[] => [
  ...new Set(statements.map(({ purpose }) => purpose)),
];

/**
 * What a file says about each purpose of the contacts `n`, folded into what is known of them as `c`. A grant overrules
 * a denial when it was stated later, or, where nobody stated its time, when its file was uploaded later. Equal states
 * keep the later times, so that the order of imports does not matter.
 */
export function consentColumns(statements: PlannedStatement[]): string[] {
  const purposes = consentPurposes(statements);
  if (purposes.length === 0) return CONSENT.map((c) => `c.${c} AS ${c}`);
  const strongest = purposes.map((purpose) => {
    const places = [...statements.keys()].filter((i) => statements[i]!.purpose === purpose);
    const values = places.map((place) => `n.statements[${place + 1}]`);
    return values.length === 1 ? values[0] : `greatest(${values.join(', ')})`;
  });
  const [state, at, uploaded] = ['c.consent[p]', 'c.consent_at[p]', 'c.consent_uploaded_at[p]'];
  const granted = `(${TIME('s')} > ${at} OR ${UPLOAD('s')} > ${uploaded})`;
  const denied = `NOT (${at} > ${TIME('s')} OR ${uploaded} > ${UPLOAD('s')})`;
  const counts = `s >= 0 AND (${state} IN ('', ${STATE('s')}) OR if(s % 2 = 1, ${denied}, ${granted}))`;
  const said = `mapFilter((p, s) -> ${counts}, CAST(({consentPurposes:Array(String)}, [${strongest.join(', ')}]), 'Map(LowCardinality(String), Int64)'))`;
  const later = (known: string, value: string) =>
    `if(${state} = ${STATE('s')}, greatest(${known}, ${value}), ${value})`;
  const update = (column: string, value: string, type: string) =>
    `mapUpdate(c.${column}, CAST(mapApply((p, s) -> (p, ${value}), ${said}), 'Map(LowCardinality(String), ${type})')) AS ${column}`;
  return [
    update('consent', STATE('s'), 'LowCardinality(String)'),
    update('consent_at', later(at, TIME('s')), 'Int64'),
    update('consent_uploaded_at', later(uploaded, UPLOAD('s')), 'Int64'),
  ];
}

/** Keeps every statement of staged rows. */
export const recordStatements = (rows: string): string => `
  INSERT INTO consent_statements
    (account_id, contact_id, purpose, state, stated_at, uploaded_at, dataset_id, column, recorded_at)
  SELECT account_id, contact_id, purpose, ${STATE('statement')}, fromUnixTimestamp64Milli(${TIME('statement')}, 'UTC'),
    fromUnixTimestamp64Milli({uploadedMs:Int64}, 'UTC'), {datasetId:String}, column,
    fromUnixTimestamp64Milli({startedMs:Int64}, 'UTC')
  FROM (${rows})
  ARRAY JOIN statements AS statement, {purposes:Array(String)} AS purpose, {statementColumns:Array(String)} AS column
  WHERE statement >= 0
  SETTINGS ${UNIQUE_ROWS}`;
