/** Why a training cannot give an outcome model; `code` is stable, `detail` says what to do. */
export type OutcomeErrorCode =
  | 'too_few_attained'
  | 'too_few_not_attained'
  | 'too_few_traits'
  | 'protected_trait'
  | 'training_failed';

/** A training that was refused for a reason the user can act on. */
export class OutcomeError extends Error {
  readonly code: OutcomeErrorCode;
  /** Place in the request that caused it, e.g. `attained`. */
  readonly path?: string;

  constructor(code: OutcomeErrorCode, detail: string, path?: string) {
    super(detail);
    this.code = code;
    this.path = path;
  }
}

/** With fewer contacts on either side, figures of quality are luck. */
export const MIN_EXAMPLES = 100;

/** @throws OutcomeError when there is too little on either side to learn from. */
export function requireExamples(attained: number, notAttained: number): void {
  if (attained < MIN_EXAMPLES) {
    throw new OutcomeError(
      'too_few_attained',
      `Only ${attained} eligible contacts have attained the outcome; at least ${MIN_EXAMPLES} are needed to learn from. Widen the attained cohort or its dates, and check that eligible contacts stay eligible once they attain it.`,
      'attained',
    );
  }
  if (notAttained < MIN_EXAMPLES) {
    throw new OutcomeError(
      'too_few_not_attained',
      `Only ${notAttained} eligible contacts have not attained the outcome; at least ${MIN_EXAMPLES} are needed to learn what sets the others apart. Widen the eligible cohort.`,
      'eligible',
    );
  }
}
