import type { ColumnRole } from '../../api/types/contacts.ts';

/** The roles as marketers know them, in the groups of the select. */
export const ROLES: { group: string; items: { value: ColumnRole; label: string }[] }[] = [
  {
    group: 'Identifiers',
    items: [
      { value: 'email', label: 'E-mail' },
      { value: 'phone', label: 'Phone' },
      { value: 'externalId', label: 'Customer ID' },
      { value: 'mobileAdId', label: 'Mobile ad ID' },
    ],
  },
  {
    group: 'Person',
    items: [
      { value: 'firstName', label: 'First name' },
      { value: 'lastName', label: 'Last name' },
      { value: 'fullName', label: 'Full name' },
      { value: 'gender', label: 'Gender' },
      { value: 'birthDate', label: 'Birth date' },
      { value: 'street', label: 'Street' },
      { value: 'city', label: 'City' },
      { value: 'region', label: 'Region or state' },
      { value: 'postalCode', label: 'Postal code' },
      { value: 'country', label: 'Country' },
      { value: 'fullAddress', label: 'Full address' },
    ],
  },
  {
    group: 'Other',
    items: [
      { value: 'trait', label: 'Trait' },
      { value: 'consent', label: 'Consent' },
      { value: 'ignore', label: 'Do not import' },
    ],
  },
];

const LABELS = new Map(
  ROLES.flatMap(({ items }) => items.map(({ value, label }) => [value as string, label] as const)),
);

/** The label of a role; the text itself if it names no role. */
export const roleLabel = (role: string): string => LABELS.get(role) ?? role;
