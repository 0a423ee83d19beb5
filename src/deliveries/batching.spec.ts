import fc from 'fast-check';
import type { Encoded } from '../../connectors/destination.ts';
import { batched, type Candidate, type CandidateBatch } from './batching.ts';

const candidate = (id: number, weight: number, usable: boolean): Candidate => ({
  encoded: { contactId: String(id).padStart(6, '0'), wire: usable ? [id] : null, weight, keys: [] } as Encoded,
  identityVersion: '1',
});

async function* paged(candidates: Candidate[], pageSize: number): AsyncGenerator<Candidate[]> {
  for (let i = 0; i < candidates.length; i += pageSize) yield candidates.slice(i, i + pageSize);
}

async function run(candidates: Candidate[], size: number, pageSize = 3): Promise<CandidateBatch[]> {
  const batches: CandidateBatch[] = [];
  for await (const batch of batched(paged(candidates, pageSize), size)) batches.push(batch);
  return batches;
}

describe('batched', () => {
  it('marks the only batch as last', async () => {
    const [batch, ...more] = await run([candidate(1, 1, true)], 10);
    expect(more).toEqual([]);
    expect(batch).toMatchObject({ last: true, cursorEnd: '000001' });
  });

  it('makes no batch of nothing', async () => {
    expect(await run([], 10)).toEqual([]);
  });

  it('carries people with nothing usable in one empty batch when no one is usable', async () => {
    const batches = await run([candidate(1, 0, false), candidate(2, 0, false)], 10);
    expect(batches).toHaveLength(1);
    expect(batches[0]).toMatchObject({ members: [], last: true, cursorEnd: '000002' });
    expect(batches[0]?.unusable).toHaveLength(2);
  });

  it('carries people who are kept back apart from those with nothing usable', async () => {
    const batches = await run([candidate(1, 1, true), { ...candidate(2, 0, false), keptBack: 'suppressed' }], 10);
    expect(batches).toHaveLength(1);
    expect(batches[0]).toMatchObject({ unusable: [], last: true, cursorEnd: '000002' });
    expect(batches[0]?.withheld.map(({ keptBack }) => keptBack)).toEqual(['suppressed']);
  });

  it('keeps everyone once, in order, within the size, with exactly one last batch, whatever the mix', async () => {
    const people = fc.array(fc.record({ weight: fc.integer({ min: 1, max: 4 }), usable: fc.boolean() }), {
      maxLength: 60,
    });
    await fc.assert(
      fc.asyncProperty(
        people,
        fc.integer({ min: 1, max: 12 }),
        fc.integer({ min: 1, max: 9 }),
        async (all, size, pageSize) => {
          const candidates = all.map(({ weight, usable }, i) => candidate(i, weight, usable));
          const batches = await run(candidates, size, pageSize);
          const ids = (list: { contactId: string }[]) => list.map(({ contactId }) => contactId);
          const sent = batches.flatMap((batch) => ids(batch.members.map(({ encoded }) => encoded)));
          const unusable = batches.flatMap((batch) => ids(batch.unusable.map(({ encoded }) => encoded)));
          expect(sent).toEqual(ids(candidates.map((c) => c.encoded).filter((e) => e.wire !== null)));
          expect(unusable).toEqual(ids(candidates.map((c) => c.encoded).filter((e) => e.wire === null)));
          expect(batches.filter((batch) => batch.last)).toHaveLength(candidates.length > 0 ? 1 : 0);
          expect(batches.at(-1)?.last ?? true).toBe(true);
          expect(batches.at(-1)?.cursorEnd ?? '').toBe(candidates.at(-1)?.encoded.contactId ?? '');
          for (const { members } of batches) {
            const weight = members.reduce((sum, { encoded }) => sum + encoded.weight, 0);
            expect(members.length <= 1 || weight <= size).toBe(true);
          }
          expect(batches.filter((batch) => batch.members.length === 0).length).toBeLessThanOrEqual(
            sent.length === 0 ? 1 : 0,
          );
        },
      ),
    );
  });
});
