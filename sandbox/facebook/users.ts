import { MemberSet } from '../members.ts';
import { ERRORS, invalid } from './errors.ts';
import { type Payload, readPayload, readSession, type SessionParameter, type ValueColumn } from './payload.ts';
import type { Audience, FacebookState, Session } from './state.ts';

const SESSION_MS = 90 * 60_000;
const REPLACE_LIMIT = 100_000_000;

type Parameters = Record<string, unknown>;

/** Adds people to an audience, or removes them. */
export function changeUsers(
  state: FacebookState,
  audience: Audience,
  way: 'add' | 'remove',
  parameters: Parameters,
): object {
  assertEditable(state, audience);
  const payload = readPayload(state, parameters.payload, valueColumn(audience, way));
  const given = readSession(parameters.session);
  if (!given && way === 'add' && state.options.sessionRequired) throw invalid('The parameter session is required.');
  assertSameSource(audience, payload);
  const batch = given ?? { id: state.inventSessionId(), seq: 1, last: true };
  const session = openSession(state, audience, way, batch, payload);
  if (isRepeat(state, session, batch, payload)) return receipt(audience, session, batch, payload);
  if (session.endedAt) throw ERRORS.finished();
  if (expired(state, session)) throw ERRORS.timedOut();
  if (batch.seq !== session.batches.size + 1)
    throw invalid(`session.batch_seq must be sequential: expected ${session.batches.size + 1}, got ${batch.seq}.`);
  if (way === 'add') refuseScripted(state, payload);
  apply(state, audience, way, payload);
  accept(state, session, batch, payload);
  markContent(state, audience, payload);
  audience.status = state.options.populatingReads > 0 ? 441 : 200;
  audience.pendingReads = state.options.populatingReads;
  return receipt(audience, session, batch, payload);
}

/** Replaces everyone in an audience within one session of at most 90 minutes. */
export function replaceUsers(state: FacebookState, audience: Audience, parameters: Parameters): object {
  if (audience.subtype !== 'CUSTOM') throw invalid('usersreplace is only for audiences of subtype CUSTOM.');
  settleReplace(state, audience);
  if (audience.status === 471) throw ERRORS.flaggedUpload();
  if (audience.members.size >= REPLACE_LIMIT) throw ERRORS.tooBig();
  const payload = readPayload(state, parameters.payload, valueColumn(audience, 'add'));
  const batch = readSession(parameters.session);
  if (!batch) throw invalid('The parameter session is required.');
  const known = state.sessions.get(batch.id);
  if (known?.endedAt) throw expired(state, known) ? ERRORS.timedOut() : ERRORS.finished();
  const running = audience.replacement;
  if (running && (running.sessionId !== batch.id || batch.seq === 1)) throw ERRORS.inProgress();
  if (!running && audience.status === 414) throw ERRORS.inProgress();
  if (!running && batch.seq !== 1) throw ERRORS.noFirstBatch();
  const session = openSession(state, audience, 'replace', batch, payload);
  audience.replacement ??= { sessionId: session.id, members: new MemberSet() };
  audience.status = 414;
  const repeated = session.batches.has(batch.seq);
  if (!repeated) refuseScripted(state, payload);
  for (const row of payload.rows) audience.replacement.members.add(row, state.clock.now());
  if (!repeated) accept(state, session, batch, payload);
  audience.dataSource = payload.dataSource;
  if (session.endedAt) {
    finishReplace(state, audience);
    audience.pendingReads = state.options.replaceReads;
    if (audience.pendingReads > 0) audience.status = 414;
  }
  return { account_id: audience.id, ...receipt(audience, session, batch, payload) };
}

/** Removes people from every customer-file audience of the account. */
export function removeFromAll(state: FacebookState, parameters: Parameters): object {
  const payload = readPayload(state, parameters.payload, 'allowed');
  for (const audience of state.audiences.values()) {
    if (audience.subtype !== 'CUSTOM') continue;
    for (const row of payload.rows) audience.members.remove(row);
    markContent(state, audience, payload);
  }
  const session = readSession(parameters.session);
  return {
    session_id: session?.id ?? state.inventSessionId(),
    num_received: payload.received,
    num_invalid_entries: payload.invalidEntries,
    invalid_entry_samples: payload.invalidSamples,
  };
}

/** What `GET /<audience>/sessions` answers; numbers are strings, as Meta sends them. */
export function describeSession(state: FacebookState, session: Session): object {
  const { matchRate, sessionsStuck } = state.options;
  const done = session.endedAt !== undefined && !sessionsStuck;
  return {
    session_id: session.id,
    start_time: String(Math.floor(session.startedAt.getTime() / 1000)),
    end_time: String(session.endedAt ? Math.floor(session.endedAt.getTime() / 1000) : 0),
    num_received: String(session.received),
    num_matched: String(matchRate === null ? -1 : Math.floor((session.received - session.invalid) * matchRate)),
    num_invalid_entries: String(session.invalid),
    progress: done ? '100' : '0',
    stage: done ? 'completed' : 'uploading',
  };
}

/** Takes out rows that nobody added again within the audience's days. */
export function forgetLapsed(state: FacebookState, audience: Audience): Audience {
  const { retentionDays: days } = audience;
  if (days) audience.members.removeBefore(new Date(state.clock.now().getTime() - days * 86_400_000));
  return audience;
}

/** Ends a replace whose 90 minutes are over: the audience is then what was sent. */
export function settleReplace(state: FacebookState, audience: Audience): void {
  const session = audience.replacement && state.sessions.get(audience.replacement.sessionId);
  if (!session || !expired(state, session)) return;
  session.endedAt = new Date(session.startedAt.getTime() + SESSION_MS);
  finishReplace(state, audience);
}

function valueColumn(audience: Audience, way: 'add' | 'remove'): ValueColumn {
  if (!audience.isValueBased) return 'refused';
  return way === 'add' ? 'required' : 'allowed';
}

function finishReplace(state: FacebookState, audience: Audience): void {
  audience.members = audience.replacement!.members;
  audience.replacement = undefined;
  audience.status = 200;
  audience.contentUpdatedAt = state.clock.now();
}

function assertEditable(state: FacebookState, audience: Audience): void {
  if (audience.subtype !== 'CUSTOM') throw invalid('Users can only be changed in audiences of subtype CUSTOM.');
  settleReplace(state, audience);
  if (audience.status === 471) throw ERRORS.flaggedUpload();
  if (audience.status === 414) throw ERRORS.inProgress();
}

function assertSameSource(audience: Audience, payload: Payload): void {
  if (audience.dataSource && audience.dataSource !== payload.dataSource)
    throw ERRORS.dataSource(audience.dataSource, payload.dataSource);
}

function openSession(
  state: FacebookState,
  audience: Audience,
  way: Session['way'],
  batch: SessionParameter,
  payload: Payload,
): Session {
  const known = state.sessions.get(batch.id);
  if (!known) {
    if (batch.seq !== 1) throw ERRORS.noFirstBatch();
    const session: Session = {
      id: batch.id,
      audienceId: audience.id,
      way,
      schema: payload.schema,
      startedAt: state.clock.now(),
      batches: new Map(),
      received: 0,
      invalid: 0,
    };
    state.sessions.set(batch.id, session);
    return session;
  }
  if (known.audienceId !== audience.id || known.way !== way)
    throw invalid('session.session_id must be unique within the ad account.');
  if (known.schema !== payload.schema) throw invalid('payload.schema must be the same in every batch of a session.');
  return known;
}

/** A batch that was received before is accepted again without effect; other rows under its number are a fault of the sender. */
function isRepeat(state: FacebookState, session: Session, batch: SessionParameter, payload: Payload): boolean {
  const before = session.batches.get(batch.seq);
  if (before === undefined) return false;
  if (before.digest !== payload.digest)
    state.journal.violation('facebook', 'changed-repeat', `session ${session.id} batch ${batch.seq}`);
  return before.digest === payload.digest;
}

function apply(state: FacebookState, audience: Audience, way: 'add' | 'remove', payload: Payload): void {
  if (way === 'add') {
    for (const row of payload.rows) audience.members.add(row, state.clock.now());
    return;
  }
  const { smallestAfterRemoval } = state.options;
  const after = smallestAfterRemoval > 0 ? audience.members.copy() : audience.members;
  for (const row of payload.rows) after.remove(row);
  if (after.size < smallestAfterRemoval) throw ERRORS.tooLow();
  audience.members = after;
}

function accept(state: FacebookState, session: Session, batch: SessionParameter, payload: Payload): void {
  session.batches.set(batch.seq, { digest: payload.digest, invalidEntries: payload.invalidEntries });
  session.received += payload.received;
  session.invalid += payload.invalidEntries;
  if (batch.last) session.endedAt = state.clock.now();
}

function markContent(state: FacebookState, audience: Audience, payload: Payload): void {
  audience.dataSource ??= payload.dataSource;
  audience.contentUpdatedAt = state.clock.now();
}

function expired(state: FacebookState, session: Session): boolean {
  return state.clock.now().getTime() - session.startedAt.getTime() > SESSION_MS;
}

/** Counts rows as invalid that a test said Meta would not take; which ones they are is not told. */
function refuseScripted(state: FacebookState, payload: Payload): void {
  const { options } = state;
  const poison = new Set(options.poison);
  const kept = payload.rows.filter((row) => {
    if (options.refuseRows > 0) {
      options.refuseRows -= 1;
      return false;
    }
    return !row.some((id) => poison.has(id.slice(id.indexOf('=') + 1)));
  });
  payload.invalidEntries += payload.rows.length - kept.length;
  payload.rows = kept;
}

function receipt(audience: Audience, session: Session, batch: SessionParameter, payload: Payload): object {
  return {
    audience_id: audience.id,
    session_id: session.id,
    num_received: session.received,
    num_invalid_entries: session.batches.get(batch.seq)?.invalidEntries ?? 0,
    invalid_entry_samples: payload.invalidSamples,
  };
}
