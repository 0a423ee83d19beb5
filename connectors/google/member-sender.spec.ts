import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { Refusal } from './data-manager.ts';
import type { Piece } from './encode.ts';
import { failure } from './failure.ts';
import { outcomesOf, sendAround } from './member-sender.ts';
import { digest } from './spec-support.ts';

const all = (count: number): Piece[] =>
  Array.from({ length: count }, (_, n) => ({ contactId: `c${n}`, identifiers: [{ emailAddress: digest(n) }] }));

/** A platform that refuses a whole request for its faulty members, and names them or not. */
function platform(faulty: Set<string>, naming: 'all' | 'first' | 'none', code = 'INVALID_SHA256_FORMAT') {
  const taken: string[] = [];
  let requests = 0;
  const send = async (group: Piece[]) => {
    requests++;
    const bad = group.flatMap(({ contactId }, index) => (faulty.has(contactId) ? [index] : []));
    if (bad.length === 0) {
      taken.push(...group.map(({ contactId }) => contactId));
      return { requestId: `r${requests}`, warnings: [] };
    }
    const named = naming === 'none' ? [] : naming === 'first' ? bad.slice(0, 1) : bad;
    throw new Refusal(
      failure([{ code }]),
      named.map((index) => ({ field: `audience_members.audience_members[${index}].composite_data`, reason: code })),
    );
  };
  return { send, taken, requests: () => requests };
}

describe('sending around faulty members', () => {
  it('delivers everybody else, however faults are spread and told', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 0, max: 60 }),
        fc.array(fc.integer({ min: 0, max: 59 }), { maxLength: 3 }),
        fc.constantFrom('all' as const, 'first' as const, 'none' as const),
        async (count, spots, naming) => {
          const faulty = new Set(spots.map((n) => `c${n}`));
          const google = platform(faulty, naming);
          const sent = await sendAround(all(count), google.send);
          const ids = all(count).map(({ contactId }) => contactId);
          expect([...google.taken].sort()).toEqual(ids.filter((id) => !faulty.has(id)).sort());
          expect([...sent.refused.keys()].sort()).toEqual(ids.filter((id) => faulty.has(id)).sort());
          expect(outcomesOf(ids, sent.refused)).toHaveLength(count);
        },
      ),
    );
  });

  it('finds one unnamed fault among 10,000 in few requests', async () => {
    const google = platform(new Set(['c7777']), 'none');
    const sent = await sendAround(all(10_000), google.send);
    expect([...sent.refused.keys()]).toEqual(['c7777']);
    expect(google.taken).toHaveLength(9_999);
    expect(google.requests()).toBeLessThan(30);
  });

  it('never sends more than 10,000 members at once', async () => {
    const sizes: number[] = [];
    await sendAround(all(20_001), async (group) => ({ requestId: `r${sizes.push(group.length)}`, warnings: [] }));
    expect(sizes).toEqual([10_000, 10_000, 1]);
  });

  it.each([
    { spots: [1, 5001], mostUnattributed: 100, mostSends: 2 },
    { spots: [100, 4000, 9000], mostUnattributed: 500, mostSends: 3 },
    { spots: [10, 2500, 5000, 7500], mostUnattributed: 1500, mostSends: 4 },
    { spots: Array.from({ length: 32 }, (_, n) => n * 312), mostUnattributed: 10_000, mostSends: 33 },
  ])('calls nobody rejected but the faulty, and finds all of $spots when the rest is sent again', async (given) => {
    const faulty = new Set(given.spots.map((n) => `c${n}`));
    const rejected: string[] = [];
    const taken: string[] = [];
    let rest = all(10_000);
    for (let sends = 0; rest.length > 0; sends++) {
      expect(sends).toBeLessThan(given.mostSends);
      const google = platform(faulty, 'none');
      const { refused } = await sendAround(rest, google.send);
      expect(google.requests()).toBeLessThanOrEqual(41);
      const verdictOf = (id: string) => refused.get(id)?.verdict;
      taken.push(...google.taken);
      rejected.push(...rest.flatMap(({ contactId: id }) => (verdictOf(id) === 'rejected' ? [id] : [])));
      const before = rest.length;
      rest = rest.filter(({ contactId: id }) => verdictOf(id) === 'unattributed');
      expect(rest.length).toBeLessThan(before);
      if (sends === 0) expect(rest.length).toBeLessThan(given.mostUnattributed);
    }
    expect(rejected.sort()).toEqual([...faulty].sort());
    expect(taken).toHaveLength(10_000 - faulty.size);
  });

  it('stops asking after a bounded number of requests and says of whom it knows nothing', async () => {
    const odd = new Set(all(10_000).flatMap(({ contactId }, n) => (n % 2 ? [contactId] : [])));
    const google = platform(odd, 'none');
    const { refused } = await sendAround(all(10_000), google.send);
    expect(google.requests()).toBeLessThanOrEqual(41);
    expect(google.taken.length).toBeGreaterThan(0);
    expect(google.taken.length + refused.size).toBe(10_000);
    for (const [id, { verdict, code }] of refused)
      if (verdict === 'rejected') expect(odd).toContain(id);
      else expect(code).toBe('reach/too_many_refusals');
  });

  it('fails as a whole when not one member is taken', async () => {
    const google = platform(new Set(all(1_000).map(({ contactId }) => contactId)), 'none', 'INVALID_ARGUMENT');
    await expect(sendAround(all(1_000), google.send)).rejects.toMatchObject({
      code: 'unknown',
      vendorCode: 'INVALID_ARGUMENT',
    });
  });

  it('passes other errors on at once', async () => {
    let requests = 0;
    const send = async () => {
      requests++;
      throw failure([{ code: 'UNAVAILABLE' }]);
    };
    await expect(sendAround(all(100), send)).rejects.toMatchObject({ code: 'transient' });
    expect(requests).toBe(1);
  });

  it('reads positions in either spelling', async () => {
    for (const field of [
      'audience_members[1]',
      'audienceMembers[1].userData',
      'audience_members.audience_members[1].user_data',
    ]) {
      let first = true;
      const sent = await sendAround(all(3), async () => {
        if (!first) return { requestId: 'r', warnings: [] };
        first = false;
        throw new Refusal(failure([{ code: 'INVALID_FORMAT' }]), [{ field, reason: 'INVALID_FORMAT' }]);
      });
      expect([...sent.refused.keys()]).toEqual(['c1']);
    }
  });
});
