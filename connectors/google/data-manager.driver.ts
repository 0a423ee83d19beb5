import { clockPrerequisite, MOST_SKEW_MS } from '../clock-skew.ts';
import type {
  Batch,
  ConnectorEnvironment,
  EncodedMember,
  Json,
  Prerequisite,
  Receipt,
  Upload,
} from '../destination.ts';
import { DestinationError } from '../errors.ts';
import type { Paces } from '../pacing.ts';
import { DataManagerClient } from './data-manager.ts';
import { consentOf, type Driver, type ListFields, sizeOf, type UserList, withSize } from './driver.ts';
import { IDENTIFIERS_PER_MEMBER, isWire, pieces } from './encode.ts';
import { failure, ruleOf } from './failure.ts';
import { chunks, isAttributed, mergedReceipt, outcomesOf, type Send, sendAround } from './member-sender.ts';
import { AccessTokens } from './oauth.ts';
import { addition, signIn, sizesOf, testOf } from './prerequisites.ts';
import { confirmationOf, type RequestStatus, shortfallsOf } from './request-status.ts';
import type { GoogleOptions, GoogleSettings } from './settings.ts';

const SCOPE = 'https://www.googleapis.com/auth/datamanager';
const DAY = 86_400;
/**
 * A resync removes who was last added longer than this before it began: clocks may be apart by nearly as much, and who
 * was added by the resync itself must stay whatever the clocks say.
 */
const SWEEP_MARGIN_MS = 5 * 60_000;
/** Most lists of one request. @see https://developers.google.com/data-manager/api/devguides/limits */
const LISTS_PER_REQUEST = 10;
const LISTS_PER_PAGE = 1000;
const PROCESSING_WAIT = 1800;

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
  sizeInfo?: { displayNetworkMembersCount?: string | number; searchNetworkMembersCount?: string | number };
  ingestedUserListInfo?: { uploadKeyTypes?: string[]; contactIdInfo?: { matchRatePercentage?: number } };
}

interface MembersAnswer {
  requestId?: string;
  fieldWarnings?: { reason?: string }[];
}

interface MembersRequest {
  path: string;
  body: { destinations: object[]; encoding: string; validateOnly?: true };
}

interface ListPage {
  userLists?: RestList[];
  nextPageToken?: string;
}

/** `incomplete`: who of the batch belongs in the list is not known, so nobody may be swept out. */
type Ticket = { requestIds: string[]; direction: string; incomplete?: true };

/** Customer Match through the Data Manager API: every add or remove is one request, confirmed by its id later. */
export class DataManagerDriver implements Driver {
  private readonly tokens: AccessTokens;
  private readonly client: DataManagerClient;
  private readonly lists: string;

  constructor(
    private readonly settings: GoogleSettings,
    environment: ConnectorEnvironment,
    paces: Paces,
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
    const clock = clockPrerequisite(this.client.skewMs, 'Google');
    const trial = lists.find((list) => list.takesContacts && !list.readOnly);
    const terms = trial
      ? await testOf('terms', 'Customer Match terms', async () => {
          await this.tryTerms(trial.id);
          return 'A rehearsed upload was accepted.';
        })
      : addition(
          'terms',
          'Customer Match terms',
          'Google only tells with the first upload whether the Customer Match terms are accepted.',
          'TERMS_AND_CONDITIONS_NOT_SIGNED',
        );
    return [...signedIn, account, clock, ...sizesOf(lists), terms];
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
      if (isNameTaken(error)) return undefined;
      throw error;
    }
  }

  async update(
    id: string,
    { name, description, membershipDays, open }: Partial<ListFields> & { open?: true },
  ): Promise<boolean> {
    const body = {
      ...(name === undefined ? {} : { displayName: name }),
      ...(description === undefined ? {} : { description }),
      ...(membershipDays === undefined ? {} : { membershipDuration: `${membershipDays * DAY}s` }),
      ...(open ? { membershipStatus: 'OPEN' } : {}),
    };
    const query = { updateMask: Object.keys(body).join(',') };
    const path = `${this.lists}/${encodeURIComponent(id)}`;
    try {
      await this.client.ask({ method: 'PATCH', path, query, body, quota: 'other' });
      return true;
    } catch (error) {
      if (isNameTaken(error)) return false;
      throw error;
    }
  }

  send({ upload, members }: Batch<GoogleOptions>): Promise<Receipt> {
    return this.deliver(members, upload.direction, this.request(this.bodyOf(upload)));
  }

  /** Everybody is added anew, which renews the time they were last added; `sweep` does the rest. */
  replace(batch: Batch<GoogleOptions>): Promise<Receipt> {
    return this.send(batch);
  }

  /** @see https://developers.google.com/data-manager/api/devguides/audiences/customer-match/remove-all-members */
  async sweep(upload: Upload<GoogleOptions>, tickets: Json[]): Promise<Receipt> {
    const statuses = [...(await this.statuses(tickets)).values()].flat();
    const incomplete = (tickets as Ticket[]).some((ticket) => ticket?.incomplete);
    if (statuses.length === 0 || incomplete) throw failure([{ code: 'reach', subcode: 'incomplete' }]);
    const wrong = statuses.filter(({ requestStatus }) => requestStatus !== 'SUCCESS');
    if (wrong.some(({ requestStatus }) => requestStatus === 'PROCESSING'))
      throw failure([{ code: 'reach', subcode: 'not_processed' }], { retryAfterSeconds: PROCESSING_WAIT });
    if (wrong.length > 0) throw failure([{ code: 'reach', subcode: 'incomplete' }]);
    if (Math.abs(this.client.skewMs ?? 0) > MOST_SKEW_MS) throw failure([{ code: 'reach', subcode: 'clock' }]);
    // A repetition must name the same time, so it follows from the upload alone.
    const removeAsOfTime = new Date(upload.startedAt.getTime() - SWEEP_MARGIN_MS).toISOString();
    const { requestId } = await this.client.ask<MembersAnswer>({
      method: 'POST',
      path: 'audienceMembers:removeAll',
      body: { destinations: this.destinations([upload.audience.id]), removeAsOfTime },
      quota: 'write',
    });
    if (!requestId) throw failure([{ code: 'unreadable' }]);
    const ticket = { requestIds: [requestId], direction: 'remove' };
    return { outcomes: [], unattributedRejects: 0, warnings: [], vendorRequestId: requestId, ticket };
  }

  async rehearse({ upload, members }: Batch<GoogleOptions>): Promise<Receipt> {
    const { body, ...request } = this.bodyOf(upload);
    const send = this.request({ ...request, body: { ...body, validateOnly: true } });
    const { outcomes, warnings } = await this.deliver(members, upload.direction, send);
    return { outcomes, unattributedRejects: 0, warnings };
  }

  async all(): Promise<UserList[]> {
    const lists: UserList[] = [];
    let token: string | undefined;
    do {
      const query = { pageSize: String(LISTS_PER_PAGE), ...(token ? { pageToken: token } : {}) };
      const page: ListPage = await this.page(query);
      lists.push(...(page.userLists ?? []).map(userList));
      token = page.nextPageToken;
    } while (token);
    return lists;
  }

  async eraseFrom(lists: UserList[], members: EncodedMember[]): Promise<Receipt> {
    const ids = lists.map(({ id }) => id);
    const receipts: Receipt[] = [];
    for (const some of chunks(ids, LISTS_PER_REQUEST)) {
      const body = { destinations: this.destinations(some), encoding: 'HEX' };
      receipts.push(await this.deliver(members, 'remove', this.request({ path: 'audienceMembers:remove', body })));
    }
    return mergedReceipt(members, receipts);
  }

  private async deliver(members: EncodedMember[], direction: string, send: Send): Promise<Receipt> {
    const usable = members.flatMap(({ contactId, wire }) => (isWire(wire) ? [{ contactId, wire }] : []));
    const { requestIds, warnings, refused } = await sendAround(pieces(usable, IDENTIFIERS_PER_MEMBER), send);
    for (const { contactId, wire } of members) if (!isWire(wire)) refused.set(contactId, MALFORMED);
    const attributed = isAttributed(refused);
    const ticket: Ticket = { requestIds, direction, ...(attributed ? {} : { incomplete: true }) };
    return {
      outcomes: outcomesOf(
        members.map(({ contactId }) => contactId),
        refused,
      ),
      unattributedRejects: 0,
      warnings,
      ...(requestIds.length > 0 ? { vendorRequestId: requestIds[0] } : {}),
      ...(requestIds.length > 0 || !attributed ? { ticket } : {}),
    };
  }

  async finish(): Promise<Receipt> {
    return { outcomes: [], unattributedRejects: 0, warnings: [] };
  }

  async confirm(tickets: Json[], listId: string) {
    const statuses = await this.statuses(tickets);
    const confirmation = confirmationOf([...statuses.values()].flat());
    const ofTicket = (ticket: Json) => ((ticket as Ticket)?.requestIds ?? []).flatMap((id) => statuses.get(id) ?? []);
    const shortfalls = confirmation.state === 'partial' ? { shortfalls: shortfallsOf(tickets.map(ofTicket)) } : {};
    return withSize({ ...confirmation, ...shortfalls }, () => this.find(listId));
  }

  async close(): Promise<void> {
    this.client.close();
  }

  /** By request. */
  private async statuses(tickets: Json[]): Promise<Map<string, RequestStatus[]>> {
    const ids = [...new Set((tickets as Ticket[]).flatMap((ticket) => ticket?.requestIds ?? []))];
    const statuses = new Map<string, RequestStatus[]>();
    for (const some of chunks(ids, QUESTIONS)) {
      const answers = await Promise.all(some.map((requestId) => this.status(requestId)));
      for (const [i, requestId] of some.entries()) statuses.set(requestId, answers[i]!);
    }
    return statuses;
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

  /** Everything of an upload's requests but the members. */
  private bodyOf(upload: Upload<GoogleOptions>): MembersRequest {
    const adds = upload.direction === 'add';
    const body = { destinations: this.destinations([upload.audience.id]), encoding: 'HEX' };
    return adds
      ? { path: 'audienceMembers:ingest', body: { ...body, ...agreements(upload) } }
      : { path: 'audienceMembers:remove', body };
  }

  private request({ path, body }: MembersRequest): Send {
    return async (some) => {
      const audienceMembers = some.map(({ identifiers }) => ({
        compositeData: { userData: { userIdentifiers: identifiers } },
      }));
      const answer = await this.client.call<MembersAnswer>({
        method: 'POST',
        path,
        body: { ...body, audienceMembers },
        quota: 'write',
      });
      // Without its id an acceptance could never be confirmed.
      if (!answer.requestId && !body.validateOnly) throw failure([{ code: 'unreadable' }]);
      return { requestId: answer.requestId ?? '', warnings: warningsOf(answer) };
    };
  }

  private destinations(listIds: string[]): object[] {
    const { customerId, loginCustomerId } = this.settings;
    const account = (accountId: string) => ({ accountType: 'GOOGLE_ADS', accountId });
    return listIds.map((listId) => ({
      operatingAccount: account(customerId),
      ...(loginCustomerId ? { loginAccount: account(loginCustomerId) } : {}),
      productDestinationId: listId,
    }));
  }

  private async list(query: Record<string, string>): Promise<UserList[]> {
    return ((await this.page(query)).userLists ?? []).map(userList);
  }

  private page(query: Record<string, string>): Promise<ListPage> {
    return this.client.ask<ListPage>({ method: 'GET', path: this.lists, query, quota: 'other' });
  }

  /** Has an upload of one made-up person validated, which changes nothing. */
  private async tryTerms(listId: string): Promise<void> {
    const nobody = { compositeData: { userData: { userIdentifiers: [{ emailAddress: 'ab'.repeat(32) }] } } };
    const body = { destinations: this.destinations([listId]), audienceMembers: [nobody], encoding: 'HEX' };
    await this.client.ask({
      method: 'POST',
      path: 'audienceMembers:ingest',
      body: { ...body, ...TERMS_ACCEPTED, validateOnly: true },
      quota: 'write',
    });
  }
}

const MALFORMED = {
  verdict: 'rejected' as const,
  code: 'reach/malformed',
  text: ruleOf({ code: 'reach/malformed' })!.text,
};

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

function isNameTaken(error: unknown): boolean {
  const { vendorCode } = error as DestinationError;
  return vendorCode === 'DISPLAY_NAME_ALREADY_USED' || vendorCode === 'ALREADY_EXISTS';
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
    size: sizeOf(list.sizeInfo?.displayNetworkMembersCount, list.sizeInfo?.searchNetworkMembersCount),
    matchRatePercent: list.ingestedUserListInfo?.contactIdInfo?.matchRatePercentage,
  };
}
