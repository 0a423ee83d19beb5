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
import { checkReceiver } from '../http/check.ts';
import { type HttpAnswer, HttpClient } from '../http/client.ts';
import { confirmationOf, PieceSender } from '../http/receipts.ts';
import { readAnswer } from './answer.ts';
import { errors } from './errors.ts';
import { payloadOf, pingOf } from './payload.ts';
import type { WebhookOptions, WebhookSettings } from './settings.ts';
import { signature } from './signature.ts';

/** A receiver of the user's own that takes batches of members as signed JSON. */
export class WebhookDestination implements Destination<WebhookOptions> {
  private readonly client: HttpClient;
  private readonly senders = new Map<string, PieceSender>();

  constructor(
    private readonly settings: WebhookSettings,
    private readonly environment: ConnectorEnvironment,
  ) {
    this.client = new HttpClient(environment, { timeoutSeconds: settings.timeoutSeconds ?? 30, errors });
  }

  /** A signed ping shows that the address answers and that the receiver takes our signature. */
  check(): Promise<Prerequisite[]> {
    const ping = JSON.stringify(pingOf(this.environment.now()));
    return checkReceiver(this.environment, this.settings.url, 'The receiver takes a signed ping', () =>
      this.signed(ping, 'ping'),
    );
  }

  /** There is nothing to create: segments are told apart by their id, which every request names. */
  async ensureAudience(segment: Segment, _options: WebhookOptions, known?: RemoteAudience): Promise<RemoteAudience> {
    return { ...known, id: known?.id ?? segment.id ?? segment.key, name: segment.name };
  }

  add(batch: Batch<WebhookOptions>): Promise<Receipt> {
    return this.send(batch);
  }

  remove(batch: Batch<WebhookOptions>): Promise<Receipt> {
    return this.send(batch);
  }

  async finish(): Promise<Receipt> {
    return { outcomes: [], unattributedRejects: 0, warnings: [] };
  }

  async confirm(_upload: Upload<WebhookOptions>, tickets: Json[]): Promise<Confirmation> {
    return confirmationOf(tickets);
  }

  async post({ id, body }: { id: string; body: Json }): Promise<void> {
    await this.signed(JSON.stringify(body), id);
  }

  async close(): Promise<void> {
    this.client.close();
  }

  private send(batch: Batch<WebhookOptions>): Promise<Receipt> {
    const { id, options } = batch.upload;
    const sender = this.senders.get(id) ?? new PieceSender(options.membersPerRequest);
    this.senders.set(id, sender);
    return sender.send(batch, async (piece) =>
      readAnswer(await this.signed(JSON.stringify(payloadOf(batch, piece)), piece.id), piece.members),
    );
  }

  private signed(body: string, idempotencyKey: string): Promise<HttpAnswer> {
    const { url, secret, formerSecret, authorization } = this.settings;
    return this.client.send({
      method: 'POST',
      url,
      body,
      headers: {
        'content-type': 'application/json',
        'idempotency-key': idempotencyKey,
        'reach-signature': signature(body, formerSecret ? [secret, formerSecret] : [secret], this.environment.now()),
        ...(authorization && { authorization }),
      },
    });
  }
}
