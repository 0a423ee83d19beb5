import { markOf } from '../adoption.ts';
import type { Upload } from '../destination.ts';
import { DestinationError } from '../errors.ts';
import { accountNode, audienceNode, readAudience } from './audiences.ts';
import type { GraphApi } from './graph-api.ts';
import type { FacebookOptions } from './settings.ts';

export const DEFAULT_RATIO = 0.01;

/**
 * Makes the lookalike of a segment's audience, once for each country and ratio; its mark finds it again. Meta needs a
 * hundred people in the seed and refuses before that, so a refusal is no fault of the upload: the next one tries again.
 * @returns what to tell
 * @see https://developers.facebook.com/documentation/ads-commerce/marketing-api/audiences/guides/lookalike-audiences
 */
export async function ensureLookalike(api: GraphApi, upload: Upload<FacebookOptions>): Promise<string[]> {
  const { lookalikeCountry: country, lookalikeRatio: ratio = DEFAULT_RATIO } = upload.options;
  if (!country || upload.direction !== 'add') return [];
  try {
    const mark = markOf(`${upload.segment.id ?? upload.segment.key}/lookalike/${country}/${ratio}`);
    if (!(await exists(api, upload.audience.id, mark))) await create(api, upload, { country, ratio }, mark);
    return [];
  } catch (error) {
    if (!(error instanceof DestinationError) || error.code === 'auth') throw error;
    return [`The lookalike audience could not be made and will be tried again after the next upload: ${error.message}`];
  }
}

async function exists(api: GraphApi, seed: string, mark: string): Promise<boolean> {
  const node = await audienceNode(api, seed).get(['lookalike_audience_ids']);
  const { lookalike_audience_ids: ids = [] } = node._data as { lookalike_audience_ids?: string[] };
  for (const id of ids) {
    if ((await readAudience(api, id, ['description'])).description?.endsWith(mark)) return true;
  }
  return false;
}

async function create(
  api: GraphApi,
  { audience, segment }: Upload,
  spec: { country: string; ratio: number },
  mark: string,
): Promise<void> {
  const percent = Math.round(spec.ratio * 100);
  await accountNode(api).createCustomAudience([], {
    name: `${segment.name} (lookalike ${spec.country} ${percent} %)`,
    description: `People like those of ${segment.name}. ${mark}`,
    subtype: 'LOOKALIKE',
    origin_audience_id: audience.id,
    lookalike_spec: spec,
  });
}
