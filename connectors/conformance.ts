import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { secretFields } from './declared.ts';
import type {
  Destination,
  DestinationDefinition,
  EncodedMember,
  Receipt,
  RemoteAudience,
  Upload,
} from './destination.ts';
import { DestinationError, type ErrorRule } from './errors.ts';
import { DestinationRegistry } from './registry.ts';
import {
  encodeAll,
  type RehearsalEnvironment,
  rehearsalBatch,
  rehearsalEnvironment,
  rehearsalMember,
  rehearsalSegment,
  rehearsalUpload,
} from './rehearsal.ts';

/** A call that carried members, or for files the file that came of it, as the vendor's side saw it. */
export interface Delivery {
  way: 'add' | 'remove';
  /** Members, rows or operations in it. */
  entries: number;
  /** All of it, as text. */
  text: string;
}

/** The vendor's side of a connector, played by a sandbox: what the suite asks it and does to it. */
export interface Harness<Settings extends object, Options extends object> {
  settings: Settings;
  options: Options;
  addresses: Record<string, string>;
  /** Used instead of the connector's default match keys. */
  matchKeys?: string[];
  /** Every delivery since the last reset. */
  deliveries(): Delivery[];
  /** Members that the remote audience holds, or rows of its file. */
  holds(audience: RemoteAudience): number;
  /** All that the vendor holds, for comparison. */
  state(): unknown;
  /** Connections that are open. */
  connections(): number;
  /** Seconds that a library takes to let go of a closed connection; 1 unless given. */
  closingSeconds?: number;
  /** From now on deliveries are never answered. */
  hang(): void;
  /** From now on deliveries are answered with this vendor code. @returns false where that cannot be played */
  failWith(rule: ErrorRule): boolean;
  /** From now on deliveries are refused as too many, to be tried after so many seconds. Absent: the vendor never says so. */
  throttle?(seconds: number): void;
  /** Ends faults and forgets what was delivered and held. */
  reset(): void;
  stop(): Promise<void>;
}

const MINUTES = 60_000;

/**
 * What every connector promises the engine, as a Jest suite. Call it in a spec, with a harness that plays the vendor.
 */
export function conformance<Settings extends object, Options extends object>(
  definition: DestinationDefinition<Settings, Options>,
  start: () => Promise<Harness<Settings, Options>>,
  title: string = definition.type,
): void {
  const { capabilities } = definition;
  const isSnapshot = capabilities.mirrorBy === 'snapshot';
  let harness: Harness<Settings, Options>;
  let environment: RehearsalEnvironment;
  let destination: Destination<Options>;
  let audience: RemoteAudience;

  const open = async () => {
    environment = rehearsalEnvironment(harness.addresses);
    destination = await definition.open(harness.settings, environment);
    return destination;
  };
  const uploadOf = (more: Partial<Upload<Options>> = {}): Upload<Options> => ({
    ...rehearsalUpload(audience, {
      options: harness.options,
      matchKeys: harness.matchKeys ?? capabilities.defaultMatchKeys,
    }),
    startedAt: new Date(),
    ...more,
  });
  const people = (count: number, from = 0) => Array.from({ length: count }, (_, n) => rehearsalMember(from + n));
  const membersOf = (upload: Upload<Options>, count: number, from = 0): EncodedMember[] =>
    encodeAll(definition, upload, people(count, from));
  /** Adds members in one batch and finishes. */
  const deliver = async (upload: Upload<Options>, members: EncodedMember[]): Promise<Receipt> => {
    const receipt = await destination.add(rehearsalBatch(upload, members));
    await destination.finish(upload);
    return receipt;
  };
  const failureOf = async (work: Promise<unknown>): Promise<DestinationError> => {
    const error = await work.then(
      () => new Error('should have failed'),
      (reason: unknown) => reason,
    );
    expect(error).toBeInstanceOf(DestinationError);
    return error as DestinationError;
  };

  describe(`${title} keeps the contract`, () => {
    const consoles = ['log', 'info', 'warn', 'error', 'debug'] as const;
    const spies = consoles.map((name) => jest.spyOn(console, name));

    beforeAll(async () => {
      harness = await start();
    });
    beforeEach(async () => {
      await open();
      audience = await destination.ensureAudience(rehearsalSegment(), harness.options);
    });
    afterEach(async () => {
      await destination.close();
      harness.reset();
    });
    afterAll(async () => {
      for (const spy of spies) spy.mockRestore();
      await harness?.stop();
    });

    test('its declaration has no fault', () => {
      expect(() => new DestinationRegistry([definition as unknown as DestinationDefinition])).not.toThrow();
      expect(definition.errors.filter(({ text }) => !/^[A-Z].*[.?]$/.test(text))).toEqual([]);
    });

    describe('encoding', () => {
      test('is pure and gives plain JSON of bounded weight', () => {
        const upload = uploadOf();
        const [once, twice] = [membersOf(upload, 20), membersOf(upload, 20)];
        expect(twice).toEqual(once);
        expect(once.map(({ contactId }) => contactId)).toEqual(people(20).map(({ contactId }) => contactId));
        for (const { wire, weight, keys } of once) {
          expect(JSON.parse(JSON.stringify(wire))).toEqual(wire);
          expect(weight).toBeGreaterThanOrEqual(1);
          expect(weight).toBeLessThanOrEqual(capabilities.batchSize);
          expect(keys.length).toBeGreaterThan(0);
        }
      });

      test('says of a person without a usable identifier that there is nothing to send, and why', () => {
        const { options, matchKeys, attributes, segment } = uploadOf();
        const encode = definition.encoder({ options, matchKeys, attributes, segment });
        const nobody = encode({
          contactId: 'c',
          identity: { id: 'c', emails: ['nonsense'], phones: ['x'] },
          attributes: {},
        });
        expect(nobody).toMatchObject({ contactId: 'c', wire: null });
        expect(nobody.keys.length).toBeGreaterThan(0);
        expect(
          nobody.keys.filter(({ verdict, reason, value }) => verdict !== 'invalid' || !reason || value !== null),
        ).toEqual([]);
        expect(encode({ contactId: 'c', identity: { id: 'c' }, attributes: {} }).wire).toBeNull();
      });
    });

    describe('delivering', () => {
      test('an empty batch makes no call', async () => {
        const before = environment.calls.length;
        const receipt = await destination.add(rehearsalBatch(uploadOf(), []));
        expect(receipt.outcomes).toEqual([]);
        expect(environment.calls.length).toBe(before);
        expect(harness.deliveries()).toEqual([]);
      });

      test('gives exactly one outcome a contact, under its id, in whatever order they come', async () => {
        const upload = uploadOf();
        const members = membersOf(upload, 7).reverse();
        const { outcomes } = await deliver(upload, members);
        expect(outcomes.map(({ contactId }) => contactId).sort()).toEqual(
          members.map(({ contactId }) => contactId).sort(),
        );
        expect(outcomes.every(({ verdict, code }) => verdict === 'accepted' || code)).toBe(true);
        expect(harness.holds(audience)).toBe(7);
      });

      test(
        'takes a batch of the declared size, and no call is above it',
        async () => {
          const upload = uploadOf({ estimatedTotal: capabilities.batchSize });
          const { outcomes } = await deliver(
            upload,
            filled(membersOf(upload, capabilities.batchSize), capabilities.batchSize),
          );
          expect(outcomes.filter(({ verdict }) => verdict !== 'accepted')).toEqual([]);
          expect(harness.deliveries().filter(({ entries }) => entries > capabilities.batchSize)).toEqual([]);
        },
        2 * MINUTES,
      );

      test('the same idempotency key stands for the same bytes', async () => {
        const upload = uploadOf();
        await deliver(upload, membersOf(upload, 5));
        const first = harness.deliveries().map(({ text }) => text);
        await destination.close();
        await open();
        await deliver(upload, membersOf(upload, 5));
        const second = harness.deliveries().slice(isSnapshot ? 0 : first.length);
        expect(first.length).toBeGreaterThan(0);
        expect(second.map(({ text }) => text)).toEqual(first);
        expect(harness.holds(audience)).toBe(5);
      });

      test('adds and removes never share a call', async () => {
        const upload = uploadOf();
        await deliver(upload, membersOf(upload, 6));
        const removal = uploadOf({ id: 'upl_2', sessionId: 7_654_321, direction: 'remove' });
        const batch = rehearsalBatch(removal, membersOf(removal, 2));
        if (isSnapshot) {
          expect((await failureOf(destination.remove(batch))).code).toBe('config');
        } else {
          const { outcomes } = await destination.remove(batch);
          await destination.finish(removal);
          expect(outcomes).toHaveLength(2);
          expect(harness.deliveries().map(({ way }) => way)).toEqual(['add', 'remove']);
          expect(harness.holds(audience)).toBe(4);
        }
      });

      test('erasing takes people out of every audience, again and again', async () => {
        expect(destination.erase !== undefined).toBe(capabilities.erasing === true);
        if (!destination.erase) return;
        const other = await destination.ensureAudience(rehearsalSegment('p_other', { id: 'other' }), harness.options);
        const upload = uploadOf();
        await deliver(upload, membersOf(upload, 6));
        const elsewhere = uploadOf({ id: 'upl_2', sessionId: 7_654_321, audience: other });
        await deliver(elsewhere, membersOf(elsewhere, 6));
        for (let times = 0; times < 2; times++) {
          const { outcomes } = await destination.erase([...membersOf(upload, 2), ...membersOf(upload, 1)]);
          expect(outcomes.map(({ contactId }) => contactId).sort()).toEqual(
            membersOf(upload, 2).map(({ contactId }) => contactId),
          );
        }
        expect([harness.holds(audience), harness.holds(other)]).toEqual([4, 4]);
      });

      test('a rehearsal says what adding would, and changes nothing', async () => {
        expect(destination.rehearse !== undefined).toBe(capabilities.rehearsing === true);
        if (!destination.rehearse) return;
        const before = harness.state();
        const upload = uploadOf();
        const receipt = await destination.rehearse(rehearsalBatch(upload, membersOf(upload, 3)));
        expect(receipt.ticket).toBeUndefined();
        expect(harness.state()).toEqual(before);
        expect(receipt.outcomes).toEqual((await deliver(upload, membersOf(upload, 3))).outcomes);
      });

      test('it has a way to replace exactly when it declares one', async () => {
        expect(destination.replace !== undefined).toBe(capabilities.replacing !== undefined);
        if (!destination.replace) return;
        const before = uploadOf();
        await deliver(before, membersOf(before, 4));
        const upload = uploadOf({ id: 'upl_2', sessionId: 7_654_321 });
        const { outcomes, ticket } = await destination.replace(rehearsalBatch(upload, membersOf(upload, 4, 2)));
        const finished = await destination.finish(upload);
        expect(outcomes.map(({ verdict }) => verdict)).toEqual(Array(4).fill('accepted'));
        const tickets = [ticket, finished.ticket].filter((held) => held !== undefined);
        expect((await destination.confirm(upload, tickets)).state).toBe('confirmed');
        await destination.sweep?.(upload, tickets);
        const held = harness.holds(audience);
        // who was added a moment before may stay where a sweep goes by time
        expect(held).toBeGreaterThanOrEqual(4);
        expect(held).toBeLessThanOrEqual(destination.sweep ? 6 : 4);
      });

      test('its audience is made once, adopted by id, and confirmed as often as asked', async () => {
        const before = harness.state();
        expect((await destination.ensureAudience(rehearsalSegment(), harness.options, audience)).id).toBe(audience.id);
        expect(harness.state()).toEqual(before);
        const upload = uploadOf();
        const { ticket } = await destination.add(rehearsalBatch(upload, membersOf(upload, 3)));
        const finished = await destination.finish(upload);
        const tickets = [ticket, finished.ticket].filter((held) => held !== undefined);
        const first = await destination.confirm(upload, tickets);
        expect(['pending', 'confirmed', 'partial']).toContain(first.state);
        expect(first.detail).not.toBe('');
        expect((await destination.confirm(upload, tickets)).state).toBe(first.state);
      });
    });

    test('nothing that could name a person is sent in the clear, recorded, said or printed', async () => {
      const upload = uploadOf();
      await deliver(upload, membersOf(upload, 5));
      const said: unknown[] = [environment.calls, spies.map((spy) => spy.mock.calls)];
      harness.hang();
      setTimeout(environment.abort, 200);
      const error = await failureOf(deliver(uploadOf({ id: 'upl_2', sessionId: 7_654_321 }), membersOf(upload, 5, 5)));
      said.push({ ...error, message: error.message, stack: error.stack, cause: error.cause });
      const sent = harness.deliveries().map(({ text }) => text);
      const text = JSON.stringify([said, sent]).toLowerCase();
      expect(sent.length).toBeGreaterThan(0);
      for (const planted of ['planted', 'example.com', '6502530', '650 253', 'plantagenet', 'wilhelmina', 'orchard'])
        expect({ planted, found: text.includes(planted) }).toEqual({ planted, found: false });
      expect(text).not.toContain('e3b0c44298fc1c149afbf4c8996fb924');
      for (const secret of secretsOf(definition, harness.settings))
        expect(JSON.stringify(said).includes(secret)).toBe(false);
    });

    test(
      'every vendor code that can be played means what the error table declares',
      async () => {
        const wrong: object[] = [];
        let played = 0;
        for (const rule of definition.errors) {
          if (!harness.failWith(rule)) continue;
          played++;
          const upload = uploadOf({ id: `upl_${played + 1}`, sessionId: 1_000_000 + played });
          const seen = await deliver(upload, membersOf(upload, 1)).then(
            ({ outcomes: [outcome] }) => ({
              vendor: outcome?.code,
              code: outcome?.verdict === 'rejected' ? 'payload' : outcome?.verdict,
            }),
            (error: DestinationError) => ({ vendor: error.vendorCode, code: error.code }),
          );
          if (seen.vendor !== rule.vendor || seen.code !== rule.code)
            wrong.push({ rule: `${rule.vendor}: ${rule.code}`, seen });
          await destination.close();
          harness.reset();
          await open();
          audience = await destination.ensureAudience(rehearsalSegment(), harness.options);
        }
        expect(wrong).toEqual([]);
        expect(played).toBeGreaterThan(5);
      },
      3 * MINUTES,
    );

    test('too many calls surface as throttled, with the time to wait', async () => {
      if (!harness.throttle) return;
      harness.throttle(77);
      const upload = uploadOf();
      const error = await failureOf(deliver(upload, membersOf(upload, 1)));
      expect(error.code).toBe('throttled');
      expect(error.retryAfterSeconds).toBeGreaterThanOrEqual(77);
    });

    test('an abort ends a call that hangs and closes every socket', async () => {
      harness.hang();
      const upload = uploadOf();
      setTimeout(environment.abort, 200);
      const started = Date.now();
      await failureOf(deliver(upload, membersOf(upload, 3)));
      expect(Date.now() - started).toBeLessThan(2_000);
      await destination.close();
      await closed(harness);
      await failureOf(destination.add(rehearsalBatch(upload, membersOf(upload, 1))));
      await closed(harness);
    });

    test('closing closes every socket, and can be done twice', async () => {
      const upload = uploadOf();
      await deliver(upload, membersOf(upload, 3));
      await destination.close();
      await destination.close();
      await closed(harness);
    });

    test('the check names each prerequisite, keeps secrets and changes nothing', async () => {
      const before = harness.state();
      const found = await destination.check();
      expect(harness.state()).toEqual(before);
      expect(harness.deliveries()).toEqual([]);
      expect(found.length).toBeGreaterThan(1);
      expect(new Set(found.map(({ name }) => name)).size).toBe(found.length);
      expect(found.filter(({ ok, title, detail }) => !ok || !title || !detail)).toEqual([]);
      for (const secret of secretsOf(definition, harness.settings))
        expect(JSON.stringify([found, environment.calls]).includes(secret)).toBe(false);
    });
  });
}

/** As many members as fit a batch by weight. */
function filled(members: EncodedMember[], batchSize: number): EncodedMember[] {
  let weight = 0;
  return members.filter((member) => {
    weight += member.weight;
    return weight <= batchSize;
  });
}

async function closed(harness: Pick<Harness<object, object>, 'connections' | 'closingSeconds'>): Promise<void> {
  const most = 20 * (harness.closingSeconds ?? 1);
  for (let tries = 0; harness.connections() > 0 && tries < most; tries++)
    await new Promise((resolve) => setTimeout(resolve, 50));
  expect(harness.connections()).toBe(0);
}

function secretsOf(definition: { settings: object }, settings: object): string[] {
  return secretFields(definition.settings).flatMap((name) => {
    const value = (settings as Record<string, unknown>)[name];
    return typeof value === 'string' && value !== '' ? [value] : [];
  });
}
