import { type FieldProblem, Problem } from '../../http/problem.ts';
import type { Mapping } from './mapping.ts';

const CODE = 'consent_unconfirmed';

/** A consent is applied only once a person has confirmed how it is read. @throws Problem 422 `consent_unconfirmed` */
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
  const places = names.map((name) => `"${name}"`).join(', ') || 'the file as a whole';
  const detail = `Nobody has confirmed how consent is read in ${places}.`;
  throw new Problem(422, CODE, detail, problems, { columns: names });
}
