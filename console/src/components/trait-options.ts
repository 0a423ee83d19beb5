import type { Trait } from '../api/types/contacts.ts';

/** Traits as the choices of a select: imported ones first, then the fields that every contact has. */
export function traitOptions(traits: Trait[], label = (name: string) => name) {
  const named = (fields: boolean) =>
    traits
      .filter(({ source }) => (source === 'contact-field') === fields)
      .map(({ name }) => ({ value: name, label: label(name) }));
  return [
    { group: 'Traits', items: named(false) },
    { group: 'Contact fields', items: named(true) },
  ].filter(({ items }) => items.length > 0);
}
