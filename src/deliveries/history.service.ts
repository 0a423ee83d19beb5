import { Injectable } from '@nestjs/common';
import type { AccountId } from '../accounts/auth.ts';
import { ContactsService } from '../contacts/contacts.service.ts';
import { Problem } from '../http/problem.ts';
import { HistoryRepository } from './history.repository.ts';
import { historyOf, type Passage, type Stay } from './history.ts';
import { type DeliveryRow, RunsRepository } from './runs.repository.ts';

/** Why a person is, or was, in which list. */
@Injectable()
export class HistoryService {
  constructor(
    private readonly repository: HistoryRepository,
    private readonly runs: RunsRepository,
    private readonly contacts: ContactsService,
  ) {}

  /** Where a contact is at each destination, and was, since when, by which run and why; the newest first. */
  async of(account: AccountId, contactId: string): Promise<{ items: Passage[] }> {
    const stays = await this.repository.stays(account, contactId);
    // a contact that was deleted still has a history
    if (stays.length === 0 && !(await this.contacts.exists(account, contactId)))
      throw Problem.notFound('contact', contactId);
    const removals = await this.runs.runsById(account, runsOf(stays, 'removed'));
    const planIds = new Map(removals.flatMap(({ id, planId }) => (planId ? [[planId, id]] : [])));
    const [plans, refusals] = await Promise.all([
      this.repository.planned(account, contactId, planIds),
      this.repository.refused(account, contactId, runsOf(stays, 'refused')),
    ]);
    const runs = removals.map(({ id, trigger, definition }) => ({
      id,
      trigger,
      mode: (definition as DeliveryRow | null)?.mode,
    }));
    return { items: historyOf(stays, { runs, plans, refusals }) };
  }
}

/** Runs that brought a state about. */
const runsOf = (stays: Stay[], state: string): string[] => [
  ...new Set(stays.filter((stay) => stay.state === state).map(({ lastRunId }) => lastRunId)),
];
