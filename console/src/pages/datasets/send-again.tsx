import { Alert, Button, FileButton, Group, Modal, Text } from '@mantine/core';
import { useState } from 'react';
import { upload } from '../../api/client.ts';
import { ApiError } from '../../api/problem.ts';
import type { Dataset } from '../../api/types/contacts.ts';
import { useAction } from '../../api/use-action.ts';
import { Failure } from '../../components/states.tsx';

interface Sent {
  file: File;
  /** Whether a different file takes the place of the imported one. */
  replace: boolean;
}

const isDifferent = (error: Error | null): boolean => error instanceof ApiError && error.code === 'file_differs';

/** Uploads the file again, or a different one in its place: a stored file is deleted after its import. */
export function SendAgain({ dataset }: { dataset: Dataset }) {
  const [share, setShare] = useState(0);
  const send = useAction(
    ({ file, replace }: Sent) => {
      const form = new FormData();
      form.append('file', file);
      return upload<Dataset>(`/v1/datasets/${dataset.id}/file${replace ? '?replace=true' : ''}`, form, setShare);
    },
    { refreshes: ['datasets'], quiet: true },
  );
  const differs = isDifferent(send.error);
  return (
    <Alert color="gray" title="The file is no longer stored">
      {send.error && !differs && <Failure title="The file could not be uploaded" error={send.error} />}
      <Group justify="space-between">
        <Text size="sm">
          Upload {dataset.fileName} again to import it with another mapping, or upload its next version.
        </Text>
        <FileButton onChange={(file) => file && send.mutate({ file, replace: false })}>
          {(props) => (
            <Button size="xs" variant="default" {...props} loading={send.isPending}>
              Upload again{send.isPending && ` (${Math.round(share * 100)} %)`}
            </Button>
          )}
        </FileButton>
      </Group>
      <Modal opened={differs} onClose={send.reset} title="Replace the file?">
        <Text size="sm">
          {send.variables?.file.name} differs from the imported file {dataset.fileName}. If you replace it, the next
          import of this dataset reads the new file. The contacts, events and consent of earlier imports stay. To keep
          the files apart, cancel and upload the new one on the page Datasets.
        </Text>
        <Group justify="flex-end" mt="lg" gap="xs">
          <Button variant="default" onClick={send.reset}>
            Cancel
          </Button>
          <Button onClick={() => send.variables && send.mutate({ file: send.variables.file, replace: true })}>
            Replace the file
          </Button>
        </Group>
      </Modal>
    </Alert>
  );
}
