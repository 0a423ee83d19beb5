import type { Trait } from '../../api/types/contacts.ts';

export const SOURCES: Record<Trait['source'], string> = {
  'first-party': 'First-party',
  'third-party': 'Third-party',
  'contact-field': 'Contact field',
};

export const pathOf = (name: string): string => `/v1/traits/${encodeURIComponent(name)}`;
