import { ActionIcon, Button, Group, NativeSelect, Stack, TagsInput, Text, TextInput } from '@mantine/core';
import { IconPlus, IconTrash } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { api } from '../../api/client.ts';
import { queries } from '../../api/queries.ts';
import type { ConsentGroup, ConsentPolicyView } from '../../api/types/privacy.ts';
import { useAction } from '../../api/use-action.ts';
import { plural } from '../../app/format.ts';
import { Failure } from '../../components/states.tsx';

const NEW_GROUP: ConsentGroup = { name: 'Europe', countries: ['EEA', 'GB', 'CH'], unspecified: 'denied' };

/** Groups of countries, in the order in which they decide. */
export function ConsentPolicy({ saved }: { saved: ConsentPolicyView }) {
  const mayChange = useQuery(queries.me()).data?.role === 'admin';
  const [groups, setGroups] = useState(saved.groups);
  const save = useAction(() => api.put('/v1/consent-policy', { groups }), {
    refreshes: ['consent-policy'],
    done: 'Consent policy saved.',
    quiet: true,
  });
  const replace = (index: number, part: Partial<ConsentGroup>) =>
    setGroups(groups.map((group, i) => (i === index ? { ...group, ...part } : group)));
  return (
    <Stack>
      {save.error && <Failure title="This policy was refused" error={save.error} />}
      {groups.length === 0 && (
        <Text size="sm" c="dimmed">
          No groups: what a delivery says of members' consent holds everywhere.
        </Text>
      )}
      {groups.map((group, i) => (
        <GroupRow
          // groups have no id: their place is what they are known by
          // biome-ignore lint/suspicious/noArrayIndexKey: see above
          key={i}
          group={group}
          disabled={!mayChange}
          onChange={(part) => replace(i, part)}
          onRemove={() => setGroups(groups.filter((_, at) => at !== i))}
        />
      ))}
      {saved.uncoveredContacts > 0 && groups.some(({ unspecified }) => unspecified === 'denied') && (
        <Text size="sm" c="orange">
          No group covers {plural(saved.uncoveredContacts, 'contact')} without country and consent: they are not
          withheld. Import their countries, or set the default country of their file.
        </Text>
      )}
      {mayChange ? (
        <Group justify="space-between">
          <Button
            size="xs"
            variant="subtle"
            leftSection={<IconPlus size={14} />}
            onClick={() => setGroups([...groups, NEW_GROUP])}
          >
            Add group
          </Button>
          <Button loading={save.isPending} onClick={() => save.mutate()}>
            Save policy
          </Button>
        </Group>
      ) : (
        <Text size="xs" c="dimmed">
          An admin can change this.
        </Text>
      )}
    </Stack>
  );
}

interface GroupRowProps {
  group: ConsentGroup;
  disabled: boolean;
  onChange: (part: Partial<ConsentGroup>) => void;
  onRemove: () => void;
}

function GroupRow({ group, disabled, onChange, onRemove }: GroupRowProps) {
  return (
    <Group align="flex-start" gap="sm">
      <TextInput
        label="Group"
        flex="1 1 140px"
        maxLength={100}
        disabled={disabled}
        value={group.name}
        onChange={({ currentTarget }) => onChange({ name: currentTarget.value })}
      />
      <TagsInput
        label="Countries"
        description="Codes or names, or EEA."
        flex="2 1 240px"
        disabled={disabled}
        value={group.countries}
        onChange={(countries) => onChange({ countries: countries.map((code) => code.toUpperCase()) })}
      />
      <NativeSelect
        label="Who said nothing"
        flex="1 1 160px"
        disabled={disabled}
        value={group.unspecified}
        onChange={({ currentTarget }) => onChange({ unspecified: currentTarget.value as ConsentGroup['unspecified'] })}
        data={[
          { value: 'denied', label: 'Denied: kept back' },
          { value: 'granted', label: 'Granted: delivered' },
        ]}
      />
      <ActionIcon
        variant="subtle"
        color="red"
        size="lg"
        mt={24}
        disabled={disabled}
        aria-label={`Remove group ${group.name}`}
        onClick={onRemove}
      >
        <IconTrash size={16} />
      </ActionIcon>
    </Group>
  );
}
