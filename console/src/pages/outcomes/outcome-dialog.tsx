import { TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import type { Outcome } from '../../api/types/outcomes.ts';
import { TrainingDialog, type TrainingProps } from '../../components/training-dialog.tsx';
import { TraitChoice, WithoutProtected } from '../../components/trait-choice.tsx';
import { AttainedFields } from './attained-fields.tsx';
import { definitionOf, draftOf, type OutcomeDraft, wishesOf } from './outcome-draft.ts';

interface OutcomeDialogProps extends TrainingProps {
  /** Trains another version of this outcome. */
  outcome?: Outcome;
}

/** Asks what is to be predicted and what to learn from; then starts the training. */
export function OutcomeDialog({ outcome, ...props }: OutcomeDialogProps) {
  const form = useForm<OutcomeDraft>({ initialValues: draftOf(outcome) });
  return (
    <TrainingDialog
      title="New outcome"
      resource="outcomes"
      of={outcome}
      form={form}
      definition={definitionOf}
      wishes={wishesOf}
      {...props}
    >
      {!outcome && (
        <>
          <TextInput label="Name" required data-autofocus placeholder="Will churn" {...form.getInputProps('name')} />
          <AttainedFields form={form} enabled={props.opened} />
        </>
      )}
      <TraitChoice form={form} aria-label="Traits to learn from" />
      <WithoutProtected form={form} />
    </TrainingDialog>
  );
}
