import type { Batch, EncodedMember, Json, RemoteAudience, Segment } from '../destination.ts';
import { wireOf } from '../http/encode.ts';
import type { Piece } from '../http/receipts.ts';
import { IDENTIFIERS } from '../match-keys.ts';
import type { Lookup } from './template.ts';

/** The requests a connection can describe. */
export const REQUESTS = ['check', 'find', 'create', 'update', 'add', 'remove'] as const;
export type RequestName = (typeof REQUESTS)[number];

type Variables<Source> = Record<string, (source: Source) => Json | undefined>;

const OF_SEGMENT: Variables<Segment> = {
  'segment.id': ({ id, key }) => id ?? key,
  'segment.key': ({ key }) => key,
  'segment.name': ({ name }) => name,
  'segment.description': ({ description }) => description,
  'persona.key': ({ brief }) => brief.personaKey,
  'persona.name': ({ brief }) => brief.personaName,
  'persona.summary': ({ brief }) => brief.summary,
  'persona.color': ({ brief }) => brief.color,
  'persona.tone': ({ brief }) => brief.tone,
  'persona.offer': ({ brief }) => brief.offer,
  'persona.messages': ({ brief }) => brief.messages,
  'persona.creatives': ({ creatives }) => creatives && jsonOf(creatives),
};

/** Objects of an interface, which TypeScript does not take for JSON though they are. */
const jsonOf = (value: object[]): Json => value as unknown as Json;

const OF_AUDIENCE: Variables<RemoteAudience> = {
  'audience.id': ({ id }) => id,
  'audience.name': ({ name }) => name,
};

const OF_REQUEST: Variables<{ batch: Batch; piece: Piece }> = {
  'delivery.id': ({ batch }) => batch.upload.delivery.id,
  'delivery.account': ({ batch }) => batch.upload.delivery.account,
  'delivery.audience': ({ batch }) => batch.upload.delivery.audience,
  'run.id': ({ batch }) => batch.upload.runId,
  'upload.id': ({ batch }) => batch.upload.id,
  'consent.adUserData': ({ batch }) => batch.upload.consent.adUserData,
  'consent.adPersonalization': ({ batch }) => batch.upload.consent.adPersonalization,
  'request.id': ({ piece }) => piece.id,
  'request.size': ({ piece }) => piece.members.length,
};

const MEMBER = /^member\.(contactId|attributes(\.\S+)?|([A-Z_]+)(\.all)?)$/;

/** Which variables each request may use, by the first part of their names. */
const ROOMS: Record<RequestName, { known: string[]; members: boolean }> = {
  check: { known: [], members: false },
  find: { known: Object.keys(OF_SEGMENT), members: false },
  create: { known: Object.keys(OF_SEGMENT), members: false },
  update: { known: Object.keys({ ...OF_SEGMENT, ...OF_AUDIENCE }), members: false },
  add: { known: Object.keys({ ...OF_SEGMENT, ...OF_AUDIENCE, ...OF_REQUEST }), members: true },
  remove: { known: Object.keys({ ...OF_SEGMENT, ...OF_AUDIENCE, ...OF_REQUEST }), members: true },
};

/** Why a variable cannot be used at this place of a request; undefined when it can. */
export function judge(request: RequestName, membersPerRequest: number) {
  const { known, members } = ROOMS[request];
  return (name: string, inLoop: boolean): string | undefined => {
    if (known.includes(name)) return undefined;
    const [, , , key] = MEMBER.exec(name) ?? [];
    if (!members || !MEMBER.test(name) || (key && !IDENTIFIERS[key])) return `is not known in the ${request} request`;
    if (inLoop || membersPerRequest === 1) return undefined;
    return 'belongs into {"$each": "members", "item": …}, or set one member in a request';
  };
}

export const ofSegment = (segment: Segment): Lookup => reader(OF_SEGMENT, segment);

export const ofAudience = (segment: Segment, audience: RemoteAudience): Lookup =>
  first(reader(OF_AUDIENCE, audience), reader(OF_SEGMENT, segment));

/** The variables of a request that carries members; those of its only member also outside a loop. */
export function ofPiece(batch: Batch, piece: Piece): { request: Lookup; members: Lookup[] } {
  const { audience, segment } = batch.upload;
  const members = piece.members.map(ofMember);
  const shared = first(reader(OF_REQUEST, { batch, piece }), ofAudience(segment, audience));
  return { request: members.length === 1 ? first(members[0]!, shared) : shared, members };
}

/** `member.EMAIL` is the first value of that key, `member.EMAIL.all` the list of all. */
function ofMember(member: EncodedMember): Lookup {
  const { keys, attributes } = wireOf(member);
  return (name) => {
    const [, what, attribute, key, all] = MEMBER.exec(name) ?? [];
    if (what === undefined) return undefined;
    if (what === 'contactId') return member.contactId;
    if (what === 'attributes') return attributes;
    if (attribute) return attributes[attribute.slice(1)];
    const values = keys.filter((one) => one.key === key).map(({ value }) => value);
    return all ? values : values[0];
  };
}

const reader =
  <Source>(variables: Variables<Source>, source: Source): Lookup =>
  (name) =>
    Object.hasOwn(variables, name) ? variables[name]!(source) : undefined;

const first =
  (one: Lookup, other: Lookup): Lookup =>
  (name) =>
    one(name) ?? other(name);
