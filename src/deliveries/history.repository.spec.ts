import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { AccountId } from '../accounts/auth.ts';
import { Warehouse } from '../engines/warehouse/warehouse.ts';
import { HistoryRepository } from './history.repository.ts';
import { LedgerRepository } from './ledger.repository.ts';

const ACCOUNT = 'acc' as AccountId;

describe("a contact's history in the warehouse", () => {
  const dataDir = mkdtempSync(join(tmpdir(), 'reach-history-'));
  let warehouse: Warehouse;
  let history: HistoryRepository;
  let ledger: LedgerRepository;

  beforeAll(async () => {
    warehouse = await Warehouse.open({ dataDir, memory: 1e9 });
    history = new HistoryRepository(warehouse);
    ledger = new LedgerRepository(warehouse);
  });
  afterAll(async () => {
    await warehouse.close();
    rmSync(dataDir, { recursive: true, force: true });
  });

  const send = async (runId: string, state: 'present' | 'removed', contacts = ['con_1', 'con_2']) => {
    const uploadId = `${runId}.p1.2.1`;
    const rows = contacts.map((contact_id) => ({ contact_id, wire: '"a"', weight: 1, identity_version: '1' }));
    await ledger.writeOutbox(
      ACCOUNT,
      uploadId,
      1,
      rows.map((row) => ({ ...row, verdict: 'ok' as const })),
    );
    const entry = { deliveryId: 'del', segmentKey: 'p1', runId, uploadId, seq: 1, refused: [], unanswered: [] };
    await ledger.enterLedger(ACCOUNT, { ...entry, state });
  };
  const told = async (contact: string) =>
    (await history.stays(ACCOUNT, contact)).map(({ state, runId, lastRunId }) => [state, runId, lastRunId]);

  it('keeps what the ledger replaces, and counts what is sent again once', async () => {
    for (const run of ['run1', 'run2', 'run3']) await send(run, 'present');
    await send('run4', 'removed', ['con_1']);
    await send('run5', 'present');
    await send('run6', 'present');
    await warehouse.command('OPTIMIZE TABLE ledger FINAL');
    expect(await told('con_1')).toEqual([
      ['present', 'run5', 'run6'],
      ['removed', 'run4', 'run4'],
      ['present', 'run1', 'run3'],
    ]);
    expect(await told('con_2')).toEqual([['present', 'run1', 'run6']]);
  });

  it('forgets a person who is erased, and nobody else', async () => {
    await ledger.forget(ACCOUNT, 'con_1');
    expect((await told('con_1')).map(([state]) => state)).toEqual(['erased']);
    expect(await told('con_2')).toHaveLength(1);
    const { events } = await warehouse.one<{ events: string }>(
      "SELECT count() AS events FROM ledger_events WHERE contact_id = 'con_1' AND state != 'erased'",
    );
    expect(Number(events)).toBe(0);
  });
});
