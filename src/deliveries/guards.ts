import type { Prerequisite } from '../../connectors/destination.ts';
import { type SegmentCounts, sizeAfter } from './states.ts';

/** Limits that hold a run for a person to look at. Null switches a guard off. */
export interface GuardSettings {
  /** Largest share of a segment's members that one run may remove. */
  maxRemovalShare: number | null;
  /** Largest growth of a segment in one run, as a share of what it held. */
  maxGrowthShare: number | null;
  /** Oldest age of the newest finished import, in hours. */
  maxInputAgeHours: number | null;
  /** Holds a run that would leave a segment with fewer members than the platform can use. */
  platformFloor: boolean;
  /** Holds a run whose remote names or descriptions hint at health or finance. */
  sensitiveWords: boolean;
}

export const DEFAULT_GUARDS: GuardSettings = {
  maxRemovalShare: 0.3,
  maxGrowthShare: null,
  maxInputAgeHours: null,
  platformFloor: true,
  sensitiveWords: true,
};

export interface GuardedSegment {
  key: string;
  persona: string;
  name: string;
  description: string;
  counts: SegmentCounts;
  /** True once it is bound to a remote audience. */
  bound: boolean;
  /** True when it would hold nobody, because no member has an identifier that the destination can use. */
  unusable: boolean;
}

export interface GuardInput {
  guards: GuardSettings;
  segments: GuardedSegment[];
  /** Fewest members the platform can use. */
  memberFloor: number;
  /** Whether names and descriptions are read by an ad platform. */
  namesAreReviewed: boolean;
  now: Date;
  newestInputAt: Date | null;
  /** What the last check of the connection said of its number of audiences; null when it said nothing. */
  audienceCap: Pick<Prerequisite, 'detail' | 'room'> | null;
}

/** Why a run is held. */
export interface HoldReason {
  code:
    | 'nothing_usable'
    | 'removal_share'
    | 'growth_share'
    | 'platform_floor'
    | 'stale_input'
    | 'sensitive_name'
    | 'audience_cap';
  text: string;
  segment?: string;
}

/** A hold on a run: why, until when, and what a person decided. */
export interface Hold {
  reasons: HoldReason[];
  expiresAt: string;
  decision?: { approved: boolean; by: string; at: string; note: string };
}

/**
 * Words for which Meta flags customer lists (operation status 471) since September 2025: health and financial status.
 * https://developers.facebook.com/documentation/ads-commerce/marketing-api/audiences/guides/custom-audiences
 */
const SENSITIVE =
  /\b(cancer|diabet\w*|arthritis|asthma|depress\w*|anxiety|hiv|aids|pregnan\w*|obes\w*|disab\w*|disease|disorder|patient\w*|medic(al|ation|ine)\w*|therap\w*|addict\w*|alcoholi\w*|surg(ery|ical)|mental health|symptom\w*|treatment|credit score|bad credit|bankrupt\w*|debt\w*|payday|foreclos\w*|low income|high net worth|insolven\w*|delinquen\w*|overdue|default(ed|ing)? (on|loan)\w*|collections?)\b/i;

/** The first word that hints at health or finance, if there is one. */
export function sensitiveWord(text: string): string | undefined {
  return SENSITIVE.exec(text)?.[0];
}

/** Everything about a plan that a person should see before it is carried out. Pure. */
export function holdReasons(input: GuardInput): HoldReason[] {
  return [
    ...staleInput(input),
    ...audienceCap(input),
    ...input.segments.flatMap((segment) => segmentReasons(segment, input)),
  ];
}

function segmentReasons(segment: GuardedSegment, { guards, memberFloor, namesAreReviewed }: GuardInput): HoldReason[] {
  const { adds, changes, removes, removals } = segment.counts;
  const size = sizeAfter(segment.counts);
  const held = size - adds + removes;
  const reasons: HoldReason[] = [];
  const add = (code: HoldReason['code'], text: string) => reasons.push({ code, text, segment: segment.key });
  if (segment.unusable) {
    add(
      'nothing_usable',
      `${segment.persona}: none of the ${count(adds + changes)} members that would be sent has an identifier that the destination can use. Check the match keys of the delivery, and the mapping of the imports.`,
    );
  }
  if (guards.maxRemovalShare !== null && held > 0 && removals / held > guards.maxRemovalShare) {
    add(
      'removal_share',
      `${segment.persona}: ${count(removals)} of ${count(held)} members (${percent(removals / held)}) would be removed${removals > removes ? `, ${count(removals - removes)} of them only with keys that they do not have any more` : ''}; the limit is ${percent(guards.maxRemovalShare)}.`,
    );
  }
  if (guards.maxGrowthShare !== null && held > 0 && adds / held > guards.maxGrowthShare) {
    add(
      'growth_share',
      `${segment.persona}: ${count(adds)} members would be added to ${count(held)} (${percent(adds / held)}); the limit is ${percent(guards.maxGrowthShare)}.`,
    );
  }
  if (guards.platformFloor && adds + removes > 0 && size > 0 && size < memberFloor) {
    add(
      'platform_floor',
      `${segment.persona}: the segment would have ${count(size)} members; the platform needs ${count(memberFloor)} before it can be used.`,
    );
  }
  const word =
    guards.sensitiveWords && namesAreReviewed && size + removes > 0
      ? sensitiveWord(`${segment.name} ${segment.description}`)
      : undefined;
  if (word)
    add(
      'sensitive_name',
      `${segment.persona}: the remote name or description says "${word}". Platforms block lists that hint at health or finance; change the name template or the persona's name.`,
    );
  return reasons;
}

function staleInput({ guards, now, newestInputAt }: GuardInput): HoldReason[] {
  if (guards.maxInputAgeHours === null) return [];
  const hours = newestInputAt ? (now.getTime() - newestInputAt.getTime()) / 3_600_000 : Number.POSITIVE_INFINITY;
  if (hours <= guards.maxInputAgeHours) return [];
  const age = newestInputAt ? `${Math.floor(hours)} hours old` : 'missing';
  return [{ code: 'stale_input', text: `The newest import is ${age}; the limit is ${guards.maxInputAgeHours} hours.` }];
}

/** A number of audiences that could not be read holds nothing: the fault that hid it is not the cap. */
function audienceCap({ audienceCap: cap, segments }: GuardInput): HoldReason[] {
  const fresh = segments.filter(({ bound, counts }) => !bound && counts.adds > 0).length;
  if (cap?.room === undefined || fresh <= cap.room) return [];
  const need = `The run needs ${count(fresh)} new remote ${fresh === 1 ? 'audience' : 'audiences'}`;
  return [{ code: 'audience_cap', text: `${need} and there is room for ${count(cap.room)}: ${cap.detail}` }];
}

const count = (value: number) => value.toLocaleString('en-US');
const percent = (share: number) => `${(share * 100).toLocaleString('en-US', { maximumFractionDigits: 1 })} %`;
