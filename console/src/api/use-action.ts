import { notifications } from '@mantine/notifications';
import { type UseMutationResult, useMutation, useQueryClient } from '@tanstack/react-query';
import { refresh } from './queries.ts';

interface ActionOptions<Output> {
  /** Kinds of resources to ask for again afterwards. */
  refreshes: string[];
  /** Said when it is done. */
  done?: string | ((output: Output) => string);
  onDone?: (output: Output) => void;
  /** Errors are shown by the form; nothing pops up. */
  quiet?: boolean;
}

/** A change: run, told, and what depends on it asked for again. */
export function useAction<Input = void, Output = unknown>(
  run: (input: Input) => Promise<Output>,
  { refreshes, done, onDone, quiet }: ActionOptions<Output>,
): UseMutationResult<Output, Error, Input> {
  const client = useQueryClient();
  return useMutation({
    mutationFn: run,
    onSuccess: async (output) => {
      if (done) notifications.show({ message: typeof done === 'string' ? done : done(output), color: 'teal' });
      await refresh(client, ...refreshes);
      onDone?.(output);
    },
    onError: (error) => {
      if (!quiet) notifications.show({ title: 'That did not work', message: error.message, color: 'red' });
    },
  });
}
