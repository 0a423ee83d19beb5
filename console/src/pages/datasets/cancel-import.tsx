import { Button } from '@mantine/core';
import { api } from '../../api/client.ts';
import type { Dataset } from '../../api/types/contacts.ts';
import { useAction } from '../../api/use-action.ts';

export function CancelImport({ dataset }: { dataset: Dataset }) {
  const cancel = useAction(() => api.post(`/v1/datasets/${dataset.id}/cancel`), {
    refreshes: ['datasets'],
    done: 'The import was cancelled.',
  });
  return (
    <Button size="xs" variant="default" loading={cancel.isPending} onClick={() => cancel.mutate()}>
      Cancel import
    </Button>
  );
}
