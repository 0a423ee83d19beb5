import { Anchor, Group, Loader, Stack, Text, ThemeIcon } from '@mantine/core';
import { IconCheck, IconExternalLink, IconX } from '@tabler/icons-react';
import type { Connection } from '../../api/types/connections.ts';
import { Section } from '../../components/page.tsx';
import { Ago } from '../../components/time.tsx';

/** Each thing that must be true for deliveries to work, checked by itself. */
export function Prerequisites({ connection, checking }: { connection: Connection; checking: boolean }) {
  const { prerequisites, checkedAt, status, statusError } = connection;
  return (
    <Section
      title="Prerequisites"
      about={
        checkedAt ? (
          <>
            checked <Ago at={checkedAt} />
          </>
        ) : (
          'Not checked yet.'
        )
      }
      aside={checking && <Loader size={18} aria-label="Checking" />}
    >
      {status === 'stopped' && (
        <Text size="sm" c="red" mb="sm">
          Stopped: {statusError}
        </Text>
      )}
      <Stack gap="sm" component="ul" p={0} m={0} style={{ listStyle: 'none' }} aria-live="polite">
        {prerequisites?.map(({ name, title, ok, detail, url }) => (
          <Group component="li" key={name} gap="sm" wrap="nowrap" align="flex-start">
            <ThemeIcon color={ok ? 'teal' : 'red'} radius="xl" size={24} aria-label={ok ? 'Met' : 'Not met'} role="img">
              {ok ? <IconCheck size={15} /> : <IconX size={15} />}
            </ThemeIcon>
            <div>
              <Text size="sm" fw={600}>
                {title}
              </Text>
              <Text size="sm" c={ok ? 'dimmed' : 'red'} style={{ overflowWrap: 'anywhere' }}>
                {detail}{' '}
                {url && (
                  <Anchor href={url} target="_blank" rel="noreferrer" size="sm">
                    {ok ? 'Open' : 'Put it right'} <IconExternalLink size={13} style={{ verticalAlign: '-2px' }} />
                  </Anchor>
                )}
              </Text>
            </div>
          </Group>
        ))}
      </Stack>
    </Section>
  );
}
