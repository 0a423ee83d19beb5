import { Alert, Button, Code, CopyButton, Group, NativeSelect, Stack, Text, TextInput } from '@mantine/core';
import { IconKey } from '@tabler/icons-react';
import { useState } from 'react';
import { api } from '../../api/client.ts';
import { fieldsOf } from '../../api/problem.ts';
import type { AlertChannel, NewAlertChannel } from '../../api/types/alerts.ts';
import { useAction } from '../../api/use-action.ts';
import { Failure } from '../../components/states.tsx';

const KINDS: Record<AlertChannel['type'], { label: string; target: string; placeholder: string }> = {
  webhook: { label: 'Webhook', target: 'URL', placeholder: 'https://example.com/hooks/reach' },
  email: { label: 'E-mail', target: 'E-mail address', placeholder: 'team@example.com' },
};

export function ChannelForm() {
  const [type, setType] = useState<AlertChannel['type']>('webhook');
  const [target, setTarget] = useState('');
  const create = useAction(() => api.post<NewAlertChannel>('/v1/alert-channels', { type, target }), {
    refreshes: ['alert-channels'],
    quiet: true,
    onDone: () => setTarget(''),
  });
  const problems = fieldsOf(create.error);
  const problemOf = (field: string) => problems.find(({ path }) => path === field)?.message;
  return (
    <Stack maw={860}>
      {create.error && problems.length === 0 && <Failure error={create.error} />}
      <Group align="flex-start" gap="sm">
        <NativeSelect
          label="Kind"
          value={type}
          onChange={({ currentTarget }) => setType(currentTarget.value as AlertChannel['type'])}
          data={Object.entries(KINDS).map(([value, { label }]) => ({ value, label }))}
          error={problemOf('type')}
        />
        <TextInput
          label={KINDS[type].target}
          placeholder={KINDS[type].placeholder}
          flex="1 1 280px"
          value={target}
          onChange={({ currentTarget }) => setTarget(currentTarget.value)}
          error={problemOf('target')}
        />
        <Button mt={24} loading={create.isPending} disabled={target === ''} onClick={() => create.mutate()}>
          Add channel
        </Button>
      </Group>
      {create.data?.signingKey && <SigningKey value={create.data.signingKey} />}
    </Stack>
  );
}

/** The key of a webhook's signature, which the service tells this once. */
function SigningKey({ value }: { value: string }) {
  return (
    <Alert color="teal" icon={<IconKey />} title="The channel's signing key: it is shown this once">
      <Stack gap="xs" align="flex-start">
        <Text size="sm">
          Give it to the receiver, which checks <Code>Reach-Signature</Code> with it. If it is lost, delete the channel
          and add it again.
        </Text>
        <Group gap="xs">
          <Code style={{ overflowWrap: 'anywhere' }} aria-label="Signing key">
            {value}
          </Code>
          <CopyButton value={value}>
            {({ copied, copy }) => (
              <Button size="compact-xs" variant="default" onClick={copy}>
                {copied ? 'Copied' : 'Copy'}
              </Button>
            )}
          </CopyButton>
        </Group>
      </Stack>
    </Alert>
  );
}
