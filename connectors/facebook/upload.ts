import { createHash } from 'node:crypto';
import { halves } from '../bisect.ts';
import type { Batch, EncodedMember, Json, MemberOutcome, Upload } from '../destination.ts';
import { DestinationError } from '../errors.ts';
import { addOnlySchema, identitySchema, type Wire } from './schema.ts';
import type { FacebookOptions } from './settings.ts';

/** The body of one `/users` call, and whose rows it holds. */
export interface UsersRequest {
  session: { session_id: number; batch_seq: number; last_batch_flag: boolean; estimated_num_total: number };
  payload: { schema: string[]; data: Json[][] };
  members: EncodedMember[];
  /** Which half, quarter, … of the batch's rows this is, when it was cut. */
  part?: string;
}

/** What `/users` answers. `invalid_entry_samples` echoes what was sent: never to be logged or shown. */
export interface UsersAnswer {
  audience_id?: string;
  account_id?: string;
  num_received?: number | string;
  num_invalid_entries?: number | string;
  invalid_entry_samples?: unknown;
}

/**
 * The calls that a batch takes: one, unless it removes people who were uploaded under other match keys than the
 * delivery has now. The schema must not change within a session, and a removal must name the keys of the upload, so
 * such rows go in sessions of their own.
 */
export function requestsOf(batch: Batch<FacebookOptions>): UsersRequest[] {
  const { upload, seq, last } = batch;
  const usual = schemaOf(upload).join();
  return groupByColumns(batch).map(({ columns, members }) => {
    const request: UsersRequest = {
      session: {
        session_id: upload.sessionId,
        batch_seq: seq,
        last_batch_flag: last,
        estimated_num_total: upload.estimatedTotal,
      },
      payload: { schema: columns, data: members.flatMap((member) => rowsOf(member, upload)) },
      members,
    };
    return columns.join() === usual ? request : inSideSession(batch, request);
  });
}

/** The same rows in a session of one call, which is the same whenever the batch is sent again. */
export function inSideSession({ upload, seq }: Batch, request: UsersRequest): UsersRequest {
  const part = request.part ? `/${request.part}` : '';
  const name = `${upload.sessionId}/${seq}/${request.payload.schema.join()}${part}`;
  const session_id = Number.parseInt(createHash('sha256').update(name).digest('hex').slice(0, 13), 16) + 1;
  const estimated_num_total = request.payload.data.length;
  return { ...request, session: { session_id, batch_seq: 1, last_batch_flag: true, estimated_num_total } };
}

/** The rows of a request in two, each in a session of its own. */
export function halvesOf(batch: Batch<FacebookOptions>, request: UsersRequest): UsersRequest[] {
  return halves(request.members).map((members, n) => {
    const data = members.flatMap((member) => rowsOf(member, batch.upload));
    const part = `${request.part ?? ''}${n}`;
    return inSideSession(batch, { ...request, payload: { ...request.payload, data }, members, part });
  });
}

function groupByColumns({ members, upload }: Batch): { columns: string[]; members: EncodedMember[] }[] {
  const groups = new Map<string, { columns: string[]; members: EncodedMember[] }>();
  for (const member of members) {
    const columns = columnsOf(member, upload);
    const group = groups.get(columns.join()) ?? { columns, members: [] };
    group.members.push(member);
    groups.set(columns.join(), group);
  }
  return [...groups.values()];
}

const wireOf = (member: EncodedMember) => member.wire as Wire;

/** The schema of every batch of the upload. */
function schemaOf({ direction, matchKeys, options }: Upload<FacebookOptions>): string[] {
  return [...identitySchema(matchKeys), ...(direction === 'add' ? addOnlySchema(options) : [])];
}

function columnsOf(member: EncodedMember, { direction }: Upload): string[] {
  const { schema, addOnly } = wireOf(member);
  return [...schema, ...(direction === 'add' && addOnly ? addOnly.schema : [])];
}

function rowsOf(member: EncodedMember, { direction }: Upload): Json[][] {
  const { rows, addOnly } = wireOf(member);
  return direction === 'add' && addOnly ? rows.map((row) => [...row, ...addOnly.cells]) : rows;
}

/**
 * What an answer says of each contact. Meta counts invalid rows and shows up to 100 samples; a contact is rejected
 * when samples name all of its rows and nobody else's. The rest of the count stays unattributed.
 */
export function readAnswer(
  request: UsersRequest,
  answer: UsersAnswer,
): { outcomes: MemberOutcome[]; unattributed: number } {
  const invalid = Math.max(0, Number(answer.num_invalid_entries ?? 0) || 0);
  const rows = request.payload.data.length;
  const rejected =
    invalid === 0
      ? new Set<string>()
      : invalid >= rows
        ? new Set(request.members.map((member) => member.contactId))
        : sampledContacts(request.members, answer.invalid_entry_samples);
  const outcomes = request.members.map(
    ({ contactId }): MemberOutcome =>
      rejected.has(contactId)
        ? {
            contactId,
            verdict: 'rejected',
            code: 'invalid_entry',
            text: 'Facebook called every row of this contact invalid.',
          }
        : { contactId, verdict: 'accepted' },
  );
  const named = request.members.filter((m) => rejected.has(m.contactId)).reduce((n, m) => n + wireOf(m).rows.length, 0);
  return { outcomes, unattributed: Math.max(0, invalid - named) };
}

function sampledContacts(members: EncodedMember[], samples: unknown): Set<string> {
  // a list or a map, of values or of whole rows, each as JSON or in one text: whatever it is, digests stand out
  const sampled = new Set(JSON.stringify(samples ?? '').match(/[0-9a-f]{64}/g));
  if (sampled.size === 0) return new Set();
  const owners = new Map<string, Set<string>>();
  for (const member of members) {
    for (const cell of wireOf(member).rows.flat()) {
      if (sampled.has(cell)) owners.set(cell, (owners.get(cell) ?? new Set()).add(member.contactId));
    }
  }
  const blamed = (cell: string) => owners.get(cell)?.size === 1;
  return new Set(members.filter((m) => wireOf(m).rows.every((row) => row.some(blamed))).map((m) => m.contactId));
}

/** @throws DestinationError when an answer to an upload does not acknowledge it */
export function acknowledged(answer: UsersAnswer, audienceId: string): number {
  const received = Number(answer.num_received);
  if (answer.num_received === undefined || !Number.isFinite(received)) {
    throw new DestinationError('unknown', 'Facebook answered without saying how many entries it received.');
  }
  if (answer.audience_id !== undefined && String(answer.audience_id) !== audienceId) {
    throw new DestinationError('unknown', `Facebook answered for another audience than ${audienceId}.`);
  }
  return received;
}

/** What `confirm` needs to ask about a batch. */
export type Ticket = { audienceId: string; sessions: { id: number; rows: number }[] };

export const ticketOf = (audienceId: string, requests: UsersRequest[]): Ticket => ({
  audienceId,
  sessions: requests.map(({ session, payload }) => ({ id: session.session_id, rows: payload.data.length })),
});
