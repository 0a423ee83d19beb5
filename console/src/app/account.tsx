import { Menu, Stack, Text, UnstyledButton } from '@mantine/core';
import { IconLogout } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { queries } from '../api/queries.ts';
import { session } from '../api/session.ts';

/** Who is signed in, and the way out. */
export function Account() {
  const { data: me } = useQuery(queries.me());
  return (
    <Menu position="top-start" withArrow>
      <Menu.Target>
        <UnstyledButton px="xs" py={4} bdrs="md" miw={0} aria-label={`Signed in as ${me?.name ?? '…'}`}>
          <Stack gap={0}>
            <Text size="sm" fw={600} truncate>
              {me?.name ?? '…'}
            </Text>
            <Text size="xs" c="dimmed" truncate>
              {me ? `${me.role} · ${me.accountId}` : ''}
            </Text>
          </Stack>
        </UnstyledButton>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item leftSection={<IconLogout size={16} />} onClick={() => session.close()}>
          Sign out
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
