import type { Notice } from '../files/notice.ts';
import type { Column } from './column.ts';
import type { ColumnRole } from './mapping.ts';
import type { LeftOut } from './roles.ts';
import { separatorsIn } from './several.ts';

/** Rows from which a text that is another in most of them is free text. */
const MANY_ROWS = 50;

const LEFT_OUT: Record<LeftOut, string> = {
  other_address: 'belongs to another address, and a contact has one; it is left out.',
  said_by_another: 'says what another column of the file says better; it is left out.',
};

const noticeOn =
  ({ name }: Column) =>
  (code: string, message: string): Notice => ({ code, column: name, message: `"${name}" ${message}` });

/** What a person should know of a column that got a role. */
export function noticesOfRole(column: Column, role: ColumnRole): Notice[] {
  const notice = noticeOn(column);
  if (role === 'fullName') return [notice('full_name', 'holds whole names; they are split into first and last name.')];
  if (role === 'fullAddress')
    return [
      notice('full_address', 'holds whole addresses; they are split into street, place, postal code and country.'),
    ];
  const separators = separatorsIn(column, role);
  if (separators.size === 0) return [];
  const cells = [...separators.values()].reduce((sum, count) => sum + count, 0);
  const marks = [...separators.keys()].map((mark) => (mark === '\n' ? 'a line break' : `"${mark}"`)).join(' and ');
  return [
    notice(
      'several_values',
      `holds several values in ${cells} of the cells that were looked at, with ${marks} between them. The mapping's separator splits them.`,
    ),
  ];
}

/**
 * Why a column without a role becomes no trait either; nothing where it becomes one.
 * @param times columns that say when a consent was given or taken back
 */
export function reasonToLeaveOut(
  column: Column,
  leftOut: ReadonlyMap<Column, LeftOut>,
  times: ReadonlySet<string | undefined>,
): Notice | undefined {
  const { name, values, distinct, inferred } = column;
  const notice = noticeOn(column);
  const reason = leftOut.get(column);
  if (reason) return notice(reason, LEFT_OUT[reason]);
  if (times.has(name))
    return notice('time_of_consent', 'says when a consent was given or taken back; it is read with it.');
  if (column.fixed === 'ignore')
    return notice('of_no_use', 'says nothing of a person that can be used; it is left out.');
  if (values.length === 0) return notice('empty_column', 'is empty in the rows that were looked at; it is left out.');
  if (values.some(holdsObject))
    return notice('list_of_objects', 'holds lists of objects; it is left out. Send them as the rows of another file.');
  if (column.form === 'email' || column.form === 'phone')
    return notice(
      'of_somebody_else',
      "holds addresses or numbers that are not known to be the person's own; it is left out.",
    );
  if (column.form === 'hash') return notice('digests', 'holds digests of something unknown; it is left out.');
  if (column.id && distinct > MANY_ROWS)
    return notice('id_of_other', "holds ids that are not the person's own; it is left out.");
  if (inferred.type === 'category' && values.length > MANY_ROWS && distinct > values.length / 2)
    return notice('free_text', 'holds another text in most rows; it is left out. Map it as a trait to keep it.');
  return undefined;
}

const holdsObject = (value: string): boolean => /^(?:.*, )?\{"/.test(value);
