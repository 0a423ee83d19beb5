import { Injectable, type OnModuleDestroy } from '@nestjs/common';
import type { AccountId } from '../accounts/auth.ts';
import { ContactsService } from '../contacts/contacts.service.ts';
import { Clock } from '../engines/clock.ts';
import { Problem } from '../http/problem.ts';
import { DRIFT_BANDS, type DriftReport, driftOf } from '../models/drift.ts';
import { keysOf, type PersonaModel } from '../models/persona-model.ts';
import { AssignmentsRepository, type Move } from './assignments.repository.ts';
import { PersonaSetsRepository } from './persona-sets.repository.ts';
import { personaView, versionSummary } from './personas.view.ts';
import { type ReadyVersion, readyVersion } from './ready-version.ts';
import { SampleRepository } from './sample.repository.ts';
import { TrainingService } from './training.service.ts';
import { runInThread } from './training-thread.ts';

/** How far contacts have moved from what a version was trained on. */
export interface VersionDrift extends DriftReport {
  version: number;
  /** When it was trained, and when the contacts were looked at. */
  since: Date | null;
  asOf: Date;
  /** How the index is read: a band holds what is below its bound, the last one the rest. */
  bands: { band: string; below: number | null }[];
}

/** Sets versions against each other, and against the contacts there are now. Changes nothing. */
@Injectable()
export class ComparisonService implements OnModuleDestroy {
  private readonly stop = new AbortController();

  constructor(
    private readonly sets: PersonaSetsRepository,
    private readonly assignments: AssignmentsRepository,
    private readonly samples: SampleRepository,
    private readonly training: TrainingService,
    private readonly contacts: ContactsService,
    private readonly clock: Clock,
  ) {}

  onModuleDestroy(): void {
    this.stop.abort();
  }

  /** Drift of the cohort since a version was trained. @throws Problem 404, 409 `version_not_ready`. */
  async drift(account: AccountId, setId: string, number: number): Promise<VersionDrift> {
    return this.driftSince(account, await readyVersion(this.sets, account, setId, number));
  }

  /** Drift since the live version of a set was trained: what a monitor looks at. Nothing while none is live. */
  async publishedDrift(account: AccountId, setId: string): Promise<VersionDrift | undefined> {
    const set = await this.sets.find(account, setId);
    const live = set?.publishedVersionId ? await this.sets.versionById(account, set.publishedVersionId) : undefined;
    return live && this.drift(account, setId, live.version);
  }

  /**
   * Two versions side by side: personas with their sizes by either model among everyone, who would move when the second
   * took the place of the first, how the personas' shares differ, and how the contacts drifted since the first was trained.
   * @throws Problem 404, 409 `version_not_ready`, 422 `same_version`.
   */
  async compare(account: AccountId, setId: string, first: number, second: number) {
    if (first === second) throw Problem.invalid('other', 'same_version', 'Name two different versions to compare.');
    const [before, after] = [
      await readyVersion(this.sets, account, setId, first),
      await readyVersion(this.sets, account, setId, second),
    ];
    const [fields, at] = [await this.contacts.fields(account), this.clock.now()];
    const moves = await this.assignments.moves(account, { before: before.model, after: after.model, fields, at });
    const drift = await this.driftSince(account, before);
    return {
      asOf: drift.asOf,
      before: { ...versionSummary(before.version), quality: before.quality },
      after: { ...versionSummary(after.version), quality: after.quality },
      personas: await this.personas(before, after, moves),
      movers: movers(moves),
      shares: driftOf(shareBins(before.model, after.model, moves)),
      drift,
      traits: traitUse(before.model, after.model),
    };
  }

  private async driftSince(account: AccountId, { set, version, model, quality }: ReadyVersion): Promise<VersionDrift> {
    const asOf = this.clock.now();
    const [profile] = (await this.sets.profiles(version.id)).values();
    const members = await this.training.members(account, set.cohortId);
    const table = await this.samples.sample(account, members, await this.contacts.catalogue(account), {
      seed: set.seed,
      asOf,
    });
    if (table.size === 0) {
      throw Problem.conflict('cohort_empty', 'There is nobody left to look at: the cohort of the set has no contacts.');
    }
    const request = { model, shares: quality.shares, profile: profile ?? [], table };
    const report = await runInThread('drift', request, { signal: this.stop.signal });
    const bands = DRIFT_BANDS.map(({ band, below }) => ({ band, below: Number.isFinite(below) ? below : null }));
    return { version: version.version, since: version.trainedAt, asOf, bands, ...report };
  }

  /** Every persona of either version with its size by both models, and what becomes of it. */
  private async personas(before: ReadyVersion, after: ReadyVersion, moves: Move[]) {
    const [was, is] = [keysOf(before.model), keysOf(after.model)];
    const found = await this.sets.personasOf([after.version.id, before.version.id]);
    const total = { before: sum(moves, ({ from }) => from !== null), after: sum(moves, ({ to }) => to !== null) };
    return [...new Set([...is, ...was])].map((key) => {
      const { name, color, icon } = personaView(found.find((persona) => persona.key === key)!);
      const sizes = { before: sum(moves, ({ from }) => from === key), after: sum(moves, ({ to }) => to === key) };
      const side = (there: boolean, size: number, of: number) =>
        there ? { size, share: of === 0 ? 0 : size / of } : null;
      return {
        key,
        name,
        color,
        icon,
        fate: is.includes(key)
          ? was.includes(key)
            ? 'kept'
            : 'new'
          : mergedInto(after.model, key)
            ? 'merged'
            : 'retired',
        mergedInto: is.includes(key) ? null : mergedInto(after.model, key),
        before: side(was.includes(key), sizes.before, total.before),
        after: side(is.includes(key), sizes.after, total.after),
      };
    });
  }
}

const mergedInto = ({ merged }: PersonaModel, key: string): string | null => merged?.[key] ?? null;

const sum = (moves: Move[], counts: (move: Move) => boolean) =>
  moves.reduce((total, move) => total + (counts(move) ? move.contacts : 0), 0);

/** Who would change persona; those without one by either model are not counted. */
function movers(matrix: Move[]) {
  const [contacts, moved] = [sum(matrix, () => true), sum(matrix, ({ from, to }) => from !== to)];
  return { contacts, moved, share: contacts === 0 ? 0 : moved / contacts, matrix };
}

function shareBins(before: PersonaModel, after: PersonaModel, moves: Move[]) {
  const total = { before: sum(moves, ({ from }) => from !== null), after: sum(moves, ({ to }) => to !== null) };
  return [...new Set([...keysOf(before), ...keysOf(after)])].map((label) => ({
    label,
    before: sum(moves, ({ from }) => from === label) / Math.max(1, total.before),
    now: sum(moves, ({ to }) => to === label) / Math.max(1, total.after),
  }));
}

/** Which traits each model tells contacts apart by. */
function traitUse(before: PersonaModel, after: PersonaModel) {
  const [was, is] = [before, after].map(({ encoding }) => new Set(encoding.traits.map(({ trait }) => trait)));
  return [...new Set([...was!, ...is!])].map((trait) => ({ trait, before: was!.has(trait), after: is!.has(trait) }));
}
