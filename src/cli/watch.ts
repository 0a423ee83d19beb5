import { planLine } from './account.ts';
import type { ApiClient } from './api-client.ts';
import type { Progress } from './progress.ts';
import type { RunView } from './views.ts';

/** Watches a run with one bar a segment until it is finished. */
export async function watchRun(api: ApiClient, runId: string, progress: Progress, label = 'Run'): Promise<RunView> {
  let planned = false;
  const run = await api.poll<RunView>(
    `/v1/runs/${runId}`,
    (value) => value.finishedAt !== null,
    (value) => {
      if (!planned && value.segments.length > 0) {
        planned = true;
        progress.set(`${label}: plan`, 1, 1, planLine(value));
        progress.done(`${label}: plan`, planLine(value));
      }
      for (const segment of value.segments) {
        const total = segment.uploads.reduce((sum, upload) => sum + upload.estimated, 0);
        const sent = segment.uploads.reduce((sum, upload) => sum + upload.sent, 0);
        const state = segment.uploads.map((upload) => upload.status).join(', ');
        if (total > 0) progress.set(`${label}: ${segment.persona}`, sent, total, state);
      }
    },
  );
  for (const segment of run.segments) {
    if (segment.uploads.length > 0)
      progress.done(`${label}: ${segment.persona}`, segment.uploads.map((upload) => upload.status).join(', '));
  }
  return run;
}
