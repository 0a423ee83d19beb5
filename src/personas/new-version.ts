import { newId } from '../http/ids.ts';
import type { PersonaEdit } from '../models/edit.ts';
import type { NewPersonaVersion, SetRow } from './persona-sets.repository.ts';

/** A version that is yet to be trained, or to be made of another by an edit. It gets its number when it is stored. */
export function newVersion(
  set: SetRow,
  facts: { k: number | null; basedOn?: number; edit?: PersonaEdit; now: Date },
): NewPersonaVersion {
  return {
    id: newId('psv'),
    accountId: set.accountId,
    setId: set.id,
    status: 'new',
    stage: 'draft',
    k: facts.k,
    basedOn: facts.basedOn,
    edit: facts.edit,
    createdAt: facts.now,
  };
}
