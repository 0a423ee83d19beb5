import type { AttachedCreatives } from '../../api/types/creatives.ts';
import type { Guards, Schedule } from '../../api/types/deliveries.ts';
import { capital, number } from '../../app/format.ts';

/** What the service takes when nothing is said. */
export const DEFAULT_GUARDS: Guards = {
  maxRemovalShare: 0.3,
  maxGrowthShare: null,
  maxInputAgeHours: null,
  platformFloor: true,
  sensitiveWords: true,
};

export const NO_SCHEDULE: Schedule = { timeZone: 'UTC', afterImport: false, afterRebuild: false };

export const NO_CREATIVES: AttachedCreatives = { attach: false, perSegment: 3, channel: null, pins: {} };

/** Pins are kept while creatives are switched off. */
export const creativesOrNone = (creatives: AttachedCreatives): AttachedCreatives | null =>
  creatives.attach || Object.keys(creatives.pins).length > 0 ? creatives : null;

/** Which creatives travel, in words. */
export function creativesWords(creatives: AttachedCreatives | null): string {
  if (!creatives?.attach) return 'None';
  const pinned = Object.keys(creatives.pins).length;
  const parts = [
    `best ${number(creatives.perSegment)} of each segment`,
    creatives.channel && `for ${creatives.channel}`,
    pinned > 0 && `pinned for ${number(pinned)}`,
  ].filter(Boolean);
  return capital(parts.join(', '));
}

/** A schedule that never starts anything is none. */
export const scheduleOrNone = (schedule: Schedule): Schedule | null =>
  schedule.cron || schedule.afterImport || schedule.afterRebuild ? schedule : null;

/** A schedule in words. */
export function scheduleWords(schedule: Schedule | null): string {
  const parts = [
    schedule?.cron && `${schedule.cron} (${schedule.timeZone})`,
    schedule?.afterImport && 'after each import',
    schedule?.afterRebuild && 'after personas are published',
  ].filter(Boolean);
  return capital(parts.join(', ')) || 'Only when asked';
}

/** Guards in words. */
export function guardWords(guards: Guards): string {
  const percent = (share: number) => `${number(share * 100)} %`;
  const parts = [
    guards.maxRemovalShare !== null && `at most ${percent(guards.maxRemovalShare)} removed`,
    guards.maxGrowthShare !== null && `at most ${percent(guards.maxGrowthShare)} growth`,
    guards.maxInputAgeHours !== null && `data at most ${number(guards.maxInputAgeHours)} h old`,
    guards.platformFloor && 'large enough for the platform',
    guards.sensitiveWords && 'no sensitive names',
  ].filter(Boolean);
  return capital(parts.join(', ')) || 'None';
}
