import { Injectable } from '@nestjs/common';
import { AccountsService } from '../accounts/accounts.service.ts';
import { type AccountId, type Caller, ROLES } from '../accounts/auth.ts';
import { type FieldSource, fieldTraits, NO_FIELDS } from '../contacts/contact-fields.ts';
import { ContactLookup } from '../contacts/contact-lookup.ts';
import { type GivenIdentifier, namesAnyone, readReference } from '../contacts/contact-reference.ts';
import { ContactWriter } from '../contacts/contact-writer.ts';
import { Clock } from '../engines/clock.ts';
import { newId } from '../http/ids.ts';
import { type FieldProblem, Problem } from '../http/problem.ts';
import { type Day, dayOf } from '../models/outcomes/outcome-model.ts';
import type { Traits } from '../models/table.ts';
import type { ModelChoiceDto, ScoreContactDto, ScoreDto } from './inform.dto.ts';
import { InformAudit } from './inform-audit.ts';
import { KnownContacts } from './known-contacts.ts';
import { LiveModels } from './live-models.ts';
import { featuresOf, type Models, storedOf } from './models.ts';
import { readFields } from './posted-fields.ts';
import { mergedTraits, type PostedTraits, readTraits, withFields } from './posted-traits.ts';
import { Pushes } from './pushes.service.ts';
import { type Scored, scoreContact } from './scoring.ts';

/** An identifier of the request that belongs to a known contact. Its value is not repeated. */
export interface Match {
  path: string;
  kind: GivenIdentifier['kind'] | 'contactId';
  contactId: string;
}

/** What is said of one contact. */
export interface ContactResult extends Scored {
  reference?: string;
  /** The contact whose stored traits were used, or who was created; null for a stranger. */
  contactId: string | null;
  known: boolean;
  matchedBy: Match[];
}

/** The answer, and the body of a push: docs/inform.md. */
export interface InformAnswer {
  version: 1;
  id: string;
  scoredAt: string;
  results: ContactResult[];
  push?: { id: string };
}

interface Given {
  contact: ScoreContactDto;
  path: string;
  identifiers: GivenIdentifier[];
  fields: Partial<FieldSource>;
  /** Traits, contact fields included. */
  posted: PostedTraits;
  faults: FieldProblem[];
}

interface Found {
  contactId: string | null;
  stored?: Traits;
  matchedBy: Match[];
  warnings: FieldProblem[];
}

/** Scores contacts while somebody waits: from memory, and from the warehouse only for those named by identifiers. */
@Injectable()
export class InformService {
  constructor(
    private readonly models: LiveModels,
    private readonly lookup: ContactLookup,
    private readonly known: KnownContacts,
    private readonly writer: ContactWriter,
    private readonly pushes: Pushes,
    private readonly audit: InformAudit,
    private readonly accounts: AccountsService,
    private readonly clock: Clock,
  ) {}

  /** @throws Problem 409 `nothing_live`; 422 with the paths of what cannot be scored; 403 for push and upsert */
  async score(caller: Caller, dto: ScoreDto): Promise<InformAnswer> {
    const account = caller.accountId;
    if (dto.push || dto.upsert) assertMarketer(caller);
    const all = await this.models.of(account);
    const models = chosen(all, dto);
    const given = givenContacts(dto, all, dayOf(this.clock.now()), dto.upsert === true);
    if (dto.push) await this.pushes.assertReceiver(account, dto.push.connectionId, 'push.connectionId');
    const found = await this.find(account, given, models);
    const results = given.map((each, i) => this.result(each, found[i]!, models));
    if (dto.upsert) await this.upsert(caller, given, results, all);
    this.audit.count(caller, results);
    const answer: InformAnswer = { version: 1, id: newId('inf'), scoredAt: this.clock.now().toISOString(), results };
    if (!dto.push) return answer;
    await this.pushes.add(account, { id: answer.id, connectionId: dto.push.connectionId, body: answer });
    return { ...answer, push: { id: answer.id } };
  }

  /** Scores known contacts by their ids; those who are gone are left out. */
  async scoreKnown(
    account: AccountId,
    contacts: { contactId: string; reference?: string }[],
    choice: ModelChoiceDto,
  ): Promise<ContactResult[]> {
    const models = live(await this.models.of(account), choice);
    const traits = await this.known.traits(
      account,
      contacts.map(({ contactId }) => contactId),
      featuresOf(models),
    );
    const today = dayOf(this.clock.now());
    return contacts.flatMap(({ contactId, reference }) => {
      const stored = traits.get(contactId);
      if (!stored) return [];
      const scored = scoreContact(models, stored, today, 'traits');
      return [{ ...(reference !== undefined && { reference }), contactId, known: true, matchedBy: [], ...scored }];
    });
  }

  /** @throws Problem 422 below `path` for ids of models that are not live */
  async assertLive(account: AccountId, choice: ModelChoiceDto): Promise<void> {
    chosen(await this.models.of(account), choice);
  }

  private result({ contact, path, posted, faults }: Given, found: Found, models: Models): ContactResult {
    const traits = mergedTraits(found.stored, posted);
    const scored = scoreContact(models, traits, dayOf(this.clock.now()), `${path}.traits`);
    return {
      ...(contact.reference !== undefined && { reference: contact.reference }),
      contactId: found.contactId,
      known: found.contactId !== null,
      matchedBy: found.matchedBy,
      personas: scored.personas,
      outcomes: scored.outcomes,
      warnings: [...faults, ...posted.warnings, ...found.warnings, ...scored.warnings],
    };
  }

  /** Whom each contact of the request is known as. Without identifiers nobody is asked. */
  private async find(account: AccountId, given: Given[], models: Models): Promise<Found[]> {
    if (given.every(({ contact }) => !namesAnyone(contact))) return given.map(() => stranger());
    const owned = await this.lookup.owners(
      account,
      given.flatMap(({ identifiers }) => identifiers),
    );
    const owners = new Map(owned.map(({ identifier, contactIds }) => [identifier, contactIds]));
    const matches = given.map(({ contact, path, identifiers }): Match[] => [
      ...(contact.contactId == null
        ? []
        : [{ path: `${path}.contactId`, kind: 'contactId' as const, contactId: contact.contactId }]),
      ...identifiers.flatMap((each) =>
        (owners.get(each) ?? []).map((contactId) => ({ path: each.path, kind: each.kind, contactId })),
      ),
    ]);
    const ids = [...new Set(matches.flat().map(({ contactId }) => contactId))];
    const traits = await this.known.traits(account, ids, featuresOf(models));
    return given.map((each, i) => foundOf(each, matches[i]!, traits));
  }

  private async upsert(caller: Caller, given: Given[], results: ContactResult[], models: Models): Promise<void> {
    const ids = await this.writer.upsert(
      caller.accountId,
      given.map(({ identifiers, fields, posted }, i) => ({
        contactId: results[i]!.contactId ?? undefined,
        identifiers,
        fields,
        traits: storedOf(posted.traits, models.fields),
      })),
    );
    for (const [i, result] of results.entries()) {
      result.contactId = ids[i]!;
      if (ids[i] === null) result.warnings.push({ path: given[i]!.path, code: 'erased_person', message: ERASED });
    }
    const stored = ids.filter((id) => id !== null);
    const created = results.filter(({ known, contactId }) => !known && contactId !== null).length;
    await this.accounts.audit(caller, 'contact.upsert', stored.length === 1 ? stored[0]! : 'contacts', {
      contacts: stored.length,
      created,
      erased: ids.length - stored.length,
    });
  }
}

const ERASED = 'This person was erased, so nothing was stored. An admin can lift this at the receipt of the erasure.';

const stranger = (): Found => ({ contactId: null, matchedBy: [], warnings: [] });

function foundOf({ contact, path }: Given, matches: Match[], traits: Map<string, Traits>): Found {
  const matchedBy = matches.filter(({ contactId }) => traits.has(contactId));
  const warnings: FieldProblem[] = [];
  if (contact.contactId != null && !traits.has(contact.contactId))
    warnings.push({ path: `${path}.contactId`, code: 'unknown_contact', message: 'There is no contact with this id.' });
  const others = new Set(matchedBy.map(({ contactId }) => contactId)).size - 1;
  if (others > 0) {
    const message = `The identifiers belong to ${others + 1} contacts; the first of matchedBy was scored.`;
    warnings.push({ path, code: 'several_contacts', message });
  }
  const contactId = matchedBy[0]?.contactId ?? null;
  return { contactId, stored: contactId === null ? undefined : traits.get(contactId), matchedBy, warnings };
}

function givenContacts(dto: ScoreDto, models: Models, today: Day, upsert: boolean): Given[] {
  if ((dto.contact == null) === (dto.contacts == null))
    throw Problem.invalid('', 'contact_or_contacts', 'Give either `contact` or `contacts`.');
  const given = (dto.contacts ?? [dto.contact!]).map((contact, i): Given => {
    const path = dto.contacts ? `contacts[${i}]` : 'contact';
    const { identifiers, faults } = readReference(contact, path);
    const { fields, faults: unread } = readFields(contact, path, today);
    const posted = withFields(
      readTraits(contact.traits, models.types, `${path}.traits`),
      fieldTraits(models.fields, { ...NO_FIELDS, ...fields }, today),
    );
    return { contact, path, identifiers, fields, faults: [...faults, ...unread], posted };
  });
  const problems = given.flatMap((each): FieldProblem[] => {
    if (!namesAnyone(each.contact) && each.contact.traits == null && !hasFields(each))
      return [
        { path: each.path, code: 'empty_contact', message: 'Give identifiers, traits, or where the contact lives.' },
      ];
    if (upsert && each.identifiers.length === 0)
      return [{ path: each.path, code: 'no_identifier', message: 'Storing a contact needs a usable identifier.' }];
    return [];
  });
  if (problems.length > 0) throw Problem.invalidAll(problems);
  return given;
}

/** A country alone tells how phone numbers are read, and nothing of the contact. */
const hasFields = ({ fields, faults }: Given): boolean =>
  faults.length > 0 || Object.keys(fields).some((name) => name !== 'country');

/** The models of a choice that are live. */
function live(models: Models, { personaSets, outcomes }: ModelChoiceDto): Models {
  return {
    ...models,
    sets: personaSets ? models.sets.filter(({ setId }) => personaSets.includes(setId)) : models.sets,
    outcomes: outcomes ? models.outcomes.filter(({ outcomeId }) => outcomes.includes(outcomeId)) : models.outcomes,
  };
}

function chosen(models: Models, choice: ModelChoiceDto): Models {
  const problems = [
    ...notLive('personaSets', choice.personaSets, new Set(models.sets.map(({ setId }) => setId))),
    ...notLive('outcomes', choice.outcomes, new Set(models.outcomes.map(({ outcomeId }) => outcomeId))),
  ];
  if (problems.length > 0) throw Problem.invalidAll(problems);
  const found = live(models, choice);
  if (found.sets.length + found.outcomes.length === 0) {
    const message = 'There is nothing to score by: publish a persona set or an outcome, or choose one that is.';
    throw Problem.conflict('nothing_live', message);
  }
  return found;
}

function notLive(path: string, ids: string[] | undefined, known: Set<string>): FieldProblem[] {
  return (ids ?? []).flatMap((id, i) =>
    known.has(id)
      ? []
      : [{ path: `${path}[${i}]`, code: 'not_live', message: `Nothing with the id ${id} has a published version.` }],
  );
}

function assertMarketer({ role }: Caller): void {
  if (ROLES.indexOf(role) >= ROLES.indexOf('marketer')) return;
  throw new Problem(403, 'forbidden', `push and upsert need the role marketer; the key has ${role}.`);
}
