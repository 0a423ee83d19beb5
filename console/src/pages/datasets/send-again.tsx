import { Alert, Button, FileButton, Group, Text } from '@mantine/core';
import { useState } from 'react';
import { upload } from '../../api/client.ts';
import type { Dataset } from '../../api/types/contacts.ts';
import { useAction } from '../../api/use-action.ts';
import { Failure } from '../../components/states.tsx';

/** Uploads the file again: a stored file is deleted after its import. */
export function SendAgain({ dataset }: { dataset: Dataset }) {
  const [share, setShare] = useState(0);
  const send = useAction(
    (file: File) => {
      const form = new FormData();
      form.append('file', file);
      return upload<Dataset>(`/v1/datasets/${dataset.id}/file`, form, setShare);
    },
    { refreshes: ['datasets'], quiet: true },
  );
  return (
    <Alert color="gray" title="The file is no longer stored">
      {send.error && <Failure error={send.error} />}
      <Group justify="space-between">
        <Text size="sm">Upload {dataset.fileName} again to import it with another mapping.</Text>
        <FileButton onChange={(file) => file && send.mutate(file)}>
          {(props) => (
            <Button size="xs" variant="default" {...props} loading={send.isPending}>
              {send.isPending ? `${Math.round(share * 100)} %` : 'Upload again'}
            </Button>
          )}
        </FileButton>
      </Group>
    </Alert>
  );
}
