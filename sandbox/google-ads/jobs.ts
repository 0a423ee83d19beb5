import { CUSTOMER_ID, type GoogleState, type UserList } from '../google/state.ts';
import { AdsError, type AdsProblem, type FieldPath, refuse } from './failures.ts';
import { readUserData, type UserData } from './user-data.ts';
import { findList } from './user-lists.ts';

const MAX_IDENTIFIERS = 100_000;
const JOB_LIFE_MS = 5 * 86_400_000;

interface Consent {
  ad_user_data?: string;
  ad_personalization?: string;
}
export interface CreateJob {
  job?: {
    type?: string;
    external_id?: string;
    customer_match_user_list_metadata?: { user_list?: string; consent?: Consent };
  };
  validate_only?: boolean;
  enable_match_rate_range_preview?: boolean;
}
interface JobOperation {
  create?: UserData;
  remove?: UserData;
  remove_all?: boolean;
}
export interface AddOperations {
  resource_name?: string;
  operations?: JobOperation[];
  enable_partial_failure?: boolean;
  enable_warnings?: boolean;
  validate_only?: boolean;
}

/** An offline user data job and the operations it will carry out when run. */
export interface Job {
  id: string;
  resourceName: string;
  externalId?: string;
  type: string;
  list: UserList;
  consent?: Consent;
  previewsMatchRate: boolean;
  createdAt: Date;
  status: 'PENDING' | 'RUNNING' | 'SUCCESS' | 'FAILED';
  /** Questions left before a running job is done. */
  polls: number;
  way?: 'create' | 'remove' | 'remove_all';
  operations: { way: 'create' | 'remove'; identifiers: string[] }[];
  removesAll: boolean;
}

/** What one AddOperations request would change, before it is known to be acceptable. */
type Batch = Pick<Job, 'way' | 'removesAll' | 'operations'> & { problems: AdsProblem[]; warnings: AdsProblem[] };

const jobError = (code: string, message: string, path?: FieldPath) =>
  refuse('offline_user_data_job_error', code, message, path);

/** The jobs of the account. */
export class Jobs {
  readonly all = new Map<string, Job>();
  private readonly state: GoogleState;

  constructor(state: GoogleState) {
    this.state = state;
  }

  create({ job = {}, validate_only, enable_match_rate_range_preview }: CreateJob): string {
    const type = job.type ?? 'UNSPECIFIED';
    if (type !== 'CUSTOMER_MATCH_USER_LIST' && type !== 'CUSTOMER_MATCH_WITH_ATTRIBUTES')
      throw refuse('request_error', 'REQUIRED_FIELD_MISSING', 'job.type must be a customer match type.', [
        ['job'],
        ['type'],
      ]);
    const metadata = job.customer_match_user_list_metadata;
    const list = findList(this.state, metadata?.user_list);
    if (!list)
      throw jobError('INVALID_USER_LIST_ID', 'The user list ID provided for the job is invalid.', [
        ['job'],
        ['customer_match_user_list_metadata'],
        ['user_list'],
      ]);
    const denied = Object.values(metadata?.consent ?? {}).includes('DENIED');
    if (denied || !this.state.options.termsSigned)
      throw jobError(
        'CUSTOMER_NOT_ACCEPTED_CUSTOMER_DATA_TERMS',
        'The customer has not accepted the customer data terms, or consent was denied.',
      );
    const externalId = job.external_id;
    if (externalId && [...this.all.values()].some((other) => other.externalId === externalId))
      throw jobError('EXTERNAL_UPDATE_ID_ALREADY_EXISTS', 'An upload with this external ID already exists.', [
        ['job'],
        ['external_id'],
      ]);
    if (validate_only) return '';
    const id = this.state.nextId();
    const resourceName = `customers/${CUSTOMER_ID}/offlineUserDataJobs/${id}`;
    this.all.set(resourceName, {
      id,
      resourceName,
      externalId,
      type,
      list,
      consent: metadata?.consent,
      previewsMatchRate: enable_match_rate_range_preview === true,
      createdAt: this.state.clock.now(),
      status: 'PENDING',
      polls: 0,
      operations: [],
      removesAll: false,
    });
    return resourceName;
  }

  /** Adds operations; returns the failures of single operations and the warnings. */
  add(request: AddOperations): { problems: AdsProblem[]; warnings: AdsProblem[] } {
    const job = this.find(request.resource_name);
    if (job.status !== 'PENDING')
      throw jobError('JOB_ALREADY_STARTED', 'No operations can be added to a job that was started.');
    const operations = request.operations ?? [];
    if (operations.length === 0)
      throw refuse('request_error', 'REQUIRED_FIELD_MISSING', 'operations is required.', [['operations']]);
    const total = operations.reduce((sum, o) => sum + ((o.create ?? o.remove)?.user_identifiers?.length ?? 0), 0);
    if (total > MAX_IDENTIFIERS)
      throw jobError('TOO_MANY_USER_IDENTIFIERS', 'At most 100,000 user identifiers are allowed in a request.', [
        ['operations'],
      ]);
    const batch: Batch = { way: job.way, removesAll: job.removesAll, operations: [], problems: [], warnings: [] };
    for (const [index, operation] of operations.entries()) this.read(job.list, batch, operation, index);
    const { problems, warnings, way, removesAll } = batch;
    if (problems.length > 0 && !request.enable_partial_failure) throw new AdsError(problems);
    if (!request.validate_only) {
      Object.assign(job, { way, removesAll });
      for (const operation of batch.operations) job.operations.push(operation);
    }
    return { problems, warnings: request.enable_warnings ? warnings : [] };
  }

  run(name: string | undefined, validateOnly = false): Job {
    const job = this.find(name);
    if (job.status !== 'PENDING') throw jobError('JOB_ALREADY_STARTED', 'The job was started already.');
    if (this.state.clock.now().getTime() - job.createdAt.getTime() > JOB_LIFE_MS)
      throw jobError('INVALID_OPERATION_ORDER', 'A job must be run within 5 days of its creation.');
    if (validateOnly) return job;
    job.polls = this.state.options.processingPolls;
    job.status = job.polls > 0 ? 'RUNNING' : 'SUCCESS';
    if (this.state.outcomes.shift()?.status === 'FAILED') job.status = 'FAILED';
    else this.carryOut(job);
    return job;
  }

  /** A question about a job, which also brings a running one nearer to its end. */
  ask(name: string): Job | undefined {
    const job = this.all.get(name);
    if (job?.status === 'RUNNING' && job.polls-- <= 0) job.status = 'SUCCESS';
    return job;
  }

  private read(list: UserList, batch: Batch, operation: JobOperation, index: number): void {
    const path: FieldPath = [['operations', index]];
    const data = operation.create ?? operation.remove;
    if (operation.remove_all) {
      if (batch.way)
        throw jobError('INVALID_OPERATION_ORDER', 'remove_all must be the first operation of a job.', path);
      batch.way = 'remove_all';
      batch.removesAll = true;
    } else if (!data) {
      throw refuse('request_error', 'REQUIRED_FIELD_MISSING', 'An operation must be set.', path);
    } else {
      const way = operation.create ? 'create' : 'remove';
      if (batch.way && batch.way !== way && batch.way !== 'remove_all')
        throw jobError('CONFLICTING_OPERATION', 'Create and remove operations cannot be mixed in a job.', path);
      batch.way = way;
      this.readData(list, batch, way, data, [...path, [way]]);
    }
  }

  private readData(list: UserList, batch: Batch, way: 'create' | 'remove', data: UserData, path: FieldPath): void {
    if (data.consent)
      batch.warnings.push({
        kind: 'offline_user_data_job_error',
        code: 'OPERATION_LEVEL_CONSENT_PROVIDED',
        message: 'Consent on an operation is ignored; set it on the job.',
        path: [...path, ['consent']],
      });
    const before = batch.problems.length;
    const identifiers = readUserData(this.state, list, data, path, batch.problems);
    if (batch.problems.length === before) batch.operations.push({ way, identifiers });
  }

  private carryOut(job: Job): void {
    const now = this.state.clock.now();
    const { members } = job.list;
    if (job.removesAll) members.removeBefore(new Date(8.64e15));
    for (const { way, identifiers } of job.operations) {
      if (way === 'create') members.add(identifiers, now);
      else members.remove(identifiers, true);
    }
  }

  private find(name: string | undefined): Job {
    const job = this.all.get(name ?? '');
    if (!job) throw refuse('mutate_error', 'RESOURCE_NOT_FOUND', 'Resource was not found.', [['resource_name']]);
    return job;
  }
}
