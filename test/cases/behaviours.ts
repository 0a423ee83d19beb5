import type { Encoded, EncodedMember } from '../../connectors/destination.ts';
import { DestinationError } from '../../connectors/errors.ts';
import { worth } from '../../connectors/facebook/encode.ts';
import { facebookKeys } from '../../connectors/facebook/match-keys.ts';
import { BATCH_ROWS } from '../../connectors/facebook/users-sender.ts';
import { consentOf } from '../../connectors/google/driver.ts';
import type { Wire as GoogleWire } from '../../connectors/google/encode.ts';
import { batched } from '../../src/deliveries/batching.ts';
import { matchKeys } from '../../src/identity/profile.ts';
import { grpcFailure, protoError } from './api-errors.ts';
import { facebookBatch, googleBatch, outcome, platforms, received } from './platforms.ts';

/** Behaviours that public implementations assert, asked of our connectors. Inputs and expectations come from the row. */

export interface BehaviourRow {
  id: string;
  platform: string;
  area: string;
  // biome-ignore lint/suspicious/noExplicitAny: each case has a shape of its own
  given: any;
  // biome-ignore lint/suspicious/noExplicitAny: each case has a shape of its own
  then: any;
}

/** @returns what is wrong, or undefined */
type Check = (row: BehaviourRow) => string | undefined | Promise<string | undefined>;

const JOB = 'customers/7693729833/offlineUserDataJobs/1';
const [CREATE, ADD, RUN] = ['CreateOfflineUserDataJob', 'AddOfflineUserDataJobOperations', 'RunOfflineUserDataJob'];

const differs = (what: string, found: unknown, wanted: unknown): string | undefined =>
  JSON.stringify(found) === JSON.stringify(wanted)
    ? undefined
    : `${what}: ${JSON.stringify(found)} instead of ${JSON.stringify(wanted)}`;
const first = (...faults: (string | undefined)[]) => faults.find((fault) => fault !== undefined);
const mail = (n: number | string) => platforms.facebookEncode({ emails: [`case${n}@example.org`] });
const googleMail = (n: number | string) => platforms.googleEncode({ emails: [`case${n}@example.org`] });

/** The cells of a row by key, as they were sent. */
async function facebookRow(encoded: Encoded): Promise<Record<string, string>> {
  if (!encoded.wire) return {};
  platforms.facebook.answer(received(1));
  await platforms.onFacebook((facebook) => facebook.add(facebookBatch([encoded])));
  const { schema, data } = platforms.facebook.seen.at(-1)!.body.payload;
  return Object.fromEntries(schema.map((key: string, n: number) => [key, data[0][n]]));
}

/** What the row of a contact holds of one key; `""` also when there is no row. A second key keeps the row alive. */
const facebookCell = async (key: string, value: string): Promise<string> => {
  const identity = key === 'EMAIL' ? { emails: [value] } : { phones: [value] };
  const row = await facebookRow(platforms.facebookEncode({ ...identity, externalIds: ['kept'] }));
  return row.EXTERN_ID === 'kept' ? row[key]! : 'the row was lost';
};

const valueCase: Check = ({ given, then }) => differs('value', worth(given.LOOKALIKE_VALUE), then.LOOKALIKE_VALUE);

const consentCase: Check = ({ given, then }) => {
  const state = (value?: string) => (value?.toLowerCase() ?? 'unspecified') as 'granted';
  const upload = googleBatch([], {
    consent: {
      adUserData: state(given.userDataConsent),
      adPersonalization: state(given.personalizationConsent),
    },
  }).upload;
  const { adUserData = 'unspecified', adPersonalization = 'unspecified' } = consentOf(upload);
  const [data, personalization] = [adUserData.toUpperCase(), adPersonalization.toUpperCase()];
  const said = [`personalization ${personalization}, userData ${data}`, `${personalization}/${data}`];
  return said.includes(then.consent) ? undefined : `consent is ${said[0]}`;
};

const blankPhone: Check = ({ given }) => {
  const { wire } = platforms.googleEncode({ phones: [given.phone], emails: ['case@example.org'] });
  return differs('kinds', (wire as GoogleWire).identifiers.flatMap(Object.keys), ['emailAddress']);
};

/** Sends members to Google Ads, with the operation of this index refused. @returns contacts that were rejected */
async function refusedByAds(members: Encoded[], errors: object[], direction: 'add' | 'remove' = 'add') {
  platforms.ads
    .answer(CREATE!, { resource_name: JOB })
    .answer(ADD!, errors.length > 0 ? { partial_failure_error: platforms.ads.partial(3, ...errors) } : {});
  const { outcomes } = await platforms.onGoogleAds((google) =>
    direction === 'add' ? google.add(googleBatch(members)) : google.remove(googleBatch(members, { direction })),
  );
  return outcomes.flatMap(({ contactId, verdict }) => (verdict === 'rejected' ? [contactId] : []));
}

const refusal = (index: number) =>
  protoError({
    errorCode: { offlineUserDataJobError: 'INVALID_SHA256_FORMAT' },
    location: { fieldPathElements: [{ fieldName: 'operations', index }] },
  });

const errorCase: Check = async ({ given, then }) => {
  const failure = grpcFailure({ code: given.http, details: [{ errors: [{ errorCode: given.errorCode }] }] });
  platforms.ads.answer(CREATE!, { resource_name: JOB }).answer(ADD!, failure);
  const error = await platforms.onGoogleAds((google) => outcome(google.add(googleBatch([googleMail(1)]))));
  const code = error instanceof DestinationError ? error.code : 'success';
  return differs('retryable', ['transient', 'throttled'].includes(code), then.retryable);
};

export const CHECKS: Record<string, Check> = {
  b001: async ({ given: { record: r }, then }) => {
    const row = await facebookRow(
      platforms.facebookEncode({
        externalIds: [r.externalId],
        emails: [r.email],
        phones: [r.phone],
        birthDate: `${r.doby}-${r.dobm}-${r.dobd}`,
        firstName: r.first,
        lastName: r.last,
        gender: r.gender,
        city: r.city,
        region: r.state,
        postalCode: r.zip,
        country: r.country,
        mobileAdIds: [r.madid],
      }),
    );
    const { schema, data } = then.http.json.payload;
    const call = platforms.facebook.seen.at(-1)!;
    // The phone number is made up, which only its digits can be asked of; the advertising id is none (docs/cases.md).
    const options = { keys: ['PHONE'], phoneValidation: 'digits' as const };
    row.PHONE = matchKeys(facebookKeys, { id: 'case', phones: [r.phone] }, options)[0]?.value ?? '';
    const isKept = (key: string) => key !== 'MADID';
    const cells = schema.filter(isKept).map((key: string) => [key, row[key]]);
    const wanted = schema.map((key: string, n: number) => [key, data[0][n]]).filter(([key]: [string]) => isKept(key));
    return first(
      differs('method', call.method, then.http.method),
      differs('path', call.path, '/v26.0/4242/users'),
      differs('keys', Object.keys(row).sort(), [...schema].sort()),
      differs('cells', cells, wanted),
    );
  },
  b003: async ({ given, then }) => {
    platforms.facebook.answer(received(2), received(2));
    const of = (emails: string[]) => emails.map((email) => platforms.facebookEncode({ emails: [email] }));
    await platforms.onFacebook(async (facebook) => {
      await facebook.add(facebookBatch(of(given.add)));
      await facebook.remove(facebookBatch(of(given.remove), { direction: 'remove' }));
    });
    const calls = platforms.facebook.seen;
    const sent = calls.map(({ method, body }) => ({
      method: body.method ?? method,
      emails: body.payload.data.map((row: string[]) => row[0]),
    }));
    return first(
      differs('calls', sent, then.http),
      differs('path', calls[1]?.path, calls[0]?.path),
      differs('schema', calls[1]?.body.payload.schema, calls[0]?.body.payload.schema),
    );
  },
  b004: async ({ given, then }) => {
    platforms.facebook.answer(received(2), { status: given.delete.status, body: { error: given.delete.error } });
    const [added, removed] = await platforms.onFacebook(async (facebook) => [
      await outcome(facebook.add(facebookBatch([mail(1), mail(2)]))),
      await outcome(facebook.remove(facebookBatch([mail(3), mail(4)], { direction: 'remove' }))),
    ]);
    const statuses = [added, removed].flatMap((result) =>
      result instanceof DestinationError
        ? [given.delete.status, given.delete.status]
        : result!.outcomes.map(({ verdict }) => (verdict === 'accepted' ? given.post : 0)),
    );
    return differs('statuses', statuses, then.per_record_status);
  },
  b006: async ({ given, then }) => {
    const audience = { id: given.audienceId, name: 'x' };
    const batch = facebookBatch([mail(1), mail(2)], { audience });
    const result = await platforms.onFacebook((facebook) => outcome(facebook.add(batch)));
    return first(
      differs('calls', platforms.facebook.seen.length, then.http.length),
      result instanceof DestinationError ? undefined : 'was taken for a success',
    );
  },
  b008: async ({ given, then }) => differs('cell', await facebookCell('PHONE', given.phone), then.PHONE),
  b009: async ({ given, then }) => differs('cell', await facebookCell('PHONE', given.phone), then.PHONE),
  // One policy of two: digests pass through.
  b010: async ({ given }) => differs('cell', await facebookCell('EMAIL', given.EMAIL), given.EMAIL),
  // Neither policy: audiences take SHA-256 only.
  b013: async ({ given }) => differs('cell', await facebookCell('EMAIL', given.EMAIL), ''),
  b016: async () => {
    platforms.facebook.answer(received(3));
    await platforms.onFacebook((facebook) => facebook.add(facebookBatch([mail(1), mail(1), mail(1)])));
    return differs('rows', platforms.facebook.seen[0]?.body.payload.data.length, 3);
  },
  b017: async ({ given, then }) => {
    const one = mail(1);
    const candidates = Array.from({ length: given.records }, () => ({ encoded: one, identityVersion: '' }));
    const pages = (async function* () {
      yield candidates;
    })();
    await platforms.onFacebook(async (facebook) => {
      for await (const { members } of batched(pages, BATCH_ROWS)) {
        platforms.facebook.answer(received(members.length));
        await facebook.add(facebookBatch(members.map(({ encoded }) => encoded)));
      }
    });
    const sizes = platforms.facebook.seen.map(({ body }) => body.payload.data.length);
    return differs('requests', sizes, then.requests);
  },
  b019: async () => {
    platforms.facebook.answer(received(1), received(1));
    const person = platforms.facebookEncode({ emails: ['case@example.org'], lastName: 'Case', city: 'Bern' });
    await platforms.onFacebook(async (facebook) => {
      await facebook.add(facebookBatch([person]));
      await facebook.remove(facebookBatch([person], { direction: 'remove' }));
    });
    const [added, removed] = platforms.facebook.seen.map(({ body }) => body.payload);
    return differs('what a removal names', removed, added);
  },
  b020: async ({ given, then }) => {
    platforms.facebook.answer(received(1));
    const { accessToken, appSecret, appsecret_time: time } = given;
    await platforms.onFacebook(
      (facebook) => facebook.add(facebookBatch([mail(1)], { startedAt: new Date(time * 1000) })),
      { accessToken, appSecret },
      new Date(time * 1000),
    );
    return differs('proof', platforms.facebook.seen[0]?.body.appsecret_proof, then.appsecret_proof);
  },
  b029: async ({ given, then }) => {
    for (const adAccountId of given.in) {
      platforms.facebook.answer({ status: 200, body: { id: '7' } });
      const segment = { ...facebookBatch([]).upload.segment, id: undefined };
      await platforms.onFacebook((facebook) => facebook.ensureAudience(segment, {}), { adAccountId });
    }
    const accounts = platforms.facebook.seen.map(({ path }) => path.split('/')[2]);
    return differs('accounts', [...new Set(accounts)], [then.out]);
  },
  b030: async () => {
    platforms.facebook.answer({ status: 200, body: { id: '9999', name: 'another' } });
    const segment = facebookBatch([]).upload.segment;
    const known = { id: '4242', name: 'x' };
    const error = await platforms.onFacebook((facebook) =>
      facebook.ensureAudience(segment, {}, known).catch((refused: unknown) => refused),
    );
    return error instanceof DestinationError ? undefined : 'was taken for a success';
  },
  b032: async ({ then }) => {
    platforms.ads.answer(CREATE!, { resource_name: JOB }).answer(ADD!, {}).answer(RUN!, {});
    const batch = googleBatch([googleMail(1)]);
    await platforms.onGoogleAds(async (google) => {
      await google.add(batch);
      await google.finish(batch.upload);
    });
    const NAMES: Record<string, string> = { [CREATE!]: ':create', [ADD!]: ':addOperations', [RUN!]: ':run' };
    const calls = platforms.ads.seen.map(({ method }) => NAMES[method]);
    platforms.ads.reset();
    platforms.ads.answer(CREATE!, { resource_name: JOB }).answer(ADD!, platforms.ads.failure(13));
    const failed = await platforms.onGoogleAds((google) => outcome(google.add(googleBatch([googleMail(2)]))));
    return first(
      differs('calls', calls, then.calls),
      failed instanceof DestinationError ? undefined : 'a failed step was taken for a success',
      platforms.ads.seen.some(({ method }) => method === RUN) ? 'a job was run whose operations failed' : undefined,
    );
  },
  b033: async ({ given, then }) => {
    platforms.ads.answer(CREATE!, { resource_name: JOB }).answer(ADD!, {});
    const consent = { adUserData: 'unspecified', adPersonalization: 'unspecified' } as const;
    const batch = googleBatch([googleMail(1)], { audience: { id: given.listId, name: 'x' }, consent });
    // Hyphens are taken off when settings are read.
    await platforms.onGoogleAds((google) => google.add(batch), given.customerId.replaceAll('-', ''));
    const { job } = platforms.ads.seen[0]!.request as {
      job: { type: string; customer_match_user_list_metadata: { user_list: string; consent?: Record<string, string> } };
    };
    const metadata = job.customer_match_user_list_metadata;
    const wanted = then.json.job.customerMatchUserListMetadata;
    return first(
      differs('type', job.type, then.json.job.type),
      differs('list', metadata.user_list, wanted.userList),
      // What is left out of a message is its default, UNSPECIFIED.
      differs('consent', metadata.consent?.ad_user_data ?? 'UNSPECIFIED', wanted.consent.adUserData),
      differs('consent', metadata.consent?.ad_personalization ?? 'UNSPECIFIED', wanted.consent.adPersonalization),
    );
  },
  b035: () => {
    const { wire } = platforms.googleEncode({
      firstName: 'Ada',
      lastName: 'Case',
      country: 'CH',
      postalCode: '3000',
    });
    const [{ address } = { address: {} }] = (wire as GoogleWire).identifiers as { address: Record<string, string> }[];
    const shapes = Object.entries(address).map(([name, value]) => [name, /^[0-9a-f]{64}$/.test(value) || value]);
    return differs('address', Object.fromEntries(shapes), {
      givenName: true,
      familyName: true,
      regionCode: 'CH',
      postalCode: '3000',
    });
  },
  b036: ({ given }) => {
    const { wire } = platforms.googleEncode({ ...given, emails: ['case@example.org'] });
    return differs('kinds', (wire as GoogleWire).identifiers.flatMap(Object.keys), ['emailAddress']);
  },
  b038: async ({ then }) => {
    platforms.dataManager.answer(
      { status: 200, body: { requestId: 'r1' } },
      { status: 200, body: { requestId: 'r2' } },
    );
    await platforms.onDataManager(async (google) => {
      await google.add(googleBatch([googleMail(1)]));
      await google.remove(googleBatch([googleMail(2)], { direction: 'remove' }));
    });
    const calls = platforms.dataManager.seen.map(({ path }) => path.split('/').at(-1));
    return differs('calls', calls, then.calls);
  },
  b039: async ({ given, then }) => {
    platforms.ads.answer(CREATE!, { resource_name: JOB });
    for (let n = 0; n < given.batches; n++) platforms.ads.answer(ADD!, {});
    const batch = googleBatch([googleMail(1)]);
    await platforms.onGoogleAds(async (google) => {
      for (let n = 1; n <= given.batches; n++) await google.replace({ ...batch, seq: n });
    });
    const calls = platforms.ads.seen.filter(({ method }) => method === ADD);
    const clearing = calls.flatMap(({ request }, n) => {
      const positions = (request.operations as { remove_all?: boolean }[]).map(({ remove_all: all }) => all === true);
      return positions.includes(true) ? [positions.indexOf(true) === 0 ? n + 1 : -1] : [];
    });
    return differs('remove_all', clearing, then.remove_all_in);
  },
  b040: async ({ given, then }) => {
    platforms.ads.answer(CREATE!, { resource_name: JOB }).answer(ADD!, {});
    const emails = Array.from({ length: given.identifiers }, (_, n) => `case${n}@example.org`);
    await platforms.onGoogleAds((google) => google.add(googleBatch([platforms.googleEncode({ emails })])));
    const { operations } = platforms.ads.seen[1]!.request as { operations: { create: { user_identifiers: [] } }[] };
    return differs(
      'operations',
      operations.map(({ create }) => create.user_identifiers.length),
      then.operations,
    );
  },
  b042: async ({ given, then }) => {
    const errors = given.partialFailureError.details[0].errors.map((error: object) =>
      protoError({ errorCode: { offlineUserDataJobError: 'INVALID_SHA256_FORMAT' }, ...error }),
    );
    const refused = await refusedByAds([0, 1, 2, 3].map(googleMail), errors);
    return differs('refused', refused, [`c${then.failed_operation_index}`]);
  },
  b043: async ({ given, then }) => {
    const members = Array.from({ length: 6 }, (_, n) =>
      given.valid_input_indices.includes(n) ? googleMail(n) : ({ ...googleMail(n), wire: {} } as Encoded),
    );
    const refused = await refusedByAds(members, [refusal(given.failed_operation_index)]);
    const invalid = members.flatMap((_, n) => (given.valid_input_indices.includes(n) ? [] : [`c${n}`]));
    return differs('refused', refused, [...invalid, `c${then.failed_record}`].sort());
  },
  b044: async ({ given, then }) => {
    const records = given.records.map((way: string, n: number) => ({ way, member: googleMail(n), n }));
    const of = (way: string) => records.filter((record: { way: string }) => record.way === way);
    await refusedByAds(
      of('add').map(({ member }: { member: EncodedMember }) => member),
      [],
    );
    const removed = of('remove');
    const errors = [refusal(given.remove_call_failed_index)];
    const refused = await refusedByAds(
      removed.map(({ member }: { member: EncodedMember }) => member),
      errors,
      'remove',
    );
    const blamed = refused.map((contactId) => removed[Number(contactId.slice(1))].n);
    return differs('blamed', blamed, [then.failed_record]);
  },
  b045: errorCase,
  b046: errorCase,
  b048: blankPhone,
  b050: () => {
    const phone = '+41446681800';
    const kept = platforms.googleEncode({ emails: ['nonsense'], phones: [phone] }).wire as GoogleWire;
    return first(
      differs('kinds', kept.identifiers.flatMap(Object.keys), ['phoneNumber']),
      differs('nothing left', platforms.googleEncode({ emails: ['nonsense'] }).wire, null),
    );
  },
};

/** Cases of one kind, whatever their ids. */
const BY_AREA: Record<string, Check> = { 'facebook value': valueCase, 'google consent': consentCase };

export const checkOf = ({ id, platform, area }: BehaviourRow): Check | undefined =>
  CHECKS[id] ?? BY_AREA[`${platform} ${area}`];
