import { Alert, List } from '@mantine/core';
import { IconInfoCircle } from '@tabler/icons-react';
import type { Notice } from '../../api/types/contacts.ts';

/** Things that a person should know before the import. */
export function Notices({ title, notices }: { title: string; notices: Notice[] }) {
  if (notices.length === 0) return null;
  return (
    <Alert color="yellow" icon={<IconInfoCircle />} title={title}>
      <List size="sm">
        {notices.map(({ code, message, line, column }) => (
          <List.Item key={`${code} ${line} ${column} ${message}`}>{message}</List.Item>
        ))}
      </List>
    </Alert>
  );
}
