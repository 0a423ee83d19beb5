import {
  type Batch,
  type Confirmation,
  type ConnectorEnvironment,
  DestinationError,
  type Json,
  type Prerequisite,
  type Receipt,
  type Upload,
} from '../destination.ts';
import { consentOf, type Driver, type ListFields, type UserList } from './driver.ts';
import { type Identifier, isWire, type Piece, pieces } from './encode.ts';
import { failure, nameOf, ruleOf } from './failure.ts';
import { type Fault, GoogleAdsClient, type PartialStatus } from './google-ads.ts';
import { outcomesOf } from './member-sender.ts';
import { AccessTokens } from './oauth.ts';
import { addition, signIn, testOf } from './prerequisites.ts';
import { matchRateOf } from './request-status.ts';
import type { GoogleOptions, GoogleSettings } from './settings.ts';

const SCOPE = 'https://www.googleapis.com/auth/adwords';
/** Most identifiers of one operation. @see https://developers.google.com/google-ads/api/docs/remarketing/audience-segments/customer-match/get-started */
export const IDENTIFIERS_PER_OPERATION = 20;
/** Google recommends at most this many identifiers a call. */
const IDENTIFIERS_PER_CALL = 10_000;
/** Jobs that one upload may need: a new one when the last was started before all batches were in it. */
const GENERATIONS = 16;

const JOBS = 'OfflineUserDataJobServiceClient';
const LISTS = 'UserListServiceClient';

interface Job {
  resource_name: string;
  status: string;
  failure_reason?: string;
  operation_metadata?: { match_rate_range?: string } | null;
}

interface AdsList {
  id: string;
  name: string;
  description?: string;
  membership_life_span?: string;
  membership_status?: string;
  read_only?: boolean;
  type?: string;
  crm_based_user_list?: { upload_key_type?: string } | null;
}

/**
 * Customer Match through the Google Ads API: an upload is one offline user data job, filled batch by batch and run at
 * the end. A job is found again by its external id, so a restart goes on filling it and never runs half of it.
 */
export class GoogleAdsDriver implements Driver {
  private readonly tokens: AccessTokens;
  private readonly client: GoogleAdsClient;
  /** Jobs that still take operations, by upload. */
  private readonly open = new Map<string, Promise<string>>();

  constructor(
    private readonly settings: GoogleSettings,
    environment: ConnectorEnvironment,
  ) {
    this.tokens = new AccessTokens(settings, environment);
    this.client = new GoogleAdsClient(settings, environment, this.tokens);
  }

  async check(): Promise<Prerequisite[]> {
    const signedIn = await signIn(this.tokens, SCOPE);
    if (signedIn.some(({ ok }) => !ok)) return signedIn;
    let lists: UserList[] = [];
    const account = await testOf('account', 'Google Ads account', async () => {
      lists = await this.lists('LIMIT 50');
      return `Account ${this.settings.customerId} can be reached.`;
    });
    const known = await testOf('developer-token', 'Developer token', async () => 'Google knows the developer token.');
    if (!account.ok && /developer token/i.test(account.detail))
      return [...signedIn, { ...account, name: known.name, title: known.title }];
    if (!account.ok) return [...signedIn, account];
    const trial = lists.find((list) => list.takesContacts && !list.readOnly);
    const allowed = trial
      ? await testOf('allow-list', 'Customer Match allow-list', async () => {
          await this.client.call(JOBS, 'createOfflineUserDataJob', {
            customer_id: this.settings.customerId,
            job: this.job(trial.id),
            validate_only: true,
          });
          return 'The developer token may upload to Customer Match.';
        })
      : addition(
          'allow-list',
          'Customer Match allow-list',
          'Google only tells with the first upload whether the developer token may use Customer Match.',
          'notAllowlistedError',
          'CUSTOMER_NOT_ALLOWLISTED_FOR_THIS_FEATURE',
        );
    return [...signedIn, known, account, allowed];
  }

  async find(id: string): Promise<UserList | undefined> {
    const [list] = /^\d+$/.test(id) ? await this.lists(`WHERE user_list.id = ${id}`) : [];
    return list;
  }

  async findByName(name: string): Promise<UserList | undefined> {
    const lists = await this.lists(`WHERE user_list.name = '${name.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`);
    return lists.find((list) => list.name === name);
  }

  async create({ name, description, membershipDays }: ListFields): Promise<UserList | undefined> {
    const create = {
      name,
      description,
      membership_status: 'OPEN',
      membership_life_span: String(membershipDays),
      crm_based_user_list: { upload_key_type: 'CONTACT_INFO', data_source_type: 'FIRST_PARTY' },
    };
    try {
      const { results } = await this.mutate({ create });
      const id = results[0]?.resource_name.split('/').at(-1) ?? '';
      return { id, name, description, membershipDays, open: true, readOnly: false, takesContacts: true };
    } catch (error) {
      const { vendorCode } = error as DestinationError;
      if (vendorCode === 'userListError/NAME_ALREADY_USED' || vendorCode === 'userListError/INVALID_NAME')
        return undefined;
      throw error;
    }
  }

  async update(
    id: string,
    { name, description, membershipDays, open }: Partial<ListFields> & { open?: true },
  ): Promise<void> {
    const changes = {
      ...(name === undefined ? {} : { name }),
      ...(description === undefined ? {} : { description }),
      ...(membershipDays === undefined ? {} : { membership_life_span: String(membershipDays) }),
      ...(open ? { membership_status: 'OPEN' } : {}),
    };
    await this.mutate({
      update: { resource_name: this.listName(id), ...changes },
      update_mask: { paths: Object.keys(changes) },
    });
  }

  async send({ upload, members }: Batch<GoogleOptions>): Promise<Receipt> {
    const usable = members.flatMap(({ contactId, wire }) => (isWire(wire) ? [{ contactId, wire }] : []));
    const refused = new Map<string, { code: string; text: string }>();
    for (const { contactId, wire } of members)
      if (!isWire(wire)) refused.set(contactId, told({ code: 'reach', subcode: 'malformed' }));
    const receipt: Receipt = { outcomes: [], unattributedRejects: 0, warnings: [] };
    const jobs = new Set<string>();
    for (const call of callsOf(pieces(usable, IDENTIFIERS_PER_OPERATION))) {
      const { job, faults, warnings } = await this.fill(upload, call);
      jobs.add(job);
      receipt.warnings.push(...warnings);
      for (const { code, operation } of faults) {
        const accused = operation === undefined ? undefined : call[operation];
        if (accused) refused.set(accused.contactId, told(code));
        else receipt.unattributedRejects++;
      }
    }
    receipt.outcomes = outcomesOf(
      members.map(({ contactId }) => contactId),
      refused,
    );
    return jobs.size > 0 ? { ...receipt, ticket: { jobs: [...jobs] }, vendorRequestId: [...jobs][0] } : receipt;
  }

  /** Runs what is filled. Nothing to run when no batch had a member, or when it runs already. */
  async finish(upload: Upload<GoogleOptions>): Promise<Receipt> {
    const filled = await this.open.get(upload.id);
    const jobs = filled ? [{ resource_name: filled, status: 'PENDING' }] : await this.jobsOf(upload);
    for (const job of jobs.filter(({ status }) => status === 'PENDING')) await this.run(job.resource_name);
    this.open.delete(upload.id);
    const names = jobs.map((job) => job.resource_name);
    const receipt = { outcomes: [], unattributedRejects: 0, warnings: [] };
    return names.length > 0 ? { ...receipt, ticket: { jobs: names }, vendorRequestId: names[0] } : receipt;
  }

  async confirm(tickets: Json[]): Promise<Confirmation> {
    const names = [...new Set((tickets as { jobs?: string[] }[]).flatMap((ticket) => ticket?.jobs ?? []))];
    const jobs: Job[] = [];
    for (const name of names) jobs.push(...(await this.jobs('resource_name', `'${name}'`)));
    return confirmationOf(names.length, jobs);
  }

  close(): Promise<void> {
    return this.client.close();
  }

  /** Adds operations to the upload's job; a job that was started meanwhile is followed by another, as often as one may be. */
  private async fill(
    upload: Upload<GoogleOptions>,
    some: Piece[],
    jobsLeft = GENERATIONS,
  ): Promise<{ job: string; faults: Fault[]; warnings: string[] }> {
    const job = await this.openJob(upload);
    try {
      const answer = await this.client.call<{ partial_failure_error?: PartialStatus; warning?: PartialStatus }>(
        JOBS,
        'addOfflineUserDataJobOperations',
        {
          resource_name: job,
          enable_partial_failure: true,
          enable_warnings: true,
          operations: some.map(({ identifiers }) => ({
            [upload.direction === 'add' ? 'create' : 'remove']: { user_identifiers: identifiers.map(userIdentifier) },
          })),
        },
      );
      const faults = this.client.faults(answer.partial_failure_error);
      const general = faults.find(({ code }) => (ruleOf(code)?.code ?? 'payload') !== 'payload');
      if (general) throw failure([general.code], general);
      return { job, faults, warnings: this.client.faults(answer.warning).map(({ code }) => nameOf(code)) };
    } catch (error) {
      const started = (error as DestinationError).vendorCode === 'offlineUserDataJobError/JOB_ALREADY_STARTED';
      if (!started || jobsLeft === 1) throw error;
      this.open.delete(upload.id);
      return this.fill(upload, some, jobsLeft - 1);
    }
  }

  private openJob(upload: Upload<GoogleOptions>): Promise<string> {
    const opening = this.open.get(upload.id) ?? this.createOrFindJob(upload);
    this.open.set(upload.id, opening);
    opening.catch(() => this.open.delete(upload.id));
    return opening;
  }

  private async createOrFindJob(upload: Upload<GoogleOptions>): Promise<string> {
    for (let generation = 0; generation < GENERATIONS; generation++) {
      const id = externalId(upload, generation);
      const created = await this.createJob(upload, id);
      if (created) return created;
      const [there] = await this.jobs('external_id', id);
      // Passing it over could leave its members behind, so it must be seen first.
      if (!there) throw failure([{ code: 'offlineUserDataJobError', subcode: 'EXTERNAL_UPDATE_ID_ALREADY_EXISTS' }]);
      if (there.status === 'PENDING') return there.resource_name;
    }
    throw new DestinationError('unknown', 'The upload was started too many times. Start a new run.');
  }

  /** @returns undefined when there is a job of this external id already */
  private async createJob(upload: Upload<GoogleOptions>, id: string): Promise<string | undefined> {
    const request = {
      customer_id: this.settings.customerId,
      job: { ...this.job(upload.audience.id, upload), external_id: id },
      enable_match_rate_range_preview: true,
    };
    try {
      const { resource_name: name } = await this.client.call<Job>(JOBS, 'createOfflineUserDataJob', request);
      return name;
    } catch (error) {
      if ((error as DestinationError).vendorCode === 'offlineUserDataJobError/EXTERNAL_UPDATE_ID_ALREADY_EXISTS')
        return undefined;
      throw error;
    }
  }

  /** Consent belongs to the job, and only to adding; what is not stated stays unset. */
  private job(listId: string, upload?: Upload<GoogleOptions>) {
    const { adUserData, adPersonalization } = upload?.direction === 'add' ? consentOf(upload) : {};
    const consent = {
      ...(adUserData ? { ad_user_data: adUserData.toUpperCase() } : {}),
      ...(adPersonalization ? { ad_personalization: adPersonalization.toUpperCase() } : {}),
    };
    return {
      type: 'CUSTOMER_MATCH_USER_LIST',
      customer_match_user_list_metadata: {
        user_list: this.listName(listId),
        ...(Object.keys(consent).length > 0 ? { consent } : {}),
      },
    };
  }

  private async run(name: string): Promise<void> {
    try {
      await this.client.call(JOBS, 'runOfflineUserDataJob', { resource_name: name });
    } catch (error) {
      if ((error as DestinationError).vendorCode !== 'offlineUserDataJobError/JOB_ALREADY_STARTED') throw error;
    }
  }

  /** Every job an upload has had, in earlier processes too. */
  private async jobsOf(upload: Upload<GoogleOptions>): Promise<Job[]> {
    const all: Job[] = [];
    for (let generation = 0; generation < GENERATIONS; generation++) {
      const found = await this.jobs('external_id', externalId(upload, generation));
      if (found.length === 0) break;
      all.push(...found);
    }
    return all;
  }

  private async jobs(field: 'resource_name' | 'external_id', value: string): Promise<Job[]> {
    const fields = [
      'resource_name',
      'id',
      'external_id',
      'status',
      'failure_reason',
      'operation_metadata.match_rate_range',
    ];
    const rows = await this.client.search<{ offline_user_data_job: Job }>(
      select('offline_user_data_job', fields, `WHERE offline_user_data_job.${field} = ${value}`),
    );
    return rows.map((row) => row.offline_user_data_job);
  }

  private async lists(rest: string): Promise<UserList[]> {
    const fields = [
      'resource_name',
      'id',
      'name',
      'description',
      'membership_life_span',
      'membership_status',
      'read_only',
      'type',
      'crm_based_user_list.upload_key_type',
    ];
    const rows = await this.client.search<{ user_list: AdsList }>(select('user_list', fields, rest));
    return rows.map((row) => userList(row.user_list));
  }

  private mutate(operation: object): Promise<{ results: { resource_name: string }[] }> {
    return this.client.call(LISTS, 'mutateUserLists', {
      customer_id: this.settings.customerId,
      operations: [operation],
    });
  }

  private listName(id: string): string {
    return `customers/${this.settings.customerId}/userLists/${id}`;
  }
}

const select = (resource: string, fields: string[], rest: string): string =>
  `SELECT ${fields.map((field) => `${resource}.${field}`).join(', ')} FROM ${resource} ${rest}`;

/** Unique to upload and generation, the same after a restart; int64, so it travels as text. */
const externalId = ({ sessionId }: Upload, generation: number): string =>
  String(BigInt(sessionId) * BigInt(GENERATIONS) + BigInt(generation));

const told = (code: Fault['code']) => ({
  code: nameOf(code),
  text: ruleOf(code)?.text ?? `Google refused this member: ${nameOf(code)}.`,
});

/** Groups operations so that no call holds more identifiers than Google recommends. */
function callsOf(all: Piece[]): Piece[][] {
  const calls: Piece[][] = [];
  let room = 0;
  for (const piece of all) {
    if (piece.identifiers.length > room) {
      calls.push([]);
      room = IDENTIFIERS_PER_CALL;
    }
    calls.at(-1)!.push(piece);
    room -= piece.identifiers.length;
  }
  return calls;
}

function userIdentifier(identifier: Identifier): object {
  if ('emailAddress' in identifier) return { hashed_email: identifier.emailAddress };
  if ('phoneNumber' in identifier) return { hashed_phone_number: identifier.phoneNumber };
  const { givenName, familyName, regionCode, postalCode } = identifier.address;
  return {
    address_info: {
      hashed_first_name: givenName,
      hashed_last_name: familyName,
      country_code: regionCode,
      postal_code: postalCode,
    },
  };
}

function userList(list: AdsList): UserList {
  return {
    id: String(list.id),
    name: list.name,
    description: list.description ?? '',
    membershipDays: Number(list.membership_life_span ?? 0),
    open: list.membership_status !== 'CLOSED',
    readOnly: list.read_only ?? false,
    takesContacts:
      /^(CONTACT_INFO|UN\w+)$/.test(list.crm_based_user_list?.upload_key_type ?? 'UNKNOWN') &&
      /^(CRM_BASED|UN\w+)$/.test(list.type ?? 'UNKNOWN'),
  };
}

/** A job is done or failed as a whole; single operations were already answered when they were added. */
function confirmationOf(asked: number, jobs: Job[]): Confirmation {
  const failed = jobs.filter(({ status }) => status === 'FAILED');
  const done = jobs.filter(({ status }) => status === 'SUCCESS').length;
  const pending = asked - done - failed.length;
  const matchRate = matchRateOf(jobs.flatMap((job) => job.operation_metadata?.match_rate_range ?? []));
  const state = pending > 0 ? 'pending' : failed.length === 0 ? 'confirmed' : done === 0 ? 'failed' : 'partial';
  const reasons = [
    ...new Set(failed.flatMap(({ failure_reason: reason }) => (reason && !/^UN/.test(reason) ? reason : []))),
  ];
  const parts = [
    `${done} processed`,
    ...(failed.length > 0 ? [`${failed.length} failed`] : []),
    ...(pending > 0 ? [`${pending} still in progress`] : []),
  ];
  return {
    state,
    detail: [
      `${asked} upload job${asked === 1 ? '' : 's'}: ${parts.join(', ')}.`,
      ...reasons,
      ...(matchRate ? [`Match rate ${matchRate}.`] : []),
    ].join(' '),
    ...(matchRate ? { matchRate } : {}),
    rejects: [],
    warnings: [],
  };
}
