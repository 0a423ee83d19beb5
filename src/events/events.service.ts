import { isDeepStrictEqual } from 'node:util';
import { Injectable } from '@nestjs/common';
import type { AccountId, Caller } from '../accounts/auth.ts';
import { ContactLookup } from '../contacts/contact-lookup.ts';
import { type GivenIdentifier, namesAnyone, readReference } from '../contacts/contact-reference.ts';
import { isTooLarge, roundAmount } from '../contacts/values/amount.ts';
import { parseTime } from '../contacts/values/date.ts';
import { Clock } from '../engines/clock.ts';
import { type FieldProblem, Problem } from '../http/problem.ts';
import { EventListeners } from './event-listeners.ts';
import type { EventDto, IngestDto } from './events.dto.ts';
import { type EventName, type EventRow, EventsRepository, eventKey, type KnownEvent } from './events.repository.ts';

/** What became of the events of a request. */
export interface IngestAnswer {
  /** New. */
  stored: number;
  /** Stored before with another time, value or properties, which are replaced now. */
  corrected: number;
  /** Stored before with the same content; nothing changed. */
  repeated: number;
  /** Not stored; the others were. */
  rejected: FieldProblem[];
}

interface Given {
  event: EventDto;
  path: string;
  identifiers: GivenIdentifier[];
}

const MOST_PROPERTIES = 100;
const LONGEST = 1000;
/** So long listeners hear of an event that comes again: a process may have died before it told them the first time. */
const TOLD_AGAIN_MS = 86_400_000;
const LATEST = Date.UTC(2100, 0, 1);

/** Takes events as they happen. An id of a stream and contact is one event: what comes later corrects it. */
@Injectable()
export class EventsService {
  constructor(
    private readonly repository: EventsRepository,
    private readonly lookup: ContactLookup,
    private readonly listeners: EventListeners,
    private readonly clock: Clock,
  ) {}

  /** Events of contacts that are not known are rejected, the others stored. @throws Problem 422 for a wrong shape */
  async ingest({ accountId: account }: Caller, dto: IngestDto): Promise<IngestAnswer> {
    const given = givenEvents(dto);
    const { owners, rejected } = await this.owners(account, given);
    const known = given.flatMap((each) => {
      const contactId = owners.get(each);
      return contactId === undefined ? [] : [{ each, name: nameOf(each.event, contactId) }];
    });
    const before = await this.repository.stored(
      account,
      known.map(({ name }) => name),
    );
    const now = this.clock.now();
    const { changed, ...counts } = taken(known, before, now);
    await this.repository.notePosted(
      account,
      known.map(({ name }) => name),
    );
    await this.repository.insert(account, changed);
    await this.listeners.tell(
      account,
      known.flatMap(({ each, name }) => {
        const version = before.get(eventKey(name))?.version;
        const storedBefore = version === undefined ? undefined : new Date(version / 1000);
        if (storedBefore && now.getTime() - storedBefore.getTime() > TOLD_AGAIN_MS) return [];
        const { id, stream, contact } = each.event;
        const reference = contact.key ?? contact.externalIds?.[0];
        return [{ id, stream, contactId: name.contact_id, reference, storedBefore }];
      }),
    );
    return { ...counts, rejected };
  }

  /** The contact of each event: the first that one of its identifiers belongs to. */
  private async owners(account: AccountId, given: Given[]) {
    const owned = await this.lookup.owners(
      account,
      given.flatMap(({ identifiers }) => identifiers),
    );
    const byIdentifier = new Map(owned.map(({ identifier, contactIds }) => [identifier, contactIds]));
    const candidates = new Map(
      given.map((each) => [
        each,
        [
          ...(each.event.contact.contactId == null ? [] : [each.event.contact.contactId]),
          ...each.identifiers.flatMap((identifier) => byIdentifier.get(identifier) ?? []),
        ],
      ]),
    );
    const existing = await this.repository.existing(account, [...new Set([...candidates.values()].flat())]);
    const owners = new Map<Given, string>();
    const rejected: FieldProblem[] = [];
    for (const [each, ids] of candidates) {
      const owner = ids.find((id) => existing.has(id));
      if (owner !== undefined) owners.set(each, owner);
      else rejected.push({ path: `${each.path}.contact`, code: 'unknown_contact', message: UNKNOWN });
    }
    return { owners, rejected };
  }
}

const nameOf = ({ stream, id }: EventDto, contactId: string): EventName => ({
  stream,
  contact_id: contactId,
  event_id: id,
});

/** Events in the order of the request: which are new, which correct one that is stored, and which change nothing. */
function taken(known: { each: Given; name: EventName }[], before: Map<string, KnownEvent>, now: Date) {
  const changed = new Map<string, KnownEvent>();
  const counts = { stored: 0, corrected: 0, repeated: 0 };
  for (const { each, name } of known) {
    const key = eventKey(name);
    const last = changed.get(key) ?? before.get(key);
    const version = Math.max(now.getTime() * 1000, (last?.version ?? 0) + 1);
    const row = { ...name, ...contentOf(each.event, last, now), version };
    const isSame = last && isDeepStrictEqual({ ...row, version: last.version }, last);
    if (isSame) counts.repeated++;
    else {
      if (last) counts.corrected++;
      else counts.stored++;
      changed.set(key, row);
    }
  }
  return { ...counts, changed: [...changed.values()] };
}

/** An event that comes again without a time happened when it did. */
function contentOf({ time, value, properties }: EventDto, last: EventRow | undefined, now: Date) {
  return {
    time: time == null ? (last?.time ?? now.toISOString()) : new Date(parseTime(time)!).toISOString(),
    value: value == null ? null : roundAmount(value),
    properties: Object.fromEntries(
      Object.entries(properties ?? {})
        .filter(([, property]) => property !== null)
        .map(([name, property]) => [name, String(property)]),
    ),
  };
}

const UNKNOWN = 'No contact is known by this; import it, or score it with upsert, first.';

function givenEvents(dto: IngestDto): Given[] {
  if ((dto.event == null) === (dto.events == null))
    throw Problem.invalid('', 'event_or_events', 'Give either `event` or `events`.');
  const problems: FieldProblem[] = [];
  const given = (dto.events ?? [dto.event!]).map((event, i): Given => {
    const path = dto.events ? `events[${i}]` : 'event';
    problems.push(...faultsOf(event, path));
    return { event, path, identifiers: readReference(event.contact, `${path}.contact`).identifiers };
  });
  if (problems.length > 0) throw Problem.invalidAll(problems);
  return given;
}

function faultsOf({ contact, time, value, properties }: EventDto, path: string): FieldProblem[] {
  const at = time == null ? 0 : parseTime(time);
  const named = Object.entries(properties ?? {});
  return [
    ...(namesAnyone(contact)
      ? []
      : [{ path: `${path}.contact`, code: 'no_identifier', message: 'Say whose event it is.' }]),
    ...(at === undefined || at < 0 || at >= LATEST
      ? [{ path: `${path}.time`, code: 'event_time', message: 'Not a time between 1970 and 2100.' }]
      : []),
    ...(value != null && isTooLarge(value)
      ? [
          {
            path: `${path}.value`,
            code: 'number_too_large',
            message: 'A value must be between -(2^53 - 1) and 2^53 - 1.',
          },
        ]
      : []),
    ...(named.length > MOST_PROPERTIES
      ? [{ path: `${path}.properties`, code: 'too_many', message: `At most ${MOST_PROPERTIES} properties.` }]
      : []),
    ...named.flatMap(([name, value]) =>
      (typeof value === 'object' && value !== null) || String(value).length > LONGEST || name.length > LONGEST
        ? [
            {
              path: `${path}.properties.${name.slice(0, 100)}`,
              code: 'property',
              message: 'A text of at most 1,000 characters, a number or a boolean.',
            },
          ]
        : [],
    ),
  ];
}
