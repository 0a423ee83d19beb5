import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Settings } from '../../config/settings.ts';
import type { AccountId } from '../accounts/auth.ts';
import { Clock } from '../engines/clock.ts';
import { Warehouse } from '../engines/warehouse/warehouse.ts';
import { ComparisonRepository } from './comparison.repository.ts';
import { ComparisonService, whyNotComparable } from './comparison.service.ts';
import type { RunRow, RunsRepository } from './runs.repository.ts';
import type { RunVerdict } from './states.ts';

const ACCOUNT = 'acc' as AccountId;

describe('a comparison of runs', () => {
  it.each<[RunVerdict | null, boolean]>([
    ['confirmed', true],
    ['confirmed-with-rejects', true],
    ['unchanged', true],
    ['partly-failed', false],
    ['failed', false],
    ['cancelled', false],
    ['refused', false],
    ['expired', false],
    [null, false],
  ])('of what came of them: %s %s', (verdict, comparable) => {
    expect(whyNotComparable({ verdict, trigger: 'manual' }) === undefined).toBe(comparable);
    expect(whyNotComparable({ verdict, trigger: 'withdrawal' })).toContain('only took people out');
  });

  describe('in the warehouse', () => {
    const dataDir = mkdtempSync(join(tmpdir(), 'reach-comparison-'));
    let warehouse: Warehouse;
    beforeAll(async () => {
      warehouse = await Warehouse.open({ dataDir, memory: 1e9 });
    });
    afterAll(async () => {
      await warehouse.close();
      rmSync(dataDir, { recursive: true, force: true });
    });

    const plan = (run: string, rows: Record<string, [segment: string, action: string]>) =>
      warehouse.insert(
        'run_members',
        Object.entries(rows).map(([contact_id, [segment_key, action]]) => ({
          account_id: ACCOUNT,
          plan_id: `${run}.1`,
          segment_key,
          contact_id,
          action,
        })),
      );
    const run = { deliveryId: 'del', trigger: 'manual' };
    const serviceWith = (verdicts: Record<string, RunVerdict>, finished: Record<string, Date> = {}) => {
      const findRun = async (_: AccountId, id: string) =>
        ({ ...run, id, planId: `${id}.1`, verdict: verdicts[id], finishedAt: finished[id] ?? new Date() }) as RunRow;
      const repository = new ComparisonRepository(warehouse);
      return new ComparisonService(repository, { findRun } as unknown as RunsRepository, new Settings(), new Clock());
    };

    it('refuses a run that is so old that its unchanged members were deleted', async () => {
      const service = serviceWith(
        { old: 'confirmed', new: 'confirmed' },
        { old: new Date(Date.now() - 91 * 86_400_000) },
      );
      await expect(service.compare(ACCOUNT, 'new', 'old')).rejects.toMatchObject({ code: 'not_comparable' });
    });

    it('leaves out whom the platform did not take, and says which run was not carried out', async () => {
      await plan('run1', {
        stayed: ['p1', 'add'],
        moved: ['p1', 'add'],
        refused: ['p1', 'add'],
        left: ['p2', 'refresh'],
      });
      const refusal = { direction: 'add', verdict: 'rejected', code: 'X', field: '' };
      await warehouse.insert('run_outcomes', [
        { account_id: ACCOUNT, run_id: 'run1', segment_key: 'p1', contact_id: 'refused', ...refusal },
        { account_id: ACCOUNT, run_id: 'run1', segment_key: 'p1', contact_id: 'stayed', ...refusal, field: 'PHONE' },
      ]);
      await plan('run2', { stayed: ['p1', 'unchanged'], refused: ['p1', 'refused'], left: ['p2', 'remove'] });
      await plan('run2', { moved: ['p1', 'remove'] });
      await plan('run2', { moved: ['p2', 'add'], came: ['p2', 'add'] });
      const service = serviceWith({ run1: 'confirmed-with-rejects', run2: 'confirmed', run3: 'refused' });
      const { flow } = await service.compare(ACCOUNT, 'run2', 'run1');
      expect(flow).toHaveLength(4);
      expect(flow).toEqual(
        expect.arrayContaining([
          { from: 'p1', to: 'p1', contacts: 1 },
          { from: 'p1', to: 'p2', contacts: 1 },
          { from: 'p2', to: null, contacts: 1 },
          { from: null, to: 'p2', contacts: 1 },
        ]),
      );
      await expect(service.compare(ACCOUNT, 'run2', 'run3')).rejects.toMatchObject({
        code: 'not_comparable',
        message: 'Run run3 cannot be compared: it was refused, so nothing was sent.',
      });
    });
  });
});
