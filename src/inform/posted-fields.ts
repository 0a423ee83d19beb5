import type { FieldSource } from '../contacts/contact-fields.ts';
import { REJECTS } from '../contacts/import/rejects.ts';
import { isIsoDay, parseDay } from '../contacts/values/date.ts';
import type { FieldProblem } from '../http/problem.ts';
import { countryCode } from '../identity/countries.ts';
import type { ScoreContactDto } from './inform.dto.ts';

const TEXTS = ['city', 'region', 'postalCode', 'gender'] as const;

/** Where a contact lives, their gender and birth date, as posted. What cannot be used is left out and named by path. */
export function readFields(
  contact: ScoreContactDto,
  path: string,
  today: number,
): { fields: Partial<FieldSource>; faults: FieldProblem[] } {
  const fields: Partial<FieldSource> = {};
  for (const name of TEXTS) {
    const text = contact[name]?.trim();
    if (text) fields[name] = text;
  }
  const country = contact.country && countryCode(contact.country);
  if (country) fields.country = country;
  const birthDate = contact.birthDate?.trim();
  if (!birthDate) return { fields, faults: [] };
  const day = isIsoDay(birthDate) ? parseDay(birthDate) : undefined;
  if (day === undefined || day > today) {
    return {
      fields,
      faults: [{ path: `${path}.birthDate`, code: 'birth_date', message: `${REJECTS.birth_date} Write YYYY-MM-DD.` }],
    };
  }
  return { fields: { ...fields, birthDate }, faults: [] };
}
