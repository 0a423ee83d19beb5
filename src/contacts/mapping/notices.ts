import type { Notice } from '../files/notice.ts';
import type { Column } from './column.ts';
import type { ColumnRole } from './mapping.ts';
import type { LeftOut } from './roles.ts';
import { separatorsIn } from './several.ts';

/** A column with at least this many rows and mostly different texts is free text. */
const MANY_ROWS = 50;

const LEFT_OUT: Record<LeftOut, string> = {
  other_address: 'belongs to another address, but a contact has only one; it is not imported.',
  said_by_another: 'repeats a better column of the file; it is not imported.',
};

const noticeOn =
  ({ name }: Column) =>
  (code: string, message: string): Notice => ({ code, column: name, message: `"${name}" ${message}` });

/** Notices about a column with a role. */
export function noticesOfRole(column: Column, role: ColumnRole): Notice[] {
  const notice = noticeOn(column);
  if (role === 'fullName') return [notice('full_name', 'holds whole names; they are split into first and last name.')];
  if (role === 'fullAddress')
    return [
      notice('full_address', 'holds whole addresses; they are split into street, city, postal code and country.'),
    ];
  const separators = separatorsIn(column, role);
  if (separators.size === 0) return [];
  const cells = [...separators.values()].reduce((sum, count) => sum + count, 0);
  const marks = [...separators.keys()].map((mark) => (mark === '\n' ? 'a line break' : `"${mark}"`)).join(' and ');
  return [
    notice(
      'several_values',
      `holds several values, divided by ${marks}, in ${cells} cells of the sample. The separator of the mapping splits them.`,
    ),
  ];
}

/**
 * Why a column without a role does not become a trait; undefined when it does.
 * @param times columns with the times of consent statements
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
    return notice('time_of_consent', 'holds the time of consent statements; it is read with their column.');
  if (column.fixed === 'ignore') return notice('of_no_use', 'holds nothing useful about a person; it is not imported.');
  if (values.length === 0) return notice('empty_column', 'is empty in the sample; it is not imported.');
  if (values.some(holdsObject))
    return notice(
      'list_of_objects',
      'holds lists of objects; it is not imported. Upload them as the rows of another file.',
    );
  if (column.form === 'email' || column.form === 'phone')
    return notice('of_somebody_else', 'holds e-mails or phones that may belong to somebody else; it is not imported.');
  if (column.form === 'hash') return notice('digests', 'holds digests of unknown values; it is not imported.');
  if (column.id && distinct > MANY_ROWS)
    return notice('id_of_other', 'holds ids of something other than the person; it is not imported.');
  if (inferred.type === 'category' && values.length > MANY_ROWS && distinct > values.length / 2)
    return notice(
      'free_text',
      'holds a different text in most rows; it is not imported. Map it as a trait to import it.',
    );
  return undefined;
}

const holdsObject = (value: string): boolean => /^(?:.*, )?\{"/.test(value);
