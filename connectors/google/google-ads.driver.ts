import type {
  Batch,
  Confirmation,
  ConnectorEnvironment,
  EncodedMember,
  Json,
  Prerequisite,
  Receipt,
  Upload,
} from '../destination.ts';
import { DestinationError } from '../errors.ts';
import { consentOf, type Driver, type ListFields, type UserList, withSize } from './driver.ts';
import { type Piece, pieces } from './encode.ts';
import { failure, nameOf, ruleOf } from './failure.ts';
import {
  blame,
  callsOf,
  IDENTIFIERS_PER_OPERATION,
  malformedOf,
  operationOf,
  shifted,
  usableOf,
} from './google-ads.operations.ts';
import {
  type AdsList,
  confirmationOf,
  JOB_FIELDS,
  type Job,
  LIST_FIELDS,
  select,
  userList,
} from './google-ads.rows.ts';
import { type Fault, GoogleAdsClient, type PartialStatus } from './google-ads.ts';
import { mergedReceipt, outcomesOf } from './member-sender.ts';
import { AccessTokens } from './oauth.ts';
import { addition, signIn, sizesOf, testOf } from './prerequisites.ts';
import type { GoogleOptions, GoogleSettings } from './settings.ts';

const SCOPE = 'https://www.googleapis.com/auth/adwords';
/** Jobs that one upload may need: a new one when the last was started before all batches were in it. */
const GENERATIONS = 16;

const TOO_LARGE = 'databaseError/REQUEST_TOO_LARGE';
const OUT_OF_ORDER = 'offlineUserDataJobError/INVALID_OPERATION_ORDER';

const JOBS = 'OfflineUserDataJobServiceClient';
const LISTS = 'UserListServiceClient';

/** A job that takes operations. The first one of an upload has generation 0. */
interface OpenJob {
  name: string;
  generation: number;
}

/**
 * Customer Match through the Google Ads API: an upload is one offline user data job, filled batch by batch and run at
 * the end. A job is found again by its external id, so a restart goes on filling it and never runs half of it.
 */
export class GoogleAdsDriver implements Driver {
  private readonly tokens: AccessTokens;
  private readonly client: GoogleAdsClient;
  /** Jobs that still take operations, by upload. */
  private readonly open = new Map<string, Promise<OpenJob>>();

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
    return [...signedIn, known, account, ...sizesOf(lists), allowed];
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
  ): Promise<boolean> {
    const changes = {
      ...(name === undefined ? {} : { name }),
      ...(description === undefined ? {} : { description }),
      ...(membershipDays === undefined ? {} : { membership_life_span: String(membershipDays) }),
      ...(open ? { membership_status: 'OPEN' } : {}),
    };
    const update = { resource_name: this.listName(id), ...changes };
    try {
      await this.mutate({ update, update_mask: { paths: Object.keys(changes) } });
      return true;
    } catch (error) {
      if ((error as DestinationError).vendorCode === 'userListError/NAME_ALREADY_USED') return false;
      throw error;
    }
  }

  send(batch: Batch<GoogleOptions>): Promise<Receipt> {
    return this.deliver(batch, false);
  }

  /** The very first call of the upload's first job begins with the removal of everybody. */
  replace(batch: Batch<GoogleOptions>): Promise<Receipt> {
    return this.deliver(batch, batch.seq === 1);
  }

  /** The job that adds has removed everybody before. */
  async sweep(): Promise<Receipt> {
    return { outcomes: [], unattributedRejects: 0, warnings: [] };
  }

  /** Operations can only be judged within a job, so what is rehearsed is that the job would be let in. */
  async rehearse({ upload, members }: Batch<GoogleOptions>): Promise<Receipt> {
    if (members.length > 0) {
      const request = { customer_id: this.settings.customerId, job: this.job(upload.audience.id, upload) };
      await this.client.call(JOBS, 'createOfflineUserDataJob', { ...request, validate_only: true });
    }
    const contactIds = members.map(({ contactId }) => contactId);
    return { outcomes: outcomesOf(contactIds, malformedOf(members)), unattributedRejects: 0, warnings: [] };
  }

  all(): Promise<UserList[]> {
    return this.lists('');
  }

  /** A job for each list, since a job changes one. */
  async eraseFrom(lists: UserList[], members: EncodedMember[]): Promise<Receipt> {
    const calls = callsOf(pieces(usableOf(members), IDENTIFIERS_PER_OPERATION));
    const receipts: Receipt[] = [];
    for (const { id } of calls.length > 0 ? lists : []) {
      const request = { customer_id: this.settings.customerId, job: this.job(id) };
      const { resource_name: job } = await this.client.call<Job>(JOBS, 'createOfflineUserDataJob', request);
      const refused = malformedOf(members);
      let unattributedRejects = 0;
      for (const call of calls) {
        const operations = call.map(({ identifiers }) => operationOf('remove', identifiers));
        const { faults } = await this.addTo(job, operations);
        unattributedRejects += blame(faults, call, refused);
      }
      await this.run(job);
      const contactIds = members.map(({ contactId }) => contactId);
      receipts.push({
        outcomes: outcomesOf(contactIds, refused),
        unattributedRejects,
        warnings: [],
        vendorRequestId: job,
        ticket: { jobs: [job] },
      });
    }
    return mergedReceipt(members, receipts);
  }

  private async deliver({ upload, members }: Batch<GoogleOptions>, removesAll: boolean): Promise<Receipt> {
    const refused = malformedOf(members);
    const receipt: Receipt = { outcomes: [], unattributedRejects: 0, warnings: [] };
    const jobs = new Set<string>();
    for (const [n, call] of callsOf(pieces(usableOf(members), IDENTIFIERS_PER_OPERATION)).entries()) {
      const { job, faults, warnings } = await this.fill(upload, call, removesAll && n === 0);
      jobs.add(job);
      receipt.warnings.push(...warnings);
      receipt.unattributedRejects += blame(faults, call, refused);
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
    const jobs = filled ? [{ resource_name: filled.name, status: 'PENDING' }] : await this.jobsOf(upload);
    for (const job of jobs.filter(({ status }) => status === 'PENDING')) await this.run(job.resource_name);
    this.open.delete(upload.id);
    const names = jobs.map((job) => job.resource_name);
    const receipt = { outcomes: [], unattributedRejects: 0, warnings: [] };
    return names.length > 0 ? { ...receipt, ticket: { jobs: names }, vendorRequestId: names[0] } : receipt;
  }

  async confirm(tickets: Json[], listId: string): Promise<Confirmation> {
    const names = (tickets as { jobs?: string[] }[]).map((ticket) => ticket?.jobs ?? []);
    const jobs: Job[] = [];
    for (const name of new Set(names.flat())) jobs.push(...(await this.jobs('resource_name', `'${name}'`)));
    return withSize(confirmationOf(names, jobs), () => this.find(listId));
  }

  close(): Promise<void> {
    return this.client.close();
  }

  /** Adds operations to the upload's job; a job that was started meanwhile is followed by another, as often as one may be. */
  private async fill(
    upload: Upload<GoogleOptions>,
    some: Piece[],
    removesAll: boolean,
    jobsLeft = GENERATIONS,
  ): Promise<{ job: string; faults: Fault[]; warnings: string[] }> {
    const { name, generation } = await this.openJob(upload);
    const way = upload.direction === 'add' ? 'create' : 'remove';
    // A later job follows one that removed everybody already.
    const first = removesAll && generation === 0 ? [{ remove_all: true }] : [];
    try {
      const operations = [...first, ...some.map(({ identifiers }) => operationOf(way, identifiers))];
      const { faults, warnings } = await this.addTo(name, operations);
      return { job: name, faults: faults.map((fault) => shifted(fault, first.length)), warnings };
    } catch (error) {
      const { vendorCode } = error as DestinationError;
      // This very call was received in an earlier try, with the removal in front.
      if (first.length > 0 && vendorCode === OUT_OF_ORDER) return this.fill(upload, some, false, jobsLeft);
      if (vendorCode !== 'offlineUserDataJobError/JOB_ALREADY_STARTED' || jobsLeft === 1) throw error;
      this.open.delete(upload.id);
      return this.fill(upload, some, removesAll, jobsLeft - 1);
    }
  }

  /** Adds operations, in halves when they are too large together. */
  private async addTo(job: string, operations: object[]): Promise<{ faults: Fault[]; warnings: string[] }> {
    try {
      return await this.addAtOnce(job, operations);
    } catch (error) {
      if ((error as DestinationError).vendorCode !== TOO_LARGE || operations.length < 2) throw error;
      const middle = Math.ceil(operations.length / 2);
      const before = await this.addTo(job, operations.slice(0, middle));
      const after = await this.addTo(job, operations.slice(middle));
      return {
        faults: [...before.faults, ...after.faults.map((fault) => shifted(fault, -middle))],
        warnings: [...before.warnings, ...after.warnings],
      };
    }
  }

  private async addAtOnce(job: string, operations: object[]): Promise<{ faults: Fault[]; warnings: string[] }> {
    const answer = await this.client.call<{ partial_failure_error?: PartialStatus; warning?: PartialStatus }>(
      JOBS,
      'addOfflineUserDataJobOperations',
      { resource_name: job, enable_partial_failure: true, enable_warnings: true, operations },
    );
    const faults = this.client.faults(answer.partial_failure_error);
    const general = faults.find(({ code }) => (ruleOf(code)?.code ?? 'payload') !== 'payload');
    if (general) throw failure([general.code], general);
    return { faults, warnings: this.client.faults(answer.warning).map(({ code }) => nameOf(code)) };
  }

  private openJob(upload: Upload<GoogleOptions>): Promise<OpenJob> {
    const opening = this.open.get(upload.id) ?? this.createOrFindJob(upload);
    this.open.set(upload.id, opening);
    opening.catch(() => this.open.delete(upload.id));
    return opening;
  }

  private async createOrFindJob(upload: Upload<GoogleOptions>): Promise<OpenJob> {
    for (let generation = 0; generation < GENERATIONS; generation++) {
      const id = externalId(upload, generation);
      const created = await this.createJob(upload, id);
      if (created) return { name: created, generation };
      const [there] = await this.jobs('external_id', id);
      // Passing it over could leave its members behind, so it must be seen first.
      if (!there) throw failure([{ code: 'offlineUserDataJobError', subcode: 'EXTERNAL_UPDATE_ID_ALREADY_EXISTS' }]);
      if (there.status === 'PENDING') return { name: there.resource_name, generation };
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
    const rows = await this.client.search<{ offline_user_data_job: Job }>(
      select('offline_user_data_job', JOB_FIELDS, `WHERE offline_user_data_job.${field} = ${value}`),
    );
    return rows.map((row) => row.offline_user_data_job);
  }

  private async lists(rest: string): Promise<UserList[]> {
    const rows = await this.client.search<{ user_list: AdsList }>(select('user_list', LIST_FIELDS, rest));
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

/** Unique to upload and generation, the same after a restart; int64, so it travels as text. */
const externalId = ({ sessionId }: Upload, generation: number): string =>
  String(BigInt(sessionId) * BigInt(GENERATIONS) + BigInt(generation));
