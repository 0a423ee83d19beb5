import { Inject, Injectable } from '@nestjs/common';
import { and, eq } from 'drizzle-orm';
import type { Confirmation, DestinationDefinition, EncodedMember, Json, Upload } from '../../connectors/destination.ts';
import type { AccountId } from '../accounts/auth.ts';
import type { ConnectionRow } from '../connections/connections.repository.ts';
import { ConnectionsService, validated } from '../connections/connections.service.ts';
import { Clock } from '../engines/clock.ts';
import type { Db } from '../engines/database/database.ts';
import { DB } from '../engines/database/token.ts';
import { attempt } from './actions.ts';
import { type Asked, notAsked } from './asked.ts';
import { deliveries } from './deliveries.tables.ts';
import { MembersRepository } from './members.repository.ts';
import { type DeliveryRow, RunsRepository } from './runs.repository.ts';
import { WHOLE } from './segments.ts';
import { UploadBuilder } from './upload-builder.ts';

/** A form in which a person can be named to a platform. */
export interface Form {
  wire: Json;
  weight: number;
}

/** What one connection's platform answered when it was asked to take a person out of every audience it has. */
export interface AccountWide extends Asked {
  connectionId: string;
  connection: string;
  /** Destination type. */
  type: string;
  /** `waiting`: could not be asked yet. `nothing`: there is no form in which the person could be named. */
  outcome: 'waiting' | 'accepted' | 'refused' | 'nothing';
  text: string;
  /** In how many forms the person was named. */
  forms: number;
  vendorRequestId: string | null;
  warnings: string[];
}

/** Takes one person out of whole accounts at platforms that can: also out of audiences that Reach did not make. */
@Injectable()
export class AccountWideService {
  constructor(
    @Inject(DB) private readonly db: Db,
    private readonly members: MembersRepository,
    private readonly runs: RunsRepository,
    private readonly connections: ConnectionsService,
    private readonly builder: UploadBuilder,
    private readonly clock: Clock,
  ) {}

  /** What has to be asked: each connection whose platform can do it. */
  async toAsk(account: AccountId): Promise<AccountWide[]> {
    return (await this.connections.erasing(account)).map(({ row }) => ({
      connectionId: row.id,
      connection: row.name,
      type: row.type,
      outcome: 'waiting',
      text: '',
      forms: 0,
      vendorRequestId: null,
      warnings: [],
      ...notAsked(this.clock.now()),
    }));
  }

  /** The person as encoded today, by connection: as each delivery would, and by every match key there is. */
  async formsOfToday(account: AccountId, contactId: string): Promise<Record<string, Form[]>> {
    const member = await this.members.member(account, contactId, []);
    const forms: Record<string, Form[]> = {};
    for (const { row, definition } of member ? await this.connections.erasing(account) : []) {
      const encoders = await this.encodersOf(row, definition);
      forms[row.id] = encoders.flatMap((encode) => {
        const { wire, weight } = encode(member!);
        return wire === null ? [] : [{ wire, weight }];
      });
    }
    return forms;
  }

  /** @throws DestinationError or Postponed when the platform could not be asked and should be again */
  async erase(account: AccountId, asked: AccountWide, contactId: string, forms: Form[], reference: string) {
    const at = this.clock.now();
    const distinct = [...new Map(forms.map((form) => [JSON.stringify(form.wire), form])).values()];
    const members: EncodedMember[] = distinct.map((form) => ({ contactId, ...form, keys: [] }));
    const base = { ...asked, ...notAsked(at), forms: members.length };
    const nothing = (text: string) => ({ ...base, outcome: 'nothing' as const, text });
    if (members.length === 0) return nothing('Nothing is known by which this platform could know them.');
    const known = await this.connections.erasing(account);
    if (!known.some(({ row }) => row.id === asked.connectionId))
      return nothing('The connection was deleted before its platform could be asked.');
    return this.opened(account, asked.connectionId, reference, async ({ destination, signal }) => {
      const receipt = await attempt(() => destination.erase!(members), { signal });
      const refused = receipt.outcomes.find(({ verdict }) => verdict !== 'accepted');
      return {
        ...base,
        outcome: refused ? ('refused' as const) : ('accepted' as const),
        text: refused?.text ?? refused?.code ?? 'The platform took the person out of every audience it may change.',
        vendorRequestId: receipt.vendorRequestId ?? null,
        warnings: receipt.warnings,
        tickets: receipt.ticket === undefined ? [] : [receipt.ticket],
      };
    });
  }

  /** Asks the platform what became of it. @throws as `erase` */
  async confirm(account: AccountId, { connectionId, tickets }: AccountWide, reference: string): Promise<Confirmation> {
    return this.opened(account, connectionId, reference, async ({ definition, destination, signal }) => {
      const upload = await this.anyUpload(account, connectionId, definition, reference);
      return attempt(() => destination.confirm(upload, tickets), { signal });
    });
  }

  private async opened<T>(
    account: AccountId,
    connectionId: string,
    runId: string,
    work: (open: Awaited<ReturnType<ConnectionsService['open']>> & { signal: AbortSignal }) => Promise<T>,
  ): Promise<T> {
    const signal = AbortSignal.timeout(120_000);
    const open = await this.connections.open(account, connectionId, { signal, runId });
    try {
      return await work({ ...open, signal });
    } finally {
      await open.destination.close();
    }
  }

  private async encodersOf(row: ConnectionRow, definition: DestinationDefinition) {
    const { matchKeys: all } = definition.capabilities;
    const own = await this.deliveriesOn(row.accountId, row.id);
    const wide = { matchKeys: all, defaultCountry: own[0]?.defaultCountry ?? null, representation: null, options: {} };
    const contexts = await Promise.all(
      [wide, ...own].map(async ({ options, matchKeys, defaultCountry, representation }) => {
        const valid = await validated(definition.options, options, 'options').catch(() => undefined);
        return valid && { options: valid, matchKeys, defaultCountry, representation };
      }),
    );
    return contexts.flatMap((context) =>
      context
        ? [
            definition.encoder({
              ...context,
              attributes: [],
              defaultCountry: context.defaultCountry ?? undefined,
              representation: context.representation ?? undefined,
              segment: NOBODY,
            }),
          ]
        : [],
    );
  }

  /** Tickets may be confirmed beside any upload of the connection: one of a bound segment, where there is one. */
  private async anyUpload(
    account: AccountId,
    connectionId: string,
    definition: DestinationDefinition,
    reference: string,
  ): Promise<Upload> {
    const part = {
      id: `${reference}.${connectionId}`,
      runId: reference,
      direction: 'remove' as const,
      estimatedTotal: 1,
      startedAt: this.clock.now(),
    };
    for (const delivery of await this.deliveriesOn(account, connectionId)) {
      const [bound] = (await this.runs.bound(delivery.id)).values();
      if (!bound) continue;
      const { uploadFor } = await this.builder.of(delivery, definition);
      return uploadFor({ ...part, audience: bound.remote, segment: bound.segment });
    }
    return this.builder.withoutDelivery(account, definition, {
      ...part,
      audience: { id: '', name: '' },
      segment: NOBODY,
    });
  }

  private deliveriesOn(account: string, connectionId: string): Promise<DeliveryRow[]> {
    return this.db
      .select()
      .from(deliveries)
      .where(and(eq(deliveries.accountId, account), eq(deliveries.connectionId, connectionId)))
      .orderBy(deliveries.id);
  }
}

/** Encoders want a segment; whoever is erased is in none. */
const NOBODY = {
  key: WHOLE,
  name: '',
  description: '',
  brief: { personaKey: WHOLE, personaName: '', summary: '', color: '', size: 0, share: 0, salientTraits: [] },
};
