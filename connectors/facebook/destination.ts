import type {
  Batch,
  ConnectorEnvironment,
  Destination,
  EncodedMember,
  Json,
  Receipt,
  RemoteAudience,
  Segment,
  Upload,
} from '../destination.ts';
import { DestinationError } from '../errors.ts';
import { ensureAudience } from './audiences.ts';
import { confirm } from './confirm.ts';
import { erase } from './erase.ts';
import { GraphApi } from './graph-api.ts';
import { ensureLookalike } from './lookalike.ts';
import { check } from './preflight.ts';
import { Replacer } from './replacer.ts';
import type { FacebookOptions, FacebookSettings } from './settings.ts';
import { UsersSender } from './users-sender.ts';

/** An ad account, opened. */
export class FacebookDestination implements Destination<FacebookOptions> {
  private readonly api: GraphApi;
  private readonly users: UsersSender;
  private readonly replacer: Replacer;

  constructor(settings: FacebookSettings, environment: ConnectorEnvironment) {
    this.api = new GraphApi(settings, environment);
    this.users = new UsersSender(this.api, () => environment.now());
    this.replacer = new Replacer(this.api, this.users);
  }

  check() {
    return check(this.api);
  }

  ensureAudience(segment: Segment, options: FacebookOptions, known?: RemoteAudience) {
    return typed(() => ensureAudience(this.api, segment, options, known));
  }

  add(batch: Batch<FacebookOptions>) {
    return typed(() => this.users.send(batch));
  }

  remove(batch: Batch<FacebookOptions>) {
    return typed(() => this.users.send(batch));
  }

  replace(batch: Batch<FacebookOptions>) {
    return typed(() => this.replacer.send(batch));
  }

  /** The last batch carried the session's last flag; what is left is the lookalike, where one is wanted. */
  finish(upload: Upload<FacebookOptions>): Promise<Receipt> {
    return typed(async () => ({
      outcomes: [],
      unattributedRejects: 0,
      warnings: await ensureLookalike(this.api, upload),
    }));
  }

  confirm(_upload: unknown, tickets: Json[]) {
    return typed(() => confirm(this.api, tickets));
  }

  erase(members: EncodedMember[]): Promise<Receipt> {
    return typed(() => erase(this.api, members));
  }

  async close(): Promise<void> {
    this.api.close();
  }
}

/** Lets out `DestinationError` and nothing else: an answer of the wrong shape makes the SDK throw its own kind. */
async function typed<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof DestinationError) throw error;
    throw new DestinationError('unknown', 'Facebook answered in a form that Reach does not know.');
  }
}
