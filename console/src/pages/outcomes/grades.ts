import type { MantineColor } from '@mantine/core';
import type { Grade } from '../../api/types/outcomes.ts';

/** What an AUC means to somebody who decides by it. */
export const GRADES: Record<Grade, { color: MantineColor; about: string }> = {
  excellent: {
    color: 'teal',
    about: 'It tells the two sides apart very well; check that no trait was recorded because of the outcome.',
  },
  good: { color: 'teal', about: 'It tells the two sides apart well.' },
  fair: { color: 'yellow', about: 'It is of use for choosing whom to reach first, less for single decisions.' },
  weak: { color: 'orange', about: 'It is a little better than chance; more telling traits would help.' },
  none: { color: 'red', about: 'It is no better than chance: do not use it.' },
};
