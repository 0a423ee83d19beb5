import type { UseMutationResult } from '@tanstack/react-query';
import { api } from '../../api/client.ts';
import type { Page } from '../../api/types/common.ts';
import type { VendorCall } from '../../api/types/connections.ts';
import type { Delivery, DryRun } from '../../api/types/deliveries.ts';
import { useAction } from '../../api/use-action.ts';

export interface DryRunOf {
  delivery: Pick<Delivery, 'id' | 'connectionId'>;
  /** Has the platform judge members, too, without taking them. */
  rehearse?: boolean;
}

/** With the calls that were made to the platform for it. */
export type DryRunWithCalls = DryRun & { calls: VendorCall[] };
export type DryRunAction = UseMutationResult<DryRunWithCalls, Error, DryRunOf>;

/** Asks what a run would do now. Writes nothing anywhere. */
export const useDryRun = (): DryRunAction => useAction(dryRun, { refreshes: [], quiet: true });

async function dryRun({ delivery: { id, connectionId }, rehearse = false }: DryRunOf): Promise<DryRunWithCalls> {
  const ask = () => api.post<DryRun>(`/v1/deliveries/${id}/preview`, { rehearse });
  if (!rehearse) return { ...(await ask()), calls: [] };
  const [last] = await calls(connectionId, 1);
  const answer = await ask();
  // ids sort by time
  const made = (await calls(connectionId, 100)).filter((call) => !call.runId && (!last || call.id > last.id));
  return { ...answer, calls: made };
}

const calls = async (connectionId: string, limit: number): Promise<VendorCall[]> =>
  (await api.get<Page<VendorCall>>(`/v1/connections/${connectionId}/calls?limit=${limit}`)).items;
