import type { Dataset } from '../../api/types/contacts.ts';

const REASONS: Record<NonNullable<Dataset['fileDeletedBecause']>, string> = {
  imported: 'The file was deleted after its import.',
  unused: 'The file was deleted because it was not imported for a long time.',
  erasure: 'The file was deleted because it may contain a person who was erased.',
  replaced: 'The file was deleted for a new one, whose upload did not finish.',
};

/** Why the stored file of a dataset was deleted, and what to do; undefined while it is stored. */
export function deletedFile({ fileDeletedAt, fileDeletedBecause }: Dataset): string | undefined {
  if (fileDeletedAt === null) return undefined;
  return `${REASONS[fileDeletedBecause ?? 'imported']} Upload it again.`;
}
