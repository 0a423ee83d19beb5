import { Anchor, Group, Loader, Stack, Text, ThemeIcon } from '@mantine/core';
import { IconCheck, IconExternalLink, IconMinus, IconX } from '@tabler/icons-react';
import type { Connection, Prerequisite } from '../../api/types/connections.ts';
import { Section } from '../../components/page.tsx';
import { Ago } from '../../components/time.tsx';
import { ConfirmFound } from './confirm-found.tsx';
import { DaysLeft } from './days-left.tsx';

const LOOKS = {
  met: { label: 'Met', color: 'teal', text: 'dimmed', Icon: IconCheck },
  unmet: { label: 'Not met', color: 'red', text: 'red', Icon: IconX },
  untried: { label: 'Not tried', color: 'gray', text: 'dimmed', Icon: IconMinus },
};

/** Each thing that must be true for deliveries to work, checked by itself, and since when it is as it is. */
export function Prerequisites({ connection, checking }: { connection: Connection; checking: boolean }) {
  const { prerequisites, checkedAt, nextCheckAt, status, statusError } = connection;
  return (
    <Section
      title="Prerequisites"
      about={
        <>
          {checkedAt ? (
            <>
              Checked <Ago at={checkedAt} />
            </>
          ) : (
            'Not checked yet'
          )}
          ; by itself again <Ago at={nextCheckAt} />.
        </>
      }
      aside={checking && <Loader size={18} aria-label="Checking" />}
    >
      {status === 'stopped' && (
        <Text size="sm" c="red" mb="sm" style={{ overflowWrap: 'anywhere' }}>
          {prerequisites?.some(({ ok }) => !ok)
            ? 'Stopped: no run starts before this is put right.'
            : `Stopped: ${statusError} Renew the credentials, then check.`}
        </Text>
      )}
      <Stack gap="sm" component="ul" p={0} m={0} style={{ listStyle: 'none' }} aria-live="polite">
        {prerequisites?.map((prerequisite) => (
          <Line key={prerequisite.name} connection={connection} prerequisite={prerequisite} />
        ))}
      </Stack>
    </Section>
  );
}

function Line({ connection, prerequisite }: { connection: Connection; prerequisite: Prerequisite }) {
  const { name, title, ok, untried, detail, url, daysLeft, since } = prerequisite;
  const { label, color, text, Icon } = LOOKS[ok ? 'met' : untried ? 'untried' : 'unmet'];
  const confirmed = ok ? connection.confirmed[name] : undefined;
  return (
    <Group component="li" gap="sm" wrap="nowrap" align="flex-start">
      <ThemeIcon color={color} radius="xl" size={24} aria-label={label} role="img">
        <Icon size={15} />
      </ThemeIcon>
      <div>
        <Group gap="xs">
          <Text size="sm" fw={600}>
            {title}
          </Text>
          {daysLeft !== undefined && <DaysLeft daysLeft={daysLeft} />}
          <Text size="xs" c="dimmed">
            since <Ago at={since} size="xs" />
          </Text>
        </Group>
        <Text size="sm" c={text} style={{ overflowWrap: 'anywhere' }}>
          {detail}{' '}
          {url && (
            <Anchor href={url} target="_blank" rel="noreferrer" size="sm">
              {ok ? 'Open' : 'Put it right'} <IconExternalLink size={13} style={{ verticalAlign: '-2px' }} />
            </Anchor>
          )}
          {confirmed && (
            <>
              Confirmed by {confirmed.by} <Ago at={confirmed.at} />.
            </>
          )}
        </Text>
        <ConfirmFound connection={connection} prerequisite={prerequisite} />
      </div>
    </Group>
  );
}
