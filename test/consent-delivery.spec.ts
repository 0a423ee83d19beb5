import { createHash } from 'node:crypto';
import { withConsentConfirmed } from '../src/cli/consent.ts';
import type { MappingView } from '../src/cli/views.ts';
import { until } from './support/service.ts';
import { World } from './support/world.ts';

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');
const range = (from: number, to: number) => Array.from({ length: to - from }, (_, i) => from + i);
const csv = (header: string, rows: string[]) => `${[header, ...rows].join('\n')}\n`;
const klaviyo = (i: number) => `klaviyo${i}@example.com`;
const mailchimp = (i: number) => `mailchimp${i}@example.com`;

/** Klaviyo's words: every tenth person unsubscribed, every tenth never subscribed. */
const KLAVIYO_WORDS: Record<number, string> = { 1: 'UNSUBSCRIBED', 3: 'NEVER_SUBSCRIBED' };
const KLAVIYO = csv(
  'Email,Klaviyo ID,First Name,Email Marketing Consent',
  range(0, 120).map((i) => `${klaviyo(i)},01K${i},Ann,${KLAVIYO_WORDS[i % 10] ?? 'SUBSCRIBED'}`),
);
const SUBSCRIBED = csv(
  'Email Address,First Name,MEMBER_RATING,OPTIN_TIME,LEID',
  range(10, 100).map((i) => `${mailchimp(i)},Bob,2,2024-05-06 07:08:09,${1000 + i}`),
);
const UNSUBSCRIBED = csv(
  'Email Address,First Name,MEMBER_RATING,OPTIN_TIME,UNSUB_TIME,LEID',
  range(0, 10).map((i) => `${mailchimp(i)},Bob,2,2024-05-06 07:08:09,2025-02-03 04:05:06,${1000 + i}`),
);
/** Addresses that bounced, in a file that says so by its name alone. */
const CLEANED = csv('Email Address', [...range(50, 55).map(klaviyo), ...range(20, 25).map(mailchimp)]);
/** Two people consented before they unsubscribed, two after it. */
const CRM = csv('Email,Marketing consent,Marketing consent date', [
  ...[0, 1].map((i) => `${mailchimp(i)},yes,2024-06-01`),
  ...[2, 3].map((i) => `${mailchimp(i)},yes,2026-01-02`),
]);

describe('a delivery after importing the exports of several tools', () => {
  let world: World;
  let delivered: ReadonlySet<string>;

  const importAsSuggested = async (name: string, file: string) => {
    const form = new FormData();
    form.append('file', new Blob([file]), name);
    const { id, suggestedMapping } = await world.ask<{ id: string; suggestedMapping: MappingView }>(
      'POST',
      '/v1/datasets',
      form,
    );
    await world.ask('POST', `/v1/datasets/${id}/import`, { mapping: withConsentConfirmed(suggestedMapping) });
    const ended = await until(
      () => world.ask<{ status: string }>('GET', `/v1/datasets/${id}`),
      ({ status }) => status === 'ready' || status === 'error',
    );
    expect(ended.status).toBe('ready');
  };

  beforeAll(async () => {
    world = await World.start();
    await importAsSuggested('klaviyo.csv', KLAVIYO);
    await importAsSuggested('subscribed_segment_export_1.csv', SUBSCRIBED);
    await importAsSuggested('unsubscribed_segment_export_1.csv', UNSUBSCRIBED);
    await importAsSuggested('cleaned_segment_export_1.csv', CLEANED);
    await importAsSuggested('crm.csv', CRM);
    const audienceId = await world.audience({ name: 'Everyone', include: { condition: { everyone: true } } });
    const connectionId = await world.connect('facebook');
    const guards = { platformFloor: false };
    const run = await world.run(await world.delivery({ name: 'to facebook', audienceId, connectionId, guards }));
    expect(run.verdict).toBe('confirmed');
    const audiences = world.sandbox.facebook.audiences();
    delivered = new Set(audiences.flatMap(({ id }) => [...world.sandbox.facebook.values(id, 'EMAIL')]));
  });
  afterAll(() => world.close());

  const amongDelivered = (emails: string[]) => emails.filter((email) => delivered.has(sha256(email)));
  const UNSUBSCRIBED_IN_KLAVIYO = range(0, 120).filter((i) => i % 10 === 1);

  it.each([
    ['by the words of a status column', UNSUBSCRIBED_IN_KLAVIYO.map(klaviyo)],
    ['by the time of their opt-out', range(4, 10).map(mailchimp)],
    ['by a list of bounced addresses', [...range(50, 55).map(klaviyo), ...range(20, 25).map(mailchimp)]],
    ['in one file, after the grant in another that was imported later', [0, 1].map(mailchimp)],
  ])('does not send people who denied consent %s', (_, emails) => {
    expect(amongDelivered(emails)).toEqual([]);
  });

  it('sends people whose grant is newer than their denial', () => {
    const emails = [2, 3].map(mailchimp);
    expect(amongDelivered(emails)).toEqual(emails);
  });

  it('sends everyone without a denial', () => {
    const denied = new Set([...UNSUBSCRIBED_IN_KLAVIYO, ...range(50, 55)].map(klaviyo));
    const bounced = new Set(range(20, 25));
    const sent = [
      ...range(0, 120)
        .map(klaviyo)
        .filter((email) => !denied.has(email)),
      ...[2, 3].map(mailchimp),
      ...range(10, 100)
        .filter((i) => !bounced.has(i))
        .map(mailchimp),
    ];
    expect(delivered).toEqual(new Set(sent.map(sha256)));
  });
});
