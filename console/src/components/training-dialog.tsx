import { Button, Group, Modal, Stack } from '@mantine/core';
import type { UseFormReturnType } from '@mantine/form';
import type { ReactNode } from 'react';
import { api } from '../api/client.ts';
import { showProblems } from '../api/form-problems.ts';
import { useAction } from '../api/use-action.ts';
import { Failure } from './states.tsx';

/** How a page opens the dialog that trains something of its own. */
export interface TrainingProps {
  opened: boolean;
  onClose: () => void;
  onTrained: (id: string) => void;
}

interface TrainingDialogProps<Draft extends Record<string, unknown>> extends TrainingProps {
  /** Title for a first version. */
  title: string;
  resource: 'outcomes' | 'persona-sets';
  /** Trains another version of it. */
  of: { id: string; name: string } | undefined;
  form: UseFormReturnType<Draft>;
  /** What is sent only with the first version. */
  definition: (draft: Draft) => object;
  /** What is sent with every version. */
  wishes: (draft: Draft) => object;
  children: ReactNode;
}

/** Asks what to learn from; then starts the training and closes. */
export function TrainingDialog<Draft extends Record<string, unknown>>({
  title,
  resource,
  of,
  form,
  definition,
  wishes,
  children,
  opened,
  onClose,
  onTrained,
}: TrainingDialogProps<Draft>) {
  const train = useAction(
    async (draft: Draft) => {
      if (of) {
        await api.post(`/v1/${resource}/${of.id}/versions`, wishes(draft));
        return of.id;
      }
      return (await api.post<{ id: string }>(`/v1/${resource}`, { ...definition(draft), ...wishes(draft) })).id;
    },
    {
      refreshes: [resource],
      quiet: true,
      onDone: (id) => {
        onClose();
        onTrained(id);
      },
    },
  );
  const start = form.onSubmit((draft) => train.mutate(draft, { onError: (error) => showProblems(form, error) }));
  return (
    <Modal opened={opened} onClose={onClose} size="lg" title={of ? `Train another version of ${of.name}` : title}>
      <form onSubmit={start}>
        <Stack>
          {train.error && <Failure title="This cannot be trained" error={train.error} />}
          {children}
          <Group justify="flex-end" gap="xs">
            <Button variant="default" onClick={onClose}>
              Cancel
            </Button>
            <Button type="submit" loading={train.isPending}>
              Start training
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
