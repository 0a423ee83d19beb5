import { ApiProperty } from '@nestjs/swagger';
import { IsIn } from 'class-validator';
import { CONTACTS_CHOICES, type ContactsChoice } from '../contacts.tables.ts';

export class DeletionQuery {
  @ApiProperty({
    enum: CONTACTS_CHOICES,
    description:
      'keep: contacts, traits and events stay. delete: contacts, traits and events that only this dataset added are deleted.',
  })
  @IsIn(CONTACTS_CHOICES)
  contacts!: ContactsChoice;
}

export class DeletedContactsView {
  @ApiProperty({ description: 'Contacts that only this dataset added.' })
  deleted!: number;
  @ApiProperty({ description: 'Contacts of the dataset that stay.' })
  kept!: number;
  @ApiProperty({
    description:
      'Of those that stay: contacts that only this dataset added and that unsubscribed, so that no later file subscribes them.',
  })
  unsubscribed!: number;
}

export class DeletedTraitView {
  @ApiProperty({ example: 'plan' })
  name!: string;
  @ApiProperty({ description: 'Contacts with a value.' })
  contacts!: number;
}

export class TraitUserView {
  @ApiProperty({ example: 'cohort' })
  kind!: string;
  @ApiProperty()
  id!: string;
  @ApiProperty()
  name!: string;
}

export class KeptTraitView extends DeletedTraitView {
  @ApiProperty({ type: [TraitUserView] })
  usedBy!: TraitUserView[];
}

/** What is deleted with a dataset. */
export class DatasetDeletionView {
  @ApiProperty({ type: DeletedContactsView })
  contacts!: DeletedContactsView;
  @ApiProperty({ description: 'Events that only this dataset added.' })
  events!: number;
  @ApiProperty({ type: [DeletedTraitView], description: 'Traits that only this dataset added, with their values.' })
  traits!: DeletedTraitView[];
  @ApiProperty({
    type: [KeptTraitView],
    description: 'Traits that only this dataset added and that stay because they are in use.',
  })
  traitsInUse!: KeptTraitView[];
}
