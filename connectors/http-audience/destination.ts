import type {
  Batch,
  Confirmation,
  ConnectorEnvironment,
  Destination,
  Json,
  Prerequisite,
  Receipt,
  RemoteAudience,
  Segment,
  Upload,
} from '../destination.ts';
import { DestinationError } from '../errors.ts';
import { checkReceiver } from '../http/check.ts';
import { type HttpAnswer, HttpClient, parsed } from '../http/client.ts';
import { failure, refusalOf } from '../http/errors.ts';
import { confirmationOf, type Piece, PieceSender, type Sent } from '../http/receipts.ts';
import type { Pace } from '../pacing.ts';
import { mappedError, readAnswer } from './answer.ts';
import { errors } from './errors.ts';
import type { HttpAudienceOptions, HttpAudienceSettings, RequestTemplate } from './settings.ts';
import { at, type Lookup, renderJson, renderText } from './template.ts';
import { ofAudience, ofPiece, ofSegment } from './variables.ts';

const NOTHING: Lookup = () => undefined;

/** An API described by its requests. */
export class HttpAudienceDestination implements Destination<HttpAudienceOptions> {
  private readonly client: HttpClient;
  private readonly senders = new Map<string, PieceSender>();

  constructor(
    private readonly settings: HttpAudienceSettings,
    private readonly environment: ConnectorEnvironment,
    private readonly pace: Pace,
  ) {
    this.client = new HttpClient(environment, {
      timeoutSeconds: settings.timeoutSeconds,
      errors,
      isSuccess: (status) => settings.successCodes?.includes(status) ?? (status >= 200 && status < 300),
    });
  }

  /** Without a check request only the connection is looked at: any answer but a refusal of the credentials will do. */
  check(): Promise<Prerequisite[]> {
    const { baseUrl, check } = this.settings;
    const title = check ? 'The API accepts the check request' : 'The API does not refuse the credentials';
    return checkReceiver(this.environment, baseUrl, title, async () => {
      if (check) return this.send(check, NOTHING);
      const answer = await this.ask({ method: 'GET', path: '/' }, NOTHING);
      if (answer.status === 401 || answer.status === 403) throw this.refusal(answer);
    });
  }

  async ensureAudience(
    segment: Segment,
    options: HttpAudienceOptions,
    known?: RemoteAudience,
    others?: ReadonlySet<string>,
  ): Promise<RemoteAudience> {
    const id = known?.id ?? options.audienceId ?? (await this.found(segment, others)) ?? (await this.created(segment));
    const audience = { ...known, id: id ?? segment.key, name: segment.name };
    const { update } = this.settings;
    if (update && known && known.name !== segment.name) await this.send(update, ofAudience(segment, audience));
    return audience;
  }

  add(batch: Batch<HttpAudienceOptions>): Promise<Receipt> {
    return this.deliver(batch, this.settings.add);
  }

  async remove(batch: Batch<HttpAudienceOptions>): Promise<Receipt> {
    if (!this.settings.remove) throw failure(errors, 'no-remove');
    return this.deliver(batch, this.settings.remove);
  }

  async finish(): Promise<Receipt> {
    return { outcomes: [], unattributedRejects: 0, warnings: [] };
  }

  async confirm(_upload: Upload<HttpAudienceOptions>, tickets: Json[]): Promise<Confirmation> {
    return confirmationOf(tickets);
  }

  async close(): Promise<void> {
    this.client.close();
  }

  /** The audience of an earlier run that ended between creating it and noting its id; not one of another segment. */
  private async found(segment: Segment, others?: ReadonlySet<string>): Promise<string | undefined> {
    const { find } = this.settings;
    if (!find) return undefined;
    const answer = await this.send(find, ofSegment(segment)).catch((error: unknown) => {
      if (error instanceof DestinationError && error.code === 'audience-missing') return undefined;
      throw error;
    });
    const id = answer && idIn(answer, find);
    return id === undefined || others?.has(id) ? undefined : id;
  }

  private async created(segment: Segment): Promise<string | undefined> {
    const { create } = this.settings;
    if (!create) return undefined;
    const id = idIn(await this.send(create, ofSegment(segment), { idempotencyKey: segment.id ?? segment.key }), create);
    if (id === undefined) throw failure(errors, 'no-audience-id');
    return id;
  }

  private deliver(batch: Batch<HttpAudienceOptions>, template: RequestTemplate): Promise<Receipt> {
    const { id } = batch.upload;
    const sender = this.senders.get(id) ?? new PieceSender(this.settings.membersPerRequest);
    this.senders.set(id, sender);
    return sender.send(batch, async (piece) => {
      const { request, members } = ofPiece(batch, piece);
      if (batch.upload.direction === 'remove' && !hasAddress(template.path, request)) return nothingThere(piece);
      const answer = await this.send(template, request, { members, idempotencyKey: piece.id });
      return readAnswer(answer, piece, this.settings.rejects);
    });
  }

  private async send(template: RequestTemplate, lookup: Lookup, more: SendOptions = {}): Promise<HttpAnswer> {
    const answer = await this.ask(template, lookup, more);
    if (this.client.isSuccess(answer.status)) return answer;
    throw this.refusal(answer);
  }

  private refusal(answer: HttpAnswer): DestinationError {
    return mappedError(answer, this.settings.errorMap ?? []) ?? refusalOf(errors, answer, this.environment.now());
  }

  private turn(perMinute: number): Promise<void> {
    return this.pace.turn({
      allowance: { perMinute },
      environment: this.environment,
      throttled: (retryAfterSeconds) => failure(errors, '429', { retryAfterSeconds }),
      cancelled: () => failure(errors, 'cancelled'),
    });
  }

  private async ask(
    { method, path, body }: RequestTemplate,
    lookup: Lookup,
    { members = [], idempotencyKey }: SendOptions = {},
  ): Promise<HttpAnswer> {
    const { baseUrl, authHeader, authValue, headers, requestsPerMinute } = this.settings;
    if (requestsPerMinute) await this.turn(requestsPerMinute);
    const base = baseUrl.replace(/\/$/, '');
    return this.client.ask({
      method,
      url: base + addressOf(path, lookup),
      body: body === undefined ? undefined : JSON.stringify(renderJson(body, lookup, members)),
      // The path as described: filled in it could name a person.
      target: base + path.replace(/\?.*$/, ''),
      headers: {
        ...headers,
        ...(body !== undefined && { 'content-type': 'application/json' }),
        ...(authValue && { [authHeader]: authValue }),
        ...(idempotencyKey && { 'idempotency-key': idempotencyKey }),
      },
    });
  }
}

interface SendOptions {
  members?: Lookup[];
  idempotencyKey?: string;
}

function idIn({ text }: HttpAnswer, { idPointer = '/id' }: RequestTemplate): string | undefined {
  const id = at(parsed(text), idPointer);
  return (typeof id === 'string' && id !== '') || typeof id === 'number' ? String(id) : undefined;
}

/** Whether the path can be filled in: of a member who stays, only keys are removed that it has no longer. */
function hasAddress(path: string, lookup: Lookup): boolean {
  try {
    return addressOf(path, lookup) !== '';
  } catch {
    return false;
  }
}

/** Nobody can be at an address that no key of theirs makes. */
const nothingThere = ({ members }: Piece): Sent => ({
  outcomes: members.map(({ contactId }) => ({ contactId, verdict: 'accepted' })),
  unattributedRejects: 0,
  warnings: [],
});

function addressOf(template: string, lookup: Lookup): string {
  const [path = '', query] = template.split(/\?(.*)/s);
  return renderText(path, lookup, inPath) + (query ? `?${renderText(query, lookup, encodeURIComponent)}` : '');
}

/** Encoded as one segment of a path; nothing, and what means a folder, would lead to another address. */
function inPath(value: string): string {
  if (value === '' || value === '.' || value === '..') throw failure(errors, 'path');
  return encodeURIComponent(value);
}
