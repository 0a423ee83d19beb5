import { Button, Code, CopyButton, Group, Select, Stack, Text } from '@mantine/core';
import { IconCopy, IconKey } from '@tabler/icons-react';
import { useState } from 'react';
import { api } from '../../api/client.ts';
import type { Connection, KeyPair } from '../../api/types/connections.ts';
import { useAction } from '../../api/use-action.ts';
import { Confirm } from '../../components/confirm.tsx';
import { Facts } from '../../components/facts.tsx';
import { Section } from '../../components/page.tsx';
import { Ago } from '../../components/time.tsx';

/** The key pair that Reach logs in with: its public half to hand over, and a way to have another one made. */
export function KeyPairSection({ connection, kinds }: { connection: Connection; kinds: string[] }) {
  const { id, keyPair } = connection;
  const [kind, setKind] = useState(kinds[0] ?? '');
  const make = useAction(() => api.post<KeyPair>(`/v1/connections/${id}/key-pair`, { kind }), {
    refreshes: ['connections'],
    done: 'Key pair made. Hand its public half to the operator.',
  });
  return (
    <Section
      title="Login with a key pair"
      about="Reach makes it and keeps the private half sealed. The operator installs the public half for the user."
    >
      <Stack gap="sm">
        {keyPair && <PublicHalf keyPair={keyPair} />}
        <Group gap="xs" align="flex-end">
          <Select
            label="Kind"
            size="xs"
            w={140}
            data={kinds}
            value={kind}
            allowDeselect={false}
            onChange={(next) => next && setKind(next)}
          />
          <Confirm
            title={keyPair ? 'Make another key pair?' : 'Log in with a key pair from now on?'}
            verb={keyPair ? 'Make another' : 'Make a key pair'}
            color={keyPair ? 'red' : undefined}
            busy={make.isPending}
            onConfirm={() => make.mutate()}
            trigger={(open) => (
              <Button
                size="xs"
                variant="default"
                leftSection={<IconKey size={14} />}
                loading={make.isPending}
                onClick={open}
              >
                {keyPair ? 'Make another key pair' : 'Make a key pair'}
              </Button>
            )}
          >
            {keyPair
              ? 'The one there is stops being used at once: deliveries fail until the operator has installed the new public half.'
              : 'It takes the place of the password or key that is set: deliveries fail until the operator has installed the public half.'}
          </Confirm>
        </Group>
      </Stack>
    </Section>
  );
}

function PublicHalf({ keyPair: { publicKey, fingerprint, createdAt, createdBy } }: { keyPair: KeyPair }) {
  return (
    <>
      <Group gap="xs" align="flex-start" wrap="nowrap">
        <Code block aria-label="Public key" style={{ overflowWrap: 'anywhere', whiteSpace: 'pre-wrap', flex: 1 }}>
          {publicKey}
        </Code>
        <CopyButton value={publicKey}>
          {({ copied, copy }) => (
            <Button size="xs" variant="default" leftSection={<IconCopy size={14} />} onClick={copy}>
              {copied ? 'Copied' : 'Copy'}
            </Button>
          )}
        </CopyButton>
      </Group>
      <Facts
        of={[
          [
            'Fingerprint',
            <Text key="fingerprint" size="sm" ff="monospace">
              {fingerprint}
            </Text>,
          ],
          ['Made', <Ago key="made" at={createdAt} />],
          ['By', createdBy],
        ]}
      />
    </>
  );
}
