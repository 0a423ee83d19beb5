import type { Contact } from '../../api/types/contacts.ts';
import { decimal, words } from '../../app/format.ts';
import { Facts } from '../../components/facts.tsx';
import { Section } from '../../components/page.tsx';
import { Ago } from '../../components/time.tsx';

export const nameOf = ({ firstName, lastName, id }: Contact): string =>
  [firstName, lastName].filter(Boolean).join(' ') || id;

/** Who it is, what they consented to, and their traits. */
export function ContactFacts({ contact }: { contact: Contact }) {
  const listed = (values: string[]) => values.join(', ') || '–';
  const hashes = contact.emailHashes.length + contact.phoneHashes.length;
  const consent = Object.entries(contact.consent).map(([purpose, state]) => `${words(purpose)} ${state}`);
  const traits = Object.entries(contact.traits).sort(([a], [b]) => a.localeCompare(b));
  return (
    <>
      <Section title="Identity" about={contact.masked ? 'Your role sees identifiers masked.' : undefined}>
        <Facts
          of={[
            ['E-mail', listed(contact.emails)],
            ['Phone', listed(contact.phones)],
            ['External ids', listed(contact.externalIds)],
            ['Mobile advertising ids', listed(contact.mobileAdIds)],
            ['Known only as digests', hashes === 0 ? '–' : String(hashes)],
            ['Place', [contact.city, contact.country].filter(Boolean).join(', ') || '–'],
            ['Consent', consent.join(', ') || 'Said nothing'],
            ['Changed', <Ago key="u" at={contact.updatedAt} />],
          ]}
        />
      </Section>
      {traits.length > 0 && (
        <Section title="Traits">
          <Facts
            of={traits.map(([name, value]) => [
              words(name),
              typeof value === 'number' ? decimal(value) : String(value),
            ])}
          />
        </Section>
      )}
    </>
  );
}
