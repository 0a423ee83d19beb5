import { newId } from '../http/ids.ts';
import type { PersonaEdit } from '../models/edit.ts';
import type { SetRow } from './persona-sets.repository.ts';
import type { personaVersions } from './personas.tables.ts';

/** A version that is yet to be trained, or to be made of another by an edit. */
export function newVersion(
  set: SetRow,
  facts: { version: number; k: number | null; basedOn?: number; edit?: PersonaEdit; now: Date },
): typeof personaVersions.$inferInsert & { id: string } {
  return {
    id: newId('psv'),
    accountId: set.accountId,
    setId: set.id,
    version: facts.version,
    status: 'new',
    stage: 'draft',
    k: facts.k,
    basedOn: facts.basedOn,
    edit: facts.edit,
    createdAt: facts.now,
  };
}
