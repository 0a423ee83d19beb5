import {
  type Batch,
  type ConnectorEnvironment,
  DestinationError,
  type Json,
  type Prerequisite,
  type Receipt,
  type Upload,
} from '../destination.ts';
import { DataManagerClient } from './data-manager.ts';
import { consentOf, type Driver, type ListFields, type UserList } from './driver.ts';
import { IDENTIFIERS_PER_MEMBER, isWire, type Piece, pieces } from './encode.ts';
import { failure, ruleOf } from './failure.ts';
import { chunks, outcomesOf, type Send, sendAround } from './member-sender.ts';
import { AccessTokens } from './oauth.ts';
import type { ProjectPaces } from './pacing.ts';
import { addition, signIn, testOf } from './prerequisites.ts';
import { confirmationOf, type RequestStatus } from './request-status.ts';
import type { GoogleOptions, GoogleSettings } from './settings.ts';

const SCOPE = 'https://www.googleapis.com/auth/datamanager';
const DAY = 86_400;
/** Status questions that are under way at the same time. */
const QUESTIONS = 8;

/** A list as REST sends it. int64 travels as text. @see https://developers.google.com/data-manager/api/reference/rest/v1/accountTypes.accounts.userLists */
interface RestList {
  id?: string;
  name?: string;
  displayName?: string;
  description?: string;
  membershipDuration?: string;
  membershipStatus?: string;
  readOnly?: boolean;
  ingestedUserListInfo?: { uploadKeyTypes?: string[] };
}

interface MembersAnswer {
  requestId?: string;
  fieldWarnings?: { reason?: string }[];
}

type Ticket = { requestIds: string[]; direction: string };

/** Customer Match through the Data Manager API: every add or remove is one request, confirmed by its id later. */
export class DataManagerDriver implements Driver {
  private readonly tokens: AccessTokens;
  private readonly client: DataManagerClient;
  private readonly lists: string;

  constructor(
    private readonly settings: GoogleSettings,
    environment: ConnectorEnvironment,
    paces: ProjectPaces,
  ) {
    this.tokens = new AccessTokens(settings, environment);
    this.client = new DataManagerClient(settings, environment, this.tokens, paces);
    this.lists = `accountTypes/GOOGLE_ADS/accounts/${settings.customerId}/userLists`;
  }

  async check(): Promise<Prerequisite[]> {
    const signedIn = await signIn(this.tokens, SCOPE);
    if (signedIn.some(({ ok }) => !ok)) return signedIn;
    let lists: UserList[] = [];
    const account = await testOf('account', 'Google Ads account', async () => {
      lists = await this.list({ pageSize: '50' });
      return `Account ${this.settings.customerId} can be reached.`;
    });
    if (!account.ok) return [...signedIn, account];
    const trial = lists.find((list) => list.takesContacts && !list.readOnly);
    const terms = trial
      ? await testOf('terms', 'Customer Match terms', async () => {
          await this.rehearse(trial.id);
          return 'A rehearsed upload was accepted.';
        })
      : addition(
          'terms',
          'Customer Match terms',
          'Google only tells with the first upload whether the Customer Match terms are accepted.',
          'TERMS_AND_CONDITIONS_NOT_SIGNED',
        );
    return [...signedIn, account, terms];
  }

  async find(id: string): Promise<UserList | undefined> {
    try {
      return userList(
        await this.client.ask<RestList>({
          method: 'GET',
          path: `${this.lists}/${encodeURIComponent(id)}`,
          quota: 'other',
        }),
      );
    } catch (error) {
      if (error instanceof DestinationError && error.code === 'audience-missing') return undefined;
      throw error;
    }
  }

  async findByName(name: string): Promise<UserList | undefined> {
    const quoted = name.replaceAll('\\', '\\\\').replaceAll('"', '\\"');
    const found = await this.list({ filter: `display_name = "${quoted}"`, pageSize: '50' });
    return found.find((list) => list.name === name);
  }

  async create({ name, description, membershipDays }: ListFields): Promise<UserList | undefined> {
    const body = {
      displayName: name,
      description,
      membershipDuration: `${membershipDays * DAY}s`,
      ingestedUserListInfo: {
        uploadKeyTypes: ['CONTACT_ID'],
        contactIdInfo: { dataSourceType: 'DATA_SOURCE_TYPE_FIRST_PARTY' },
      },
    };
    try {
      return userList(await this.client.ask<RestList>({ method: 'POST', path: this.lists, body, quota: 'other' }));
    } catch (error) {
      const { vendorCode } = error as DestinationError;
      if (vendorCode === 'DISPLAY_NAME_ALREADY_USED' || vendorCode === 'ALREADY_EXISTS') return undefined;
      throw error;
    }
  }

  async update(
    id: string,
    { name, description, membershipDays, open }: Partial<ListFields> & { open?: true },
  ): Promise<void> {
    const body = {
      ...(name === undefined ? {} : { displayName: name }),
      ...(description === undefined ? {} : { description }),
      ...(membershipDays === undefined ? {} : { membershipDuration: `${membershipDays * DAY}s` }),
      ...(open ? { membershipStatus: 'OPEN' } : {}),
    };
    const query = { updateMask: Object.keys(body).join(',') };
    await this.client.ask({
      method: 'PATCH',
      path: `${this.lists}/${encodeURIComponent(id)}`,
      query,
      body,
      quota: 'other',
    });
  }

  async send({ upload, members }: Batch<GoogleOptions>): Promise<Receipt> {
    const usable = members.flatMap(({ contactId, wire }) => (isWire(wire) ? [{ contactId, wire }] : []));
    const { requestIds, warnings, refused } = await sendAround(
      pieces(usable, IDENTIFIERS_PER_MEMBER),
      this.request(upload),
    );
    const malformed = { code: 'reach/malformed', text: ruleOf({ code: 'reach/malformed' })!.text };
    for (const { contactId, wire } of members) if (!isWire(wire)) refused.set(contactId, malformed);
    return {
      outcomes: outcomesOf(
        members.map(({ contactId }) => contactId),
        refused,
      ),
      unattributedRejects: 0,
      warnings,
      ...(requestIds.length > 0
        ? { vendorRequestId: requestIds[0], ticket: { requestIds, direction: upload.direction } }
        : {}),
    };
  }

  async finish(): Promise<Receipt> {
    return { outcomes: [], unattributedRejects: 0, warnings: [] };
  }

  async confirm(tickets: Json[]) {
    const ids = [...new Set((tickets as Ticket[]).flatMap((ticket) => ticket?.requestIds ?? []))];
    const statuses: RequestStatus[] = [];
    for (const some of chunks(ids, QUESTIONS)) {
      statuses.push(...(await Promise.all(some.map((requestId) => this.status(requestId)))).flat());
    }
    return confirmationOf(statuses);
  }

  async close(): Promise<void> {
    this.client.close();
  }

  private async status(requestId: string): Promise<RequestStatus[]> {
    const answer = await this.client.ask<{ requestStatusPerDestination?: RequestStatus[] }>({
      method: 'GET',
      path: 'requestStatus:retrieve',
      query: { requestId },
      quota: 'read',
    });
    return answer.requestStatusPerDestination ?? [{ requestStatus: 'PROCESSING' }];
  }

  private request(upload: Upload<GoogleOptions>): Send {
    return async (some) => {
      const answer = await this.client.call<MembersAnswer>({
        method: 'POST',
        path: upload.direction === 'add' ? 'audienceMembers:ingest' : 'audienceMembers:remove',
        body: { ...this.members(upload.audience.id, some), ...(upload.direction === 'add' ? agreements(upload) : {}) },
        quota: 'write',
      });
      // Without its id an acceptance could never be confirmed.
      if (!answer.requestId) throw failure([{ code: 'unreadable' }]);
      return { requestId: answer.requestId, warnings: warningsOf(answer) };
    };
  }

  private members(listId: string, some: Piece[]) {
    const { customerId, loginCustomerId } = this.settings;
    const account = (accountId: string) => ({ accountType: 'GOOGLE_ADS', accountId });
    return {
      destinations: [
        {
          operatingAccount: account(customerId),
          ...(loginCustomerId ? { loginAccount: account(loginCustomerId) } : {}),
          productDestinationId: listId,
        },
      ],
      audienceMembers: some.map(({ identifiers }) => ({
        compositeData: { userData: { userIdentifiers: identifiers } },
      })),
      encoding: 'HEX',
    };
  }

  private async list(query: Record<string, string>): Promise<UserList[]> {
    const answer = await this.client.ask<{ userLists?: RestList[] }>({
      method: 'GET',
      path: this.lists,
      query,
      quota: 'other',
    });
    return (answer.userLists ?? []).map(userList);
  }

  /** Has an upload of one made-up person validated, which changes nothing. */
  private async rehearse(listId: string): Promise<void> {
    const nobody: Piece = { contactId: '', identifiers: [{ emailAddress: 'ab'.repeat(32) }] };
    const body = { ...this.members(listId, [nobody]), ...TERMS_ACCEPTED, validateOnly: true };
    await this.client.ask({ method: 'POST', path: 'audienceMembers:ingest', body, quota: 'write' });
  }
}

const TERMS_ACCEPTED = { termsOfService: { customerMatchTermsOfServiceStatus: 'ACCEPTED' } };

/** Consent and terms only belong to adding. What is not stated is left out, which Google reads as unspecified. */
function agreements(upload: Upload<GoogleOptions>) {
  const stated = Object.entries(consentOf(upload)).filter(([, state]) => state !== undefined);
  const consent = Object.fromEntries(
    stated.map(([purpose, state]) => [purpose, state === 'granted' ? 'CONSENT_GRANTED' : 'CONSENT_DENIED']),
  );
  return { ...(stated.length > 0 ? { consent } : {}), ...TERMS_ACCEPTED };
}

function warningsOf({ fieldWarnings = [] }: MembersAnswer): string[] {
  const reasons = [...new Set(fieldWarnings.map(({ reason = 'UNSPECIFIED' }) => reason))];
  return reasons.map(
    (reason) =>
      `${reason} for ${fieldWarnings.filter((warning) => (warning.reason ?? 'UNSPECIFIED') === reason).length} fields`,
  );
}

function userList(list: RestList): UserList {
  return {
    id: list.id ?? list.name?.split('/').at(-1) ?? '',
    name: list.displayName ?? '',
    description: list.description ?? '',
    membershipDays: Math.round(Number.parseFloat(list.membershipDuration ?? '0') / DAY),
    open: list.membershipStatus !== 'CLOSED',
    readOnly: list.readOnly ?? false,
    takesContacts: list.ingestedUserListInfo?.uploadKeyTypes?.includes('CONTACT_ID') ?? true,
  };
}
