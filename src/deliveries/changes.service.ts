import { Injectable } from '@nestjs/common';
import type { Member } from '../../connectors/destination.ts';
import type { AccountId } from '../accounts/auth.ts';
import { OutcomeVersions } from '../cohorts/outcome-versions.ts';
import { type FieldProblem, Problem } from '../http/problem.ts';
import { OutcomePublishing } from '../outcomes/publishing.service.ts';
import { PersonasService } from '../personas/personas.service.ts';
import { PublishingService } from '../personas/publishing.service.ts';
import {
  attributeName,
  type Band,
  type ChangedRow,
  changeAttributes,
  DEFAULT_BANDS,
  type Told,
  type ToldOutcome,
} from './changes.ts';
import type { DeliveryRow } from './runs.repository.ts';

/** What deliveries of changes need of personas and outcomes. */
@Injectable()
export class ChangesService {
  constructor(
    private readonly personas: PersonasService,
    private readonly assignments: PublishingService,
    private readonly outcomes: OutcomePublishing,
    private readonly outcomeVersions: OutcomeVersions,
  ) {}

  /** Assigns and scores everyone by what is live now, so that a run tells what is true when it is planned. */
  async rescore({ accountId, personaSetId, outcomes }: DeliveryRow): Promise<void> {
    const account = accountId as AccountId;
    if (personaSetId) await this.assignments.refresh(account, personaSetId);
    for (const { outcomeId } of outcomes) await this.outcomes.refresh(account, outcomeId);
  }

  /** What is told by the versions that are live. @throws Problem 409 `not_published` */
  async told({ accountId, personaSetId, outcomes }: DeliveryRow): Promise<Told> {
    const account = accountId as AccountId;
    const published = personaSetId ? await this.personas.published(account, personaSetId) : undefined;
    const scored = outcomes.map(async ({ outcomeId, as, bands }) => {
      const live = await this.outcomeVersions.resolve(account, outcomeId);
      if (!live) throw notPublished(outcomeId);
      return { as, versionId: live.versionId, bands };
    });
    return { personaVersionId: published?.versionId, outcomes: await Promise.all(scored) };
  }

  /**
   * Outcomes to tell, with what was left open filled in.
   * @throws Problem 422 for those that have no published version
   */
  async toldOutcomes(
    account: AccountId,
    wanted: { outcomeId: string; as?: string; bands?: Band[] }[],
  ): Promise<ToldOutcome[]> {
    const live = await Promise.all(wanted.map(({ outcomeId }) => this.outcomeVersions.resolve(account, outcomeId)));
    const problems = wanted.flatMap(({ outcomeId }, i): FieldProblem[] =>
      live[i] ? [] : [{ path: `outcomes[${i}].outcomeId`, code: 'not_live', message: notPublished(outcomeId).message }],
    );
    if (problems.length > 0) throw Problem.invalidAll(problems);
    return wanted.map(({ outcomeId, as, bands }, i) => ({
      outcomeId,
      as: as ?? attributeName(live[i]!.name),
      bands: (bands ?? DEFAULT_BANDS).map(({ name, from }) => ({ name, from })),
    }));
  }

  /** Makes a member one that tells the change of its row. */
  async telling(delivery: DeliveryRow): Promise<(member: Member, row: ChangedRow) => Member> {
    const { personaSetId, outcomes } = delivery;
    const names = await this.names(delivery);
    return (member, row) => ({
      ...member,
      attributes: { ...member.attributes, ...changeAttributes(row, personaSetId, outcomes, names) },
    });
  }

  /** What the personas that a delivery tells are called, by key. */
  private async names({ accountId, personaSetId }: DeliveryRow): Promise<Map<string, string>> {
    if (!personaSetId) return new Map();
    const { personas } = await this.personas.published(accountId as AccountId, personaSetId);
    return new Map(personas.map(({ key, name }) => [key, name]));
  }
}

const notPublished = (outcomeId: string) =>
  Problem.conflict('not_published', `The outcome ${outcomeId} has no published version. Publish one first.`);
