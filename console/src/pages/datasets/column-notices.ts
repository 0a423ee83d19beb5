import type { DetectedColumn, Notice } from '../../api/types/contacts.ts';
import { capital } from '../../app/format.ts';

/**
 * The notices of all columns, those of imported columns first. Columns with the same notice share one line, because
 * an export may have dozens of empty or technical columns.
 */
export function columnNotices(columns: DetectedColumn[]): Notice[] {
  const isIgnored = ({ suggestion }: DetectedColumn) => suggestion.as === 'ignore';
  const ordered = [...columns.filter((column) => !isIgnored(column)), ...columns.filter(isIgnored)];
  const groups = new Map<string, { notice: Notice; names: string[] }>();
  for (const column of ordered)
    for (const notice of column.notices ?? []) {
      const text = withoutName(notice.message, column.name);
      const group = groups.get(text);
      if (group) group.names.push(column.name);
      else groups.set(text, { notice, names: [column.name] });
    }
  return [...groups].map(([text, { notice, names }]) =>
    names.length === 1 ? notice : { ...notice, message: `${ofSeveral(text)}: ${names.join(', ')}.` },
  );
}

/** The text without the words that fit one column only. */
const ofSeveral = (text: string): string =>
  capital(text.replace(/^is /, '').replace('it is not imported', 'not imported').replace(/\.$/, ''));

const withoutName = (message: string, name: string): string =>
  message.startsWith(`"${name}" `) ? message.slice(name.length + 3) : message;
