import type { AccountId } from '../accounts/auth.ts';
import { Problem } from '../http/problem.ts';
import type { PersonaModel } from '../models/persona-model.ts';
import type { Quality } from '../models/quality.ts';
import type { PersonaSetsRepository, SetRow, VersionRow } from './persona-sets.repository.ts';

/** A version whose training is done, with what it gave. */
export interface ReadyVersion {
  set: SetRow;
  version: VersionRow;
  model: PersonaModel;
  quality: Quality;
}

/** @throws Problem 404, or 409 `version_not_ready`. */
export async function readyVersion(
  sets: PersonaSetsRepository,
  account: AccountId,
  setId: string,
  number: number,
): Promise<ReadyVersion> {
  const set = await sets.find(account, setId);
  if (!set) throw Problem.notFound('persona set', setId);
  const version = await sets.version(account, setId, number);
  if (!version) throw Problem.notFound('version of this persona set', String(number));
  const { status, model, quality } = version;
  if (status !== 'ready' || !model || !quality) throw notReady(version);
  return { set, version, model, quality };
}

export function notReady({ version, status, statusError }: VersionRow): Problem {
  const next =
    status === 'error' ? `It failed: ${statusError?.detail} Train another version.` : 'Wait until its status is ready.';
  return Problem.conflict('version_not_ready', `Version ${version} is not ready: its status is ${status}. ${next}`);
}
