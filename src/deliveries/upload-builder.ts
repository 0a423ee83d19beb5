import { Injectable } from '@nestjs/common';
import type { DestinationDefinition, RemoteAudience, Segment, Upload } from '../../connectors/destination.ts';
import { AccountsService } from '../accounts/accounts.service.ts';
import type { AccountId } from '../accounts/auth.ts';
import { AudiencesService } from '../audiences/audiences.service.ts';
import { validated } from '../connections/connections.service.ts';
import { Problem } from '../http/problem.ts';
import { carriedNames } from './changes.ts';
import { type DeliveryRow, RunsRepository } from './runs.repository.ts';
import { sessionId } from './segments.ts';

/** What one upload has for itself; the delivery says the rest. */
export interface UploadPart {
  /** Stable across restarts: the session id follows from it. */
  id: string;
  runId: string;
  audience: RemoteAudience;
  segment: Segment;
  direction: Upload['direction'];
  estimatedTotal: number;
  startedAt: Date;
}

/**
 * Builds the uploads that connectors get. Runs, rehearsals, withdrawals and erasures all build them here, so that a
 * template of a connection renders to the same address in each of them.
 */
@Injectable()
export class UploadBuilder {
  constructor(
    private readonly accounts: AccountsService,
    private readonly audiences: AudiencesService,
    private readonly runs: RunsRepository,
  ) {}

  /** @returns a function that builds uploads of a delivery, with the valid options and audience name in them */
  async of(delivery: DeliveryRow, definition: DestinationDefinition) {
    const account = delivery.accountId as AccountId;
    const [accountName, audienceName, options] = await Promise.all([
      this.accounts.name(account),
      this.audienceName(account, delivery),
      validated(definition.options, delivery.options, 'options'),
    ]);
    const { id, mode, matchKeys, representation, consent } = delivery;
    const uploadFor = (part: UploadPart): Upload => ({
      ...part,
      sessionId: sessionId(part.id),
      delivery: { id, account: accountName, audience: audienceName, mode },
      options,
      matchKeys,
      attributes: carriedNames(delivery),
      representation,
      consent,
    });
    return { uploadFor, options, audienceName };
  }

  /** An upload of a connection that no delivery has used yet: nothing of it has an audience. */
  async withoutDelivery(account: AccountId, definition: DestinationDefinition, part: UploadPart): Promise<Upload> {
    return {
      ...part,
      sessionId: sessionId(part.id),
      delivery: { id: part.id, account: await this.accounts.name(account), audience: '', mode: 'remove-only' },
      options: new definition.options(),
      matchKeys: definition.capabilities.matchKeys,
      attributes: [],
      consent: { adUserData: 'unspecified', adPersonalization: 'unspecified' },
    };
  }

  /** The audience of an archived delivery may be deleted; its name is then the one it was delivered under last. */
  private async audienceName(account: AccountId, { id, audienceId }: DeliveryRow): Promise<string> {
    const audience = await this.audiences.get(account, audienceId).catch(async (error: unknown) => {
      const [bound] = (await this.runs.bound(id)).values();
      if (error instanceof Problem && error.code === 'not_found' && bound) return { name: bound.audienceName };
      throw error;
    });
    return audience.name;
  }
}
