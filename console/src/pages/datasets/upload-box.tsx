import { Button, Center, FileButton, Group, Progress, Stack, Text } from '@mantine/core';
import { IconUpload } from '@tabler/icons-react';
import { type DragEvent, useState } from 'react';
import { useNavigate } from 'react-router';
import { upload } from '../../api/client.ts';
import type { Dataset } from '../../api/types/contacts.ts';
import { useAction } from '../../api/use-action.ts';
import { bytes } from '../../app/format.ts';
import { Failure } from '../../components/states.tsx';

/** Uploads a dropped or chosen file with a progress bar, then opens its mapping. */
export function UploadBox() {
  const navigate = useNavigate();
  const [over, setOver] = useState(false);
  const [file, setFile] = useState<File>();
  const [share, setShare] = useState(0);
  const send = useAction(
    (chosen: File) => {
      const form = new FormData();
      form.append('name', chosen.name);
      form.append('file', chosen);
      return upload<Dataset>('/v1/datasets', form, setShare);
    },
    { refreshes: ['datasets'], quiet: true, onDone: (dataset) => navigate(`/datasets/${dataset.id}`) },
  );
  const take = (chosen: File | null | undefined) => {
    if (!chosen || send.isPending) return;
    setFile(chosen);
    setShare(0);
    send.mutate(chosen);
  };
  const drop = (event: DragEvent) => {
    event.preventDefault();
    setOver(false);
    take(event.dataTransfer.files[0]);
  };

  return (
    <Stack gap="sm">
      <Center
        component="section"
        aria-label="Upload a file"
        p="lg"
        bdrs="md"
        bd={`2px dashed ${over ? 'var(--mantine-primary-color-filled)' : 'var(--reach-line)'}`}
        bg={over ? 'var(--mantine-primary-color-light)' : 'var(--reach-surface)'}
        onDragOver={(event: DragEvent) => {
          event.preventDefault();
          setOver(true);
        }}
        onDragLeave={() => setOver(false)}
        onDrop={drop}
      >
        {send.isPending && file ? (
          <Stack gap={6} w="100%" maw={420}>
            <Text size="sm">
              Uploading {file.name} ({bytes(file.size)})
            </Text>
            <Progress value={share * 100} animated aria-label="Upload progress" />
          </Stack>
        ) : (
          <Group gap="md" justify="center">
            <IconUpload size={26} stroke={1.5} aria-hidden />
            <div>
              <Text size="sm" fw={600}>
                Drop a file here
              </Text>
              <Text size="xs" c="dimmed">
                CSV, Excel, JSON or Parquet, also as .gz or .zip
              </Text>
            </div>
            <FileButton onChange={take} accept=".csv,.tsv,.txt,.xlsx,.json,.jsonl,.ndjson,.parquet,.gz,.zip">
              {(props) => (
                <Button variant="light" {...props}>
                  Choose a file
                </Button>
              )}
            </FileButton>
          </Group>
        )}
      </Center>
      {send.error && <Failure title="The file could not be uploaded" error={send.error} />}
    </Stack>
  );
}
