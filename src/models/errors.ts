/** Why a training cannot give personas; `code` is stable, `detail` says what to do. */
export type TrainingErrorCode =
  | 'cohort_empty'
  | 'cohort_too_small'
  | 'too_few_traits'
  | 'constant_trait'
  | 'missing_trait'
  | 'identifier_trait'
  | 'protected_trait'
  | 'too_few_distinct'
  | 'training_failed';

/** A training that was refused or failed for a reason the user can act on. */
export class TrainingError extends Error {
  readonly code: TrainingErrorCode;
  /** Place in the request that caused it, e.g. `traits[2]`. */
  readonly path?: string;

  constructor(code: TrainingErrorCode, detail: string, path?: string) {
    super(detail);
    this.code = code;
    this.path = path;
  }
}
