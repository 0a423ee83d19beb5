import { type FieldProblem, Problem } from '../../http/problem.ts';
import type { Mapping } from './mapping.ts';

const CODE = 'consent_unconfirmed';

/** Refuses a mapping with an unconfirmed reading of consent. @throws Problem 422 `consent_unconfirmed` */
export function assertConsentConfirmed({ columns, everyone }: Mapping): void {
  const problems = columns.flatMap(({ column, as, consent }, i): FieldProblem[] => {
    if (as !== 'consent' || consent?.confirmed) return [];
    const message = `check how consent is read in the column "${column}", then set consent.confirmed to true`;
    return [{ path: `mapping.columns[${i}].consent.confirmed`, code: CODE, message }];
  });
  if (everyone && !everyone.confirmed) {
    const message = 'check that every row of the file denies consent, then set everyone.confirmed to true';
    problems.push({ path: 'mapping.everyone.confirmed', code: CODE, message });
  }
  if (problems.length === 0) return;
  const open = columns.filter(({ as, consent }) => as === 'consent' && !consent?.confirmed);
  const names = open.map(({ column }) => column);
  const places = names.map((name) => `"${name}"`).join(', ') || 'the whole file';
  const detail = `Confirm how consent is read in ${places} before the import.`;
  throw new Problem(422, CODE, detail, problems, { columns: names });
}

/** The same mapping with its readings of consent unconfirmed: the words of another file may mean something else. */
export const unconfirmed = ({ columns, everyone, ...mapping }: Mapping): Mapping => ({
  ...mapping,
  columns: columns.map(({ consent, ...column }) => ({ ...column, ...(consent && { consent: asQuestion(consent) }) })),
  ...(everyone && { everyone: asQuestion(everyone) }),
});

const asQuestion = <T extends { confirmed?: boolean }>(reading: T): T => ({ ...reading, confirmed: false });
