import type { DetectedColumn, Notice } from '../../api/types/contacts.ts';
import { Notices } from './notices.tsx';

const EMPTY = 'empty_column';

/** What a person should know about the columns, before the table of all columns. */
export function ColumnNotices({ columns }: { columns: DetectedColumn[] }) {
  const notices = columns.flatMap((column) => column.notices ?? []);
  const empty = columns.filter((column) => column.notices?.some(({ code }) => code === EMPTY));
  const shown = notices.filter(({ code }) => code !== EMPTY);
  return <Notices title="Check these columns" notices={[...shown, ...emptyColumns(empty)]} />;
}

/** Empty columns are named in one notice: an export may have dozens of them. */
function emptyColumns(columns: DetectedColumn[]): Notice[] {
  if (columns.length === 0) return [];
  const names = columns.map(({ name }) => name).join(', ');
  return [{ code: EMPTY, message: `Empty in the sample and not imported: ${names}.` }];
}
