import type { DateOrder } from '../../values/date.ts';
import type { AddressKind, Meaning } from '../languages/language.ts';

/**
 * What a tool's column holds, where its name does not say it by itself:
 * a meaning; `id`, the person's own id in the tool; `orderId`; `other`, the id of somebody or something else;
 * `plain`, a value without a role, which is no consent either; `ignore`, nothing worth keeping.
 */
export type ToolColumn =
  | Meaning
  | 'id'
  | 'orderId'
  | 'other'
  | 'plain'
  | 'ignore'
  | { meaning: Meaning; address: AddressKind };

/** An export that is known by its columns. It only adds certainty: columns that it does not name are read by their words. */
export interface Tool {
  /** Short name; the namespace of the tool's ids, unless `ownIds`. */
  slug: string;
  title: string;
  /** Names that only this export has: one tells it. */
  sure?: readonly string[];
  /** Names that this export has and few others have together. */
  marks?: readonly string[];
  /** How many of the marks tell it. Default: 3. */
  needs?: number;
  /** The ids in it are the user's own, not the tool's. */
  ownIds?: boolean;
  /** By the name of the column, without case and punctuation; the number 1 stands for any number. */
  columns: Readonly<Record<string, ToolColumn>>;
  /** How the tool writes birthdays, where their values leave it open. */
  birthdayOrder?: DateOrder;
  /** Stands between several values of one cell. */
  separator?: string;
}
