import { Alert, Button, Center, List, Skeleton, Stack, Text, ThemeIcon } from '@mantine/core';
import { IconAlertTriangle, type TablerIcon } from '@tabler/icons-react';
import type { UseQueryResult } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { fieldsOf } from '../api/problem.ts';

/** What a question has brought: still on its way, failed, or the answer. */
export function Answer<T>({
  of: query,
  rows = 3,
  children,
}: {
  of: UseQueryResult<T>;
  rows?: number;
  children: (data: T) => ReactNode;
}) {
  if (query.data !== undefined) return children(query.data);
  if (query.error) return <Failure error={query.error} onRetry={() => void query.refetch()} />;
  return <Loading rows={rows} />;
}

export function Loading({ rows = 3 }: { rows?: number }) {
  return (
    <Stack gap="sm" role="status" aria-label="Loading">
      {Array.from({ length: rows }, (_, i) => `row ${i}`).map((key) => (
        <Skeleton key={key} height={38} radius="md" />
      ))}
    </Stack>
  );
}

/** An error with what to do, and every field it names that no input shows. */
export function Failure({ error, onRetry, title }: { error: Error; onRetry?: () => void; title?: string }) {
  const fields = fieldsOf(error);
  return (
    <Alert color="red" icon={<IconAlertTriangle />} title={title ?? 'That did not work'} role="alert">
      {fields.length === 0 && <Text size="sm">{error.message}</Text>}
      {fields.length > 0 && (
        <List size="sm">
          {fields.map(({ path, message }) => (
            <List.Item key={`${path} ${message}`}>
              {path && <b>{path}: </b>}
              {message}
            </List.Item>
          ))}
        </List>
      )}
      {onRetry && (
        <Button mt="sm" size="xs" variant="white" color="red" onClick={onRetry}>
          Try again
        </Button>
      )}
    </Alert>
  );
}

/** Nothing there yet, and what to do about it. */
export function Empty({
  icon: Icon,
  title,
  children,
  action,
}: {
  icon: TablerIcon;
  title: string;
  children?: ReactNode;
  action?: ReactNode;
}) {
  return (
    <Center py={48}>
      <Stack align="center" gap="xs" maw={460} ta="center">
        <ThemeIcon size={52} radius="xl" variant="light">
          <Icon size={26} stroke={1.6} />
        </ThemeIcon>
        <Text fw={600} mt="xs">
          {title}
        </Text>
        {children && (
          <Text size="sm" c="dimmed" component="div">
            {children}
          </Text>
        )}
        {action}
      </Stack>
    </Center>
  );
}
