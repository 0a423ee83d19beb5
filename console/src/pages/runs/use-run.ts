import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { events } from '../../api/client.ts';
import { queries, refresh } from '../../api/queries.ts';
import type { Run } from '../../api/types/deliveries.ts';

/** A run as it goes: changes are streamed; where a stream does not get through, it is asked for again and again. */
export function useRun(id: string) {
  const client = useQueryClient();
  const [streaming, setStreaming] = useState(true);
  const run = useQuery({
    ...queries.run(id),
    refetchInterval: ({ state }) => (streaming || state.data?.finishedAt ? false : 1_000),
  });
  const under = run.data !== undefined && run.data.finishedAt === null;

  useEffect(() => {
    if (!under) return;
    const stop = new AbortController();
    const follow = async () => {
      for await (const change of events<Run>(`/v1/runs/${id}/events`, stop.signal)) {
        client.setQueryData(queries.run(id).queryKey, change);
      }
    };
    // a stream that ends or fails before the run does leaves asking
    follow()
      .catch(() => undefined)
      .finally(() => {
        if (!stop.signal.aborted) setStreaming(false);
      });
    // also when the run has ended, streamed or asked for: what it left is then to be fetched again
    return () => {
      stop.abort();
      void refresh(client, 'runs', 'deliveries');
    };
  }, [id, under, client]);

  return run;
}
