import { Injectable } from '@nestjs/common';
import type { AccountId } from '../accounts/auth.ts';
import { Problem } from '../http/problem.ts';
import type { ConsentStatementView, ContactConsentView } from './contact-consent.view.ts';
import { ContactsRepository, type StatementRecord } from './contacts.repository.ts';
import { DatasetsRepository } from './datasets.repository.ts';

/** Says what holds about the consent of a contact, and which file said it. */
@Injectable()
export class ContactConsentService {
  constructor(
    private readonly contacts: ContactsRepository,
    private readonly datasets: DatasetsRepository,
  ) {}

  /** @throws Problem 404 when the account has no such contact */
  async consent(account: AccountId, id: string): Promise<ContactConsentView> {
    if (!(await this.contacts.find(account, id))) throw Problem.notFound('contact', id);
    const statements = await this.contacts.consentStatements(account, id);
    const names = await this.datasets.names(account, [...new Set(statements.map((each) => each.dataset_id))]);
    const current = await this.contacts.currentConsent(account, id);
    const items = current.map(({ purpose, state, stated_ms, uploaded_ms }) => ({
      purpose,
      state,
      at: new Date(stated_ms || uploaded_ms),
      history: statements.filter((each) => each.purpose === purpose).map((each) => viewOf(each, names)),
    }));
    return { items };
  }
}

const viewOf = (record: StatementRecord, names: Map<string, string>): ConsentStatementView => ({
  state: record.state,
  statedAt: record.stated_ms === 0 ? null : new Date(record.stated_ms),
  uploadedAt: new Date(record.uploaded_at),
  recordedAt: new Date(record.recorded_at),
  dataset: { id: record.dataset_id, name: names.get(record.dataset_id) ?? null },
  column: record.column || null,
  sharedAddress: record.by_address,
});
