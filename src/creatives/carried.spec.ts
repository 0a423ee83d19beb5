import { describe, expect, it } from '@jest/globals';
import type { Segment, SegmentBrief, SegmentCreative } from '../../connectors/destination.ts';
import { carriedCreatives, carriesOthers } from './carried.ts';

const brief = (personaName: string): SegmentBrief => {
  return { personaKey: personaName, personaName, summary: '', color: '', size: 1, share: 1, salientTraits: [] };
};
const creative = (id: string, revision = 1): SegmentCreative => {
  return { id, revision, name: id, headline: id, reasons: ['It fits.'] };
};
const segment = (more: Partial<Segment>): Segment => {
  return { key: 'all', name: 'All', description: '', brief: brief('All'), ...more };
};

describe('creatives that a segment carries', () => {
  it('are its own, or those of each persona that shares it', () => {
    expect(carriedCreatives(segment({}))).toEqual([]);
    expect(carriedCreatives(segment({ creatives: [creative('a')] }))).toEqual([creative('a')]);
    const personas = [{ brief: brief('Loyal'), creatives: [creative('a')] }, { brief: brief('New') }];
    expect(carriedCreatives(segment({ personas }))).toEqual([{ ...creative('a'), persona: 'Loyal' }]);
  });

  it('are others when one came, went, changed, or changed its place; not when only a reason did', () => {
    const before = segment({ creatives: [creative('a'), creative('b')] });
    const now = (...creatives: SegmentCreative[]) => carriesOthers(segment({ creatives }), before);
    expect(now(creative('a'), { ...creative('b'), reasons: ['It fits better.'] })).toBe(false);
    expect(now(creative('a'))).toBe(true);
    expect(now(creative('b'), creative('a'))).toBe(true);
    expect(now(creative('a'), creative('b', 2))).toBe(true);
    expect(carriesOthers(segment({}), before)).toBe(true);
    expect(carriesOthers(before, undefined)).toBe(false);
    expect(carriesOthers(segment({}), segment({ creatives: [] }))).toBe(false);
  });
});
