import { useQuery } from '@tanstack/react-query';
import { queries } from '../../api/queries.ts';
import { Page, Section } from '../../components/page.tsx';
import { Answer } from '../../components/states.tsx';
import { ConsentPolicy } from './consent-policy.tsx';
import { Erasures } from './erasures.tsx';
import { SuppressionForm } from './suppression-form.tsx';
import { SuppressionLists } from './suppression-lists.tsx';

/** Who may not be delivered: by what they said, and by name. */
export default function PrivacyPage() {
  const policy = useQuery(queries.consentPolicy());
  const lists = useQuery(queries.suppressions());
  const erasures = useQuery(queries.erasures());
  return (
    <Page
      title="Privacy"
      about="Who may not be delivered. Each run of a delivery follows what is set here, and removes who may no longer be held."
    >
      <Section
        title="Consent policy"
        about="What people who said nothing are taken to have said. The first group that names a country decides."
      >
        <Answer of={policy}>{(saved) => <ConsentPolicy key={JSON.stringify(saved.groups)} saved={saved} />}</Answer>
      </Section>
      <Section title="Suppression lists" about="Kept as digests: a list says who, never how to reach them.">
        <Answer of={lists}>{({ items }) => <SuppressionLists items={items} />}</Answer>
      </Section>
      <Section title="Change a list" about="The next run of every delivery removes who is on a list.">
        <SuppressionForm />
      </Section>
      <Section title="Erasures" about="People who are forgotten: what each platform was asked, and what it answered.">
        <Answer of={erasures}>{({ items }) => <Erasures items={items} />}</Answer>
      </Section>
    </Page>
  );
}
