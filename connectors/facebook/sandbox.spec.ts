import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { type Sandbox, startSandbox } from '../../sandbox/sandbox.ts';
import type { Destination, EncodedMember, Receipt, Upload } from '../destination.ts';
import {
  encodeAll,
  type RehearsalEnvironment,
  rehearsalBatch,
  rehearsalEnvironment,
  rehearsalMember,
  rehearsalSegment,
  rehearsalUpload,
} from '../rehearsal.ts';
import { facebook } from './definition.ts';
import type { FacebookOptions } from './settings.ts';

const HOUR = 3_600_000;

describe('Facebook over real sockets', () => {
  let sandbox: Sandbox;
  let environment: RehearsalEnvironment;
  let destination: Destination<FacebookOptions>;
  let sessions = 0;

  const open = async () => {
    const { adAccountId, accessToken, appSecret } = sandbox.credentials.facebook;
    environment = rehearsalEnvironment(sandbox.settings());
    environment.now = () => sandbox.clock.now();
    destination = await facebook.open({ adAccountId, accessToken, appSecret }, environment);
  };
  const uploadTo = (
    audience: Upload['audience'],
    options: FacebookOptions = {},
    more: Partial<Upload<FacebookOptions>> = {},
  ) => {
    sessions++;
    const upload = rehearsalUpload(audience, { options, matchKeys: ['EMAIL', 'LN'] });
    return { ...upload, sessionId: sessions, startedAt: sandbox.clock.now(), ...more };
  };
  const people = (upload: Upload<FacebookOptions>, from: number, to: number): EncodedMember[] =>
    encodeAll(
      facebook,
      upload,
      Array.from({ length: to - from }, (_, n) => rehearsalMember(from + n, { spend: String(from + n) })),
    );
  const tickets = (receipts: Receipt[]) => receipts.map(({ ticket }) => ticket!);
  const held = (id: string) => sandbox.facebook.members(id).size;
  const audienceOf = (options: FacebookOptions = {}) => destination.ensureAudience(rehearsalSegment(), options);

  beforeAll(async () => {
    sandbox = await startSandbox();
  });
  afterAll(() => sandbox.close());
  afterEach(async () => {
    await destination.close();
    expect(sandbox.violations).toEqual([]);
    sandbox.reset();
  });

  it('replaces everybody in one session', async () => {
    await open();
    const audience = await audienceOf();
    const before = uploadTo(audience);
    await destination.add(rehearsalBatch(before, people(before, 0, 40)));
    const upload = uploadTo(audience);
    const receipts = [
      await destination.replace!(rehearsalBatch(upload, people(upload, 30, 60), 1, false)),
      await destination.replace!(rehearsalBatch(upload, people(upload, 60, 70), 2, true)),
    ];
    expect(held(audience.id)).toBe(40);
    expect(sandbox.facebook.values(audience.id, 'EMAIL').size).toBe(40);
    expect(await destination.confirm(upload, tickets(receipts))).toMatchObject({ state: 'confirmed', received: 40 });
  });

  it('does not begin a replacement anew when the answer to its first batch was lost', async () => {
    await open();
    const audience = await audienceOf();
    const upload = uploadTo(audience);
    const first = rehearsalBatch(upload, people(upload, 0, 10), 1, false);
    sandbox.facebook.faults.add({ match: { path: 'usersreplace' }, do: 'reset', apply: true });
    await expect(destination.replace!(first)).rejects.toMatchObject({ code: 'transient' });
    await destination.close();
    await open();
    const receipts = [
      await destination.replace!(first),
      await destination.replace!(rehearsalBatch(upload, people(upload, 10, 20), 2, true)),
    ];
    expect(held(audience.id)).toBe(20);
    expect(await destination.confirm(upload, tickets(receipts))).toMatchObject({ state: 'confirmed', received: 20 });
  });

  it('adds what is left when the 90 minutes are over', async () => {
    await open();
    const audience = await audienceOf();
    const upload = uploadTo(audience);
    const receipts = [await destination.replace!(rehearsalBatch(upload, people(upload, 0, 10), 1, false))];
    sandbox.clock.advance(1.6 * HOUR);
    receipts.push(await destination.replace!(rehearsalBatch(upload, people(upload, 10, 15), 2, true)));
    expect(receipts[1]!.warnings.join()).toContain('This batch was added.');
    expect(held(audience.id)).toBe(15);
    expect(await destination.confirm(upload, tickets(receipts))).toMatchObject({ state: 'confirmed', received: 15 });
  });

  it('holds other uploads back while a replacement runs', async () => {
    await open();
    const audience = await audienceOf();
    const upload = uploadTo(audience);
    await destination.replace!(rehearsalBatch(upload, people(upload, 0, 10), 1, false));
    const other = uploadTo(audience);
    await expect(destination.add(rehearsalBatch(other, people(other, 0, 1)))).rejects.toMatchObject({
      code: 'throttled',
      vendorCode: '2650/1870145',
    });
    await expect(destination.replace!(rehearsalBatch(other, people(other, 0, 1)))).rejects.toMatchObject({
      code: 'throttled',
    });
  });

  it('carries values, and replaces and removes in a value-based audience', async () => {
    await open();
    const options = { valueAttribute: 'spend' };
    expect(facebook.attributesOf?.(options)).toEqual(['spend']);
    const audience = await audienceOf(options);
    const upload = uploadTo(audience, options);
    await destination.add(rehearsalBatch(upload, people(upload, 0, 5)));
    expect(sandbox.journal.containing('LOOKALIKE_VALUE')).toHaveLength(1);
    const again = uploadTo(audience, options);
    await destination.replace!(rehearsalBatch(again, people(again, 3, 9)));
    const removal = uploadTo(audience, options, { direction: 'remove' });
    await destination.remove(rehearsalBatch(removal, people(removal, 3, 4)));
    expect(held(audience.id)).toBe(5);
  });

  it('makes a lookalike once its seed is large enough, and only one', async () => {
    await open();
    const options = { lookalikeCountry: 'US', lookalikeRatio: 0.02 };
    const audience = await audienceOf();
    const deliver = async (from: number, to: number) => {
      const upload = uploadTo(audience, options);
      await destination.add(rehearsalBatch(upload, people(upload, from, to)));
      return (await destination.finish(upload)).warnings;
    };
    const lookalikes = () => sandbox.facebook.audiences().filter(({ subtype }) => subtype === 'LOOKALIKE');
    expect(await deliver(0, 50)).toEqual([expect.stringContaining('tried again')]);
    expect(lookalikes()).toHaveLength(0);
    expect(await deliver(50, 150)).toEqual([]);
    expect(await deliver(150, 160)).toEqual([]);
    expect(lookalikes()).toMatchObject([{ name: 'Rehearsal p_loyal (lookalike US 2 %)', origin: audience.id }]);
  });

  it('erases people from every customer list, also those sent under other keys', async () => {
    await open();
    const [one, two] = [
      await audienceOf(),
      await destination.ensureAudience(rehearsalSegment('p_other', { id: 'other' }), {}),
    ];
    const byName = uploadTo(one);
    const byMail = { ...uploadTo(two), matchKeys: ['EMAIL'] };
    await destination.add(rehearsalBatch(byName, people(byName, 0, 5)));
    await destination.add(rehearsalBatch(byMail, people(byMail, 0, 5)));
    const { outcomes } = await destination.erase!(people(byName, 0, 2));
    expect(outcomes.map(({ verdict }) => verdict)).toEqual(['accepted', 'accepted']);
    expect([held(one.id), held(two.id)]).toEqual([3, 3]);
  });

  it('checks everything there is to check', async () => {
    await open();
    await audienceOf();
    sandbox.facebook.options.usage = { percent: 40, regainMinutes: 0 };
    sandbox.facebook.options.token.expiresAt = new Date(Date.now() + 20.5 * 24 * HOUR).toISOString();
    const found = await destination.check();
    expect(found.filter(({ ok }) => !ok)).toEqual([]);
    expect(found.map(({ name }) => name)).toEqual([
      'token',
      'scopes',
      'account',
      'terms',
      'audience-cap',
      'quota',
      'clock',
      'api-version',
    ]);
    expect(found[0]).toMatchObject({ daysLeft: 20 });
    expect(found.find(({ name }) => name === 'quota')?.detail).toBe('40 % of the hourly quota is used.');
  });
});
