import { Group, NativeSelect, TextInput } from '@mantine/core';
import type { ColumnMapping } from '../../api/types/contacts.ts';

/** What a consent can be for. Deliveries read the first three; the service takes none for advertising. */
const PURPOSES = [
  { value: 'advertising', label: 'For advertising' },
  { value: 'ad_user_data', label: 'For ad user data only' },
  { value: 'ad_personalization', label: 'For ad personalisation only' },
  { value: 'other', label: 'For something else' },
];

interface ConsentDetailsProps {
  mapping: ColumnMapping;
  onChange: (mapping: ColumnMapping) => void;
}

/** What a column of consents is about; another purpose than advertising is typed. */
export function ConsentDetails({ mapping: { consent, ...mapping }, onChange }: ConsentDetailsProps) {
  const purpose = consent?.purpose ?? 'advertising';
  const choice = PURPOSES.some(({ value }) => value === purpose) && purpose !== 'other' ? purpose : 'other';
  const choose = (value: string) => {
    if (value === 'advertising') onChange(mapping);
    else onChange({ ...mapping, consent: { purpose: value === 'other' ? '' : value } });
  };
  return (
    <Group gap="xs" wrap="nowrap">
      <NativeSelect
        aria-label={`Purpose of ${mapping.column}`}
        flex={1}
        data={PURPOSES}
        value={choice}
        onChange={({ currentTarget }) => choose(currentTarget.value)}
      />
      {choice === 'other' && (
        <TextInput
          aria-label={`Name of the purpose of ${mapping.column}`}
          w={118}
          placeholder="email"
          value={purpose}
          onChange={({ currentTarget }) => onChange({ ...mapping, consent: { purpose: currentTarget.value } })}
        />
      )}
    </Group>
  );
}
