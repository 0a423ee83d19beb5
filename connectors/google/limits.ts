/** Longest membership Google allows, in days (2025-04-07). @see https://ads-developers.googleblog.com/2025/02/update-to-customer-match-membership.html */
export const LONGEST_MEMBERSHIP = 540;
