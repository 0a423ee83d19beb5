import { Injectable } from '@nestjs/common';
import { AccountsService } from '../accounts/accounts.service.ts';
import type { AccountId, Caller } from '../accounts/auth.ts';
import { Clock } from '../engines/clock.ts';
import { Jobs } from '../engines/jobs/jobs.ts';
import { type FieldProblem, Problem } from '../http/problem.ts';
import type { PersonaEdit } from '../models/edit.ts';
import { keysOf, type PersonaModel } from '../models/persona-model.ts';
import { TRAIN_PERSONAS } from './jobs.ts';
import { newVersion } from './new-version.ts';
import { PersonaSetsRepository, type SetRow } from './persona-sets.repository.ts';
import { MAX_K, type MergePersonasDto, type SplitPersonaDto } from './personas.dto.ts';
import { versionSummary } from './personas.view.ts';
import { sameMeasure } from './pins.ts';
import { readyVersion } from './ready-version.ts';

/**
 * Changes of personas by hand. A merge or a split makes a draft of a version and leaves that as it was, so that the two
 * can be compared, and nothing that is live changes before a publication.
 */
@Injectable()
export class EditingService {
  constructor(
    private readonly sets: PersonaSetsRepository,
    private readonly accounts: AccountsService,
    private readonly jobs: Jobs,
    private readonly clock: Clock,
  ) {}

  /**
   * Makes one persona of several, with the key of one of them.
   * @throws Problem 404, 409 `version_not_ready`, 422 `unknown_persona`, `not_among_keys`, `pinned`, `last_persona`.
   */
  async merge(caller: Caller, setId: string, number: number, { keys, into }: MergePersonasDto) {
    const { set, model } = await readyVersion(this.sets, caller.accountId, setId, number);
    const pinned = await this.pinned(caller.accountId, setId);
    const faults = keys.flatMap((key, i) => faultsOf(model, pinned, key, `keys[${i}]`));
    if (!keys.includes(into)) {
      const message = `The persona that stays must be one of those that become one: ${keys.join(', ')}.`;
      faults.push({ path: 'into', code: 'not_among_keys', message });
    }
    if (faults.length === 0 && keys.length >= keysOf(model).length) {
      const message = 'One persona would be left, which tells nobody apart. Leave at least one out.';
      faults.push({ path: 'keys', code: 'last_persona', message });
    }
    if (faults.length > 0) throw Problem.invalidAll(faults);
    return this.edit(caller, set, number, { kind: 'merge', keys, into });
  }

  /**
   * Makes several personas of one.
   * @throws Problem 404, 409 `version_not_ready`, 422 `unknown_persona`, `pinned`, `too_many_personas`.
   */
  async split(caller: Caller, setId: string, number: number, { key, parts = 2, seed }: SplitPersonaDto) {
    const { set, model } = await readyVersion(this.sets, caller.accountId, setId, number);
    const faults = faultsOf(model, await this.pinned(caller.accountId, setId), key, 'key');
    const after = model.personas.filter((cluster) => cluster.key !== key).length + parts;
    if (after > MAX_K) {
      const message = `There would be ${after} clusters; a version has at most ${MAX_K}. Ask for fewer parts.`;
      faults.push({ path: 'parts', code: 'too_many_personas', message });
    }
    if (faults.length > 0) throw Problem.invalidAll(faults);
    return this.edit(caller, set, number, { kind: 'split', key, parts, seed: seed ?? set.seed });
  }

  /**
   * Keeps a persona as a version has it through every later training, and refuses to publish a version without it.
   * @throws Problem 404, 409 `version_not_ready`, 422 `unknown_persona`, `already_pinned`, `other_measure`.
   */
  async pin(caller: Caller, setId: string, number: number, key: string): Promise<void> {
    const account = caller.accountId;
    const { model, version } = await readyVersion(this.sets, account, setId, number);
    const faults = faultsOf(model, new Set(), key, 'key');
    if (faults.length > 0) throw Problem.invalidAll(faults);
    const pins = await this.sets.pins(account, setId);
    if (pins.some((pin) => pin.key === key)) {
      throw Problem.invalid('key', 'already_pinned', `"${key}" is pinned. Unpin it first to pin it as it is here.`);
    }
    const other = pins.find((pin) => !sameMeasure(pin.model, model));
    if (other) {
      const message = `"${other.key}" was pinned in a version that measures contacts by other traits or scales. Pin in a version trained since, or unpin it.`;
      throw Problem.invalid('key', 'other_measure', message);
    }
    await this.sets.updatePersona(account, setId, key, { pinnedVersionId: version.id, updatedAt: this.clock.now() });
    await this.accounts.audit(caller, 'persona.pin', `${setId}/${key}`, { version: number });
  }

  /** Lets later trainings move a persona again. @throws Problem 404, 422 `not_pinned`. */
  async unpin(caller: Caller, setId: string, key: string): Promise<void> {
    const account = caller.accountId;
    if (!(await this.sets.find(account, setId))) throw Problem.notFound('persona set', setId);
    if (!(await this.pinned(account, setId)).has(key)) {
      throw Problem.invalid('key', 'not_pinned', `The set has no pinned persona "${key}".`);
    }
    await this.sets.updatePersona(account, setId, key, { pinnedVersionId: null, updatedAt: this.clock.now() });
    await this.accounts.audit(caller, 'persona.unpin', `${setId}/${key}`, {});
  }

  private async edit(caller: Caller, set: SetRow, basedOn: number, edit: PersonaEdit) {
    const account = caller.accountId;
    const now = this.clock.now();
    const version = newVersion(set, { k: null, basedOn, edit, now });
    const number = await this.sets.addVersion({ ...set, lastUpdatedConfigAt: now }, version);
    await this.accounts.audit(caller, `persona-version.${edit.kind}`, version.id, { set: set.id, basedOn });
    await this.jobs.enqueue(TRAIN_PERSONAS, { versionId: version.id });
    return versionSummary((await this.sets.version(account, set.id, number))!);
  }

  private async pinned(account: AccountId, setId: string): Promise<Set<string>> {
    return new Set((await this.sets.pins(account, setId)).map(({ key }) => key));
  }
}

/** Why a persona of a version cannot be changed. */
function faultsOf(model: PersonaModel, pinned: Set<string>, key: string, path: string): FieldProblem[] {
  const keys = keysOf(model);
  if (!keys.includes(key)) {
    const message = `The version has no persona "${key}"; its personas are ${keys.join(', ')}.`;
    return [{ path, code: 'unknown_persona', message }];
  }
  return pinned.has(key) ? [{ path, code: 'pinned', message: `"${key}" is pinned. Unpin it first.` }] : [];
}
