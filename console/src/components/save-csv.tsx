import { Button } from '@mantine/core';
import { IconDownload } from '@tabler/icons-react';
import { download } from '../api/client.ts';
import { insightPath } from '../api/insights.ts';
import { useAction } from '../api/use-action.ts';

/** Saves an insight as CSV, as it is shown. */
export function SaveCsv({ name, query, of }: { name: string; query: object; of: string }) {
  const save = useAction(() => download(insightPath(name, query, '.csv'), `${name}.csv`), { refreshes: [] });
  return (
    <Button
      size="compact-sm"
      variant="subtle"
      leftSection={<IconDownload size={15} />}
      aria-label={`CSV of ${of}`}
      loading={save.isPending}
      onClick={() => save.mutate()}
    >
      CSV
    </Button>
  );
}
