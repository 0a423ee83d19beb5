import { useQuery } from '@tanstack/react-query';
import { useParams } from 'react-router';
import { queries } from '../../api/queries.ts';
import type { Contact } from '../../api/types/contacts.ts';
import { Page, Section } from '../../components/page.tsx';
import { Answer } from '../../components/states.tsx';
import { ContactScores } from '../outcomes/contact-scores.tsx';
import { ContactConsent } from './contact-consent.tsx';
import { ContactFacts, nameOf } from './contact-facts.tsx';
import { ContactPlaces } from './contact-places.tsx';
import { PayloadSection } from './payload-section.tsx';

export default function ContactPage() {
  const { id = '' } = useParams();
  const contact = useQuery(queries.contact(id));
  return <Answer of={contact}>{(data) => <ContactView key={data.id} contact={data} />}</Answer>;
}

function ContactView({ contact }: { contact: Contact }) {
  const places = useQuery(queries.contactPlaces(contact.id));
  return (
    <Page title={nameOf(contact)} about={contact.id} trail={[{ label: 'Contacts', to: '/contacts' }]}>
      <Section
        title="Where this person is"
        about="By our ledger: each remote audience, since when, by which run, and why it ended."
      >
        <Answer of={places}>{({ items }) => <ContactPlaces items={items} />}</Answer>
      </Section>
      <Section
        title="Consent"
        about="The current state of each purpose, and the file and column of every statement. A denial with its own time holds until a grant with a later time. A denial without a time holds until a grant with a later time, or until a file that is uploaded later grants consent."
      >
        <ContactConsent contactId={contact.id} />
      </Section>
      <Section title="What they may do" about="Probabilities by the live outcomes, and the reasons for them.">
        <ContactScores contactId={contact.id} />
      </Section>
      <PayloadSection contactId={contact.id} />
      <ContactFacts contact={contact} />
    </Page>
  );
}
