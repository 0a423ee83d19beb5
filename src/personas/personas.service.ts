import { Injectable, type OnModuleInit } from '@nestjs/common';
import { AccountsService } from '../accounts/accounts.service.ts';
import type { AccountId, Caller } from '../accounts/auth.ts';
import { PersonaVersions } from '../cohorts/persona-versions.ts';
import { CohortUsage } from '../cohorts/usage.ts';
import { Clock } from '../engines/clock.ts';
import { Jobs } from '../engines/jobs/jobs.ts';
import { newId } from '../http/ids.ts';
import type { Page, PageQuery } from '../http/page.ts';
import { Problem } from '../http/problem.ts';
import { AssignmentsRepository } from './assignments.repository.ts';
import { TRAIN_PERSONAS } from './jobs.ts';
import { newVersion } from './new-version.ts';
import { PersonaSetUsage } from './persona-set-usage.ts';
import { PersonaSetsRepository, type SetRow, type VersionRow } from './persona-sets.repository.ts';
import type { CreatePersonaSetDto, CreateVersionDto, UpdatePersonaDto } from './personas.dto.ts';
import { type Persona, personaView, setView, versionSummary } from './personas.view.ts';
import { pinsOf, refusePinned } from './pins.ts';
import { PublishingService } from './publishing.service.ts';
import { TrainingChecks } from './training-checks.ts';

export type { Persona } from './personas.view.ts';

/** The live personas of a set. */
export interface PublishedSet {
  setId: string;
  name: string;
  versionId: string;
  personas: Persona[];
  /** Keys that were merged away, and the persona each went into. */
  merged: Record<string, string>;
}

type SetView = ReturnType<typeof setView>;

/** Persona sets: defined, trained, reviewed, published, asked. */
@Injectable()
export class PersonasService implements OnModuleInit {
  constructor(
    private readonly sets: PersonaSetsRepository,
    private readonly assignments: AssignmentsRepository,
    private readonly checks: TrainingChecks,
    private readonly publishing: PublishingService,
    private readonly usage: PersonaSetUsage,
    private readonly personaVersions: PersonaVersions,
    private readonly cohortUsage: CohortUsage,
    private readonly accounts: AccountsService,
    private readonly jobs: Jobs,
    private readonly clock: Clock,
  ) {}

  onModuleInit(): void {
    this.personaVersions.provide((account, setId) => this.livePersonas(account, setId));
    this.cohortUsage.register(async (account, cohortId) =>
      (await this.sets.ofCohort(account, cohortId)).map(({ id, name }) => ({ kind: 'persona set', id, name })),
    );
  }

  /** Defines a set and starts training its first version. Refused as a whole when it cannot give personas. */
  async create(caller: Caller, dto: CreatePersonaSetDto): Promise<SetView> {
    const now = this.clock.now();
    const set: SetRow = {
      id: newId('pst'),
      accountId: caller.accountId,
      name: dto.name,
      cohortId: dto.cohortId ?? null,
      traits: dto.traits ?? null,
      k: typeof dto.k === 'number' ? dto.k : null,
      seed: dto.seed ?? 1,
      excludeProtected: dto.excludeProtected ?? false,
      publishedVersionId: null,
      createdAt: now,
      lastUpdatedConfigAt: now,
      lastUpdatedOutputAt: null,
      lastReadInputAt: null,
    };
    await this.checks.check(caller.accountId, set);
    const version = newVersion(set, { k: set.k, now });
    await this.sets.create(set, version);
    await this.accounts.audit(caller, 'persona-set.create', set.id, { name: set.name });
    await this.jobs.enqueue(TRAIN_PERSONAS, { versionId: version.id });
    return this.get(caller.accountId, set.id);
  }

  /** Trains another version; the live one stays until the new one is published. */
  async train(caller: Caller, setId: string, dto: CreateVersionDto): Promise<ReturnType<typeof versionSummary>> {
    const account = caller.accountId;
    const [before, now] = [await this.set(account, setId), this.clock.now()];
    const set: SetRow = {
      ...before,
      traits: dto.traits === undefined ? before.traits : dto.traits,
      k: dto.k === undefined || dto.k === null ? before.k : dto.k === 'auto' ? null : dto.k,
      seed: dto.seed ?? before.seed,
      excludeProtected: dto.excludeProtected ?? before.excludeProtected,
      lastUpdatedConfigAt: now,
    };
    const base = await this.sets.base(account, set);
    const k = dto.k === undefined || dto.k === null ? (base?.model?.personas.length ?? set.k) : set.k;
    await this.checks.check(account, { ...set, k });
    refusePinned(dto, k, pinsOf(await this.sets.pins(account, setId)));
    const version = newVersion(set, { k, basedOn: base?.version, now });
    const number = await this.sets.addVersion(set, version);
    await this.accounts.audit(caller, 'persona-version.train', version.id, { set: setId });
    await this.jobs.enqueue(TRAIN_PERSONAS, { versionId: version.id });
    const row = await this.version(account, setId, number);
    return versionSummary(row);
  }

  async list(account: AccountId, query: PageQuery): Promise<Page<SetView>> {
    const { items, nextCursor } = await this.sets.page(account, query);
    return { items: await this.views(items), nextCursor };
  }

  /** @throws Problem 404 */
  async get(account: AccountId, setId: string): Promise<SetView> {
    const [view] = await this.views([await this.set(account, setId)]);
    return view!;
  }

  /** A version whole: quality, the curve k was chosen from, what became of each trait, personas with profiles. */
  async getVersion(account: AccountId, setId: string, number: number) {
    const version = await this.version(account, setId, number);
    const [found, profiles] = [await this.sets.personasOf([version.id]), await this.sets.profiles(version.id)];
    return {
      ...versionSummary(version),
      quality: version.quality,
      choice: version.choice,
      selection: version.selection,
      personas: found.map((persona) => ({
        ...personaView(persona),
        suggestedName: persona.measured.suggestedName,
        profile: profiles.get(persona.key) ?? [],
      })),
    };
  }

  async publish(caller: Caller, setId: string, number: number): Promise<SetView> {
    const [set, version] = [
      await this.set(caller.accountId, setId),
      await this.version(caller.accountId, setId, number),
    ];
    await this.publishing.publish(caller, set, version);
    return this.get(caller.accountId, setId);
  }

  /** Changes a persona's name, looks or brief in every version of the set. */
  async updatePersona(caller: Caller, setId: string, key: string, dto: UpdatePersonaDto): Promise<Persona> {
    const account = caller.accountId;
    const set = await this.set(account, setId);
    const ever = await this.sets.personasEver(setId);
    const persona = ever.find((each) => each.key === key);
    if (!persona) {
      const keys = ever.map((each) => each.key).join(', ') || 'none yet';
      throw new Problem(404, 'unknown_persona', `The set has no persona "${key}"; its personas are ${keys}.`);
    }
    const shown = await this.shownPersonas(set);
    if (
      dto.name !== undefined &&
      shown.some((other) => other.key !== key && personaView(other).name.toLowerCase() === dto.name!.toLowerCase())
    ) {
      throw Problem.invalid(
        'name',
        'duplicate_name',
        `Another persona of the set is called "${dto.name}". Choose another name.`,
      );
    }
    await this.sets.updatePersona(account, setId, key, { ...dto, updatedAt: this.clock.now() });
    await this.accounts.audit(caller, 'persona.update', `${setId}/${key}`, { fields: Object.keys(dto) });
    const changed = (await this.sets.persona(account, setId, key))!;
    const measured = shown.find((each) => each.key === key)?.measured ?? (await this.sets.lastMeasured(setId, key))!;
    return personaView({ ...changed, measured });
  }

  async remove(caller: Caller, setId: string): Promise<void> {
    const set = await this.set(caller.accountId, setId);
    await this.usage.assertUnused(caller.accountId, 'persona set', setId);
    await this.sets.delete(caller.accountId, setId);
    await this.accounts.audit(caller, 'persona-set.delete', setId, { name: set.name });
  }

  /**
   * The live personas of a set: what audiences are split by and segments are briefed from.
   * @throws Problem 404, or 409 `not_published` while no version is live.
   */
  async published(account: AccountId, setId: string): Promise<PublishedSet> {
    const set = await this.set(account, setId);
    if (!set.publishedVersionId) {
      throw Problem.conflict(
        'not_published',
        `The persona set "${set.name}" has no published version. Publish one first.`,
      );
    }
    const versionId = set.publishedVersionId;
    const [found, merged] = [await this.sets.personasOf([versionId]), await this.sets.merged(versionId)];
    return { setId, name: set.name, versionId, personas: found.map(personaView), merged };
  }

  /** The persona that a version assigns to a contact, or nothing. */
  async keyOf(account: AccountId, contactId: string, versionId: string): Promise<string | undefined> {
    const [row] = await this.assignments.ofContact(account, contactId, [versionId]);
    return row?.persona_key;
  }

  /** A contact's persona, second best and margin in every live set, or in one. */
  async ofContact(account: AccountId, contactId: string, setId?: string) {
    const sets = setId ? [await this.set(account, setId)] : await this.sets.all(account);
    const live = new Map(
      sets.flatMap((set) => (set.publishedVersionId ? [[set.publishedVersionId, set] as const] : [])),
    );
    if (!(await this.assignments.contactExists(account, contactId))) throw Problem.notFound('contact', contactId);
    const rows = live.size === 0 ? [] : await this.assignments.ofContact(account, contactId, [...live.keys()]);
    const found = await this.sets.personasOf(rows.map((row) => row.version_id));
    return {
      items: rows.map((row) => {
        const set = live.get(row.version_id)!;
        const named = new Map(found.filter((p) => p.setId === set.id).map((p) => [p.key, personaView(p).name]));
        return {
          setId: set.id,
          setName: set.name,
          versionId: row.version_id,
          key: row.persona_key,
          name: named.get(row.persona_key) ?? row.persona_key,
          secondKey: row.second_key,
          secondName: named.get(row.second_key) ?? row.second_key,
          distance: row.distance,
          secondDistance: row.second_distance,
          margin: row.margin,
        };
      }),
    };
  }

  private async livePersonas(account: AccountId, setId: string) {
    const set = await this.sets.find(account, setId);
    if (!set?.publishedVersionId) return undefined;
    const found = await this.sets.personasOf([set.publishedVersionId]);
    const personas = found.map(personaView).map(({ key, name }) => ({ key, name }));
    return { name: set.name, versionId: set.publishedVersionId, personas };
  }

  private async views(sets: SetRow[]): Promise<SetView[]> {
    const versions = await this.sets.versions(sets.map(({ id }) => id));
    const shown = sets.map((set) => shownVersion(set, versions)?.id);
    const found = await this.sets.personasOf(shown.filter((id) => id !== undefined));
    return sets.map((set, i) =>
      setView(
        set,
        versions.filter(({ setId }) => setId === set.id),
        found.filter(({ measured }) => measured.versionId === shown[i]),
      ),
    );
  }

  private async shownPersonas(set: SetRow) {
    const version = shownVersion(set, await this.sets.versions([set.id]));
    return version ? this.sets.personasOf([version.id]) : [];
  }

  private async set(account: AccountId, setId: string): Promise<SetRow> {
    const set = await this.sets.find(account, setId);
    if (!set) throw Problem.notFound('persona set', setId);
    return set;
  }

  private async version(account: AccountId, setId: string, number: number): Promise<VersionRow> {
    await this.set(account, setId);
    const version = await this.sets.version(account, setId, number);
    if (!version) throw Problem.notFound('version of this persona set', String(number));
    return version;
  }
}

/** The version whose personas stand for a set: the published one, else the newest that is ready. */
function shownVersion(set: SetRow, versions: Omit<VersionRow, 'model'>[]) {
  const own = versions.filter(({ setId }) => setId === set.id);
  return own.find(({ id }) => id === set.publishedVersionId) ?? own.find(({ status }) => status === 'ready');
}
