import type { Outcome } from '../../api/types/outcomes.ts';
import { type TraitWishes, traitWishesOf } from '../../components/trait-choice.tsx';

/** An outcome while it is put together. */
export interface OutcomeDraft extends TraitWishes {
  name: string;
  eligible: string | null;
  by: 'cohort' | 'event';
  attained: string | null;
  event: string;
  from: string;
  to: string;
  attrition: string | null;
}

export const draftOf = (outcome?: Outcome): OutcomeDraft => ({
  name: outcome?.name ?? '',
  eligible: null,
  by: 'cohort',
  attained: null,
  event: '',
  from: '',
  to: '',
  attrition: null,
  ...traitWishesOf(outcome),
});

/** What is predicted, as the API takes it. */
export function definitionOf({ name, eligible, by, attained, event, from, to, attrition }: OutcomeDraft) {
  return {
    name,
    eligible: eligible ?? undefined,
    ...(by === 'cohort'
      ? { attained: attained ?? undefined }
      : {
          attainedEvent: { event, within: from || to ? { from: from || undefined, to: to || undefined } : undefined },
        }),
    attrition: attrition ?? undefined,
  };
}

/** What is learnt from. `null` goes back to choosing by itself. */
export const wishesOf = ({ chosen, traits, excludeProtected }: OutcomeDraft) => ({
  traits: chosen === 'chosen' ? traits : null,
  excludeProtected,
});
