import type { AccountId } from '../accounts/auth.ts';
import type { PersonaRow } from './persona-sets.repository.ts';
import { ICONS } from './personas.dto.ts';

/** Colours that stay apart on white and on black, also for most colour-blind readers. */
const COLORS = [
  '#4263eb',
  '#f76707',
  '#2f9e44',
  '#ae3ec9',
  '#0c8599',
  '#e03131',
  '#f59f00',
  '#6741d9',
  '#74b816',
  '#c2255c',
  '#1971c2',
  '#846358',
];

/** A persona that a training found for the first time; its colour and icon follow from its key. */
export function newPersona(input: { account: AccountId; setId: string; key: string; now: Date }): PersonaRow {
  const number = Number(input.key.replaceAll(/\D/g, '')) || 1;
  return {
    setId: input.setId,
    key: input.key,
    accountId: input.account,
    name: null,
    summary: null,
    color: COLORS[(number - 1) % COLORS.length]!,
    icon: ICONS[(number - 1) % ICONS.length]!,
    tone: null,
    offer: null,
    messages: null,
    pinnedVersionId: null,
    createdAt: input.now,
    updatedAt: input.now,
  };
}
