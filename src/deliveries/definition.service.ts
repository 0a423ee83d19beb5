import { Injectable } from '@nestjs/common';
import type { DestinationDefinition, Representation } from '../../connectors/destination.ts';
import { DestinationError } from '../../connectors/errors.ts';
import type { AccountId } from '../accounts/auth.ts';
import { AudiencesService } from '../audiences/audiences.service.ts';
import { ConnectionsService, validated } from '../connections/connections.service.ts';
import { ContactsService } from '../contacts/contacts.service.ts';
import { AttachService } from '../creatives/attach.service.ts';
import { Clock } from '../engines/clock.ts';
import { Problem } from '../http/problem.ts';
import { PersonasService } from '../personas/personas.service.ts';
import { Attributes } from './attributes.service.ts';
import { ChangesService } from './changes.service.ts';
import { carriedNames } from './changes.ts';
import { type Definition, faults } from './definition-faults.ts';
import type { CreateDeliveryDto } from './deliveries.dto.ts';
import { DEFAULT_GUARDS } from './guards.ts';
import type { DeliveryRow } from './runs.repository.ts';
import { nextRun, scheduleFault } from './schedule.ts';
import { WHOLE, wholeSegment } from './segments.ts';

const SPLIT_NAME = '{{audience}} – {{persona}}';
const WHOLE_NAME = '{{audience}}';
const GRANTED: DeliveryRow['consent'] = { adUserData: 'granted', adPersonalization: 'granted' };
const DESCRIPTION = '{{summary}}';

/** Definitions of deliveries: checked against the audience, the personas, the destination and the trait catalogue. */
@Injectable()
export class DefinitionService {
  constructor(
    private readonly audiences: AudiencesService,
    private readonly personas: PersonasService,
    private readonly contacts: ContactsService,
    private readonly connections: ConnectionsService,
    private readonly changes: ChangesService,
    private readonly attributes: Attributes,
    private readonly creatives: AttachService,
    private readonly clock: Clock,
  ) {}

  /** Whether other options of a delivery say the same of its remote audience: ours from the start, or there before. */
  async keepsAdoption({ accountId, connectionId, options }: DeliveryRow, others: object): Promise<boolean> {
    const { type } = await this.connections.get(accountId as AccountId, connectionId);
    const adopts = (given: object) => this.connections.definition(type).adopts?.(given) ?? false;
    return adopts(options) === adopts(others);
  }

  /**
   * Checks a whole definition and fills in what the destination recommends.
   * @param before the delivery as it is, when it is changed
   * @throws Problem with every fault's path
   */
  async resolve(
    account: AccountId,
    dto: CreateDeliveryDto,
    before?: DeliveryRow,
  ): Promise<Omit<DeliveryRow, 'id' | 'accountId' | 'due' | 'pausedAt' | 'archivedAt' | 'createdAt' | 'updatedAt'>> {
    // null is what a field is that was left out
    const splitByPersona = dto.splitByPersona ?? false;
    const mode = dto.mode ?? 'mirror';
    const attributes = dto.attributes ?? [];
    const chosen = dto.options ?? {};
    const audience = await existing('audienceId', () => this.audiences.get(account, dto.audienceId));
    const connection = await existing('connectionId', () => this.connections.get(account, dto.connectionId));
    const definition = this.connections.definition(connection.type);
    const { capabilities } = definition;
    const options = await validated(definition.options, chosen, 'options');
    const personaSetId = splitByPersona ? (dto.personaSetId ?? audience.personaSetId ?? undefined) : dto.personaSetId;
    const set =
      splitByPersona && personaSetId
        ? await existing('personaSetId', () => this.personas.get(account, personaSetId))
        : undefined;
    if (mode === 'changes' && personaSetId)
      await existing('personaSetId', () => this.personas.get(account, personaSetId));
    const schedule = dto.schedule ? { ...dto.schedule } : null;
    const segments = set?.personas.map(({ key }) => key) ?? [WHOLE];
    const row = {
      name: dto.name,
      audienceId: dto.audienceId,
      connectionId: dto.connectionId,
      splitByPersona,
      personaSetId: personaSetId ?? null,
      mode,
      outcomes: await this.changes.toldOutcomes(account, dto.outcomes ?? []),
      representation: dto.representation ?? usual(mode, capabilities.representations),
      matchKeys: dto.matchKeys ?? capabilities.defaultMatchKeys,
      attributes,
      nameTemplate: dto.nameTemplate ?? (splitByPersona ? SPLIT_NAME : WHOLE_NAME),
      descriptionTemplate: dto.descriptionTemplate ?? DESCRIPTION,
      defaultCountry: dto.defaultCountry ?? null,
      consent: { ...GRANTED, ...dto.consent },
      options: chosen,
      guards: { ...DEFAULT_GUARDS, ...dto.guards },
      creatives: dto.creatives
        ? await this.creatives.checked(account, dto.creatives, segments, before?.creatives)
        : null,
      schedule,
      nextRunAt: schedule && scheduleFault(schedule) ? null : nextRun(schedule, this.clock.now()),
    };
    const traits = new Set((await this.contacts.catalogue(account)).map((trait) => trait.name));
    const problems = [
      ...faults(row, capabilities, traits),
      ...(definition.optionFaults?.(options, { isSplit: splitByPersona }) ?? []).map(({ path, message }) => ({
        path: `options.${path}`,
        code: 'not_supported',
        message,
      })),
      ...(await this.attributes.faults(account, definition.attributesOf?.(options) ?? [], options)),
    ];
    if (problems.length > 0) throw Problem.invalidAll(problems);
    rehearseEncoder(definition, row, options);
    return row;
  }
}

/** What an encoder refuses, such as a column it cannot make, is better known now than when a run fails. */
function rehearseEncoder(definition: DestinationDefinition, row: Definition & { name: string }, options: object): void {
  const segment = wholeSegment({ ...row, delivery: row.name, audience: row.name });
  try {
    const { matchKeys, representation } = row;
    definition.encoder({ options, segment, matchKeys, representation, attributes: carriedNames(row) });
  } catch (error) {
    if (!(error instanceof DestinationError)) throw error;
    throw Problem.invalid('options', error.code, error.message);
  }
}

/** What a destination recommends; changes go to who knows the people already. */
const usual = (mode: string, representations: Representation[]): Representation =>
  mode === 'changes' && representations.includes('referenced') ? 'referenced' : representations[0]!;

/** A reference to something that is not there is a fault of the field that names it. */
async function existing<T>(path: string, find: () => Promise<T>): Promise<T> {
  try {
    return await find();
  } catch (error) {
    if (error instanceof Problem && error.getStatus() === 404) throw Problem.invalid(path, 'not_found', error.message);
    throw error;
  }
}
