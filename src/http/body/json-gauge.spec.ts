import fc from 'fast-check';
import { JsonGauge, type JsonLimits, LimitExceeded } from './json-gauge.ts';

/** What a value holds, counted the plain way. */
function countsOf(value: unknown, text: string): JsonLimits {
  const counts: JsonLimits = { bytes: Buffer.byteLength(text), depth: 0, items: 0, names: 0, objects: 0, values: 0 };
  const visit = (each: unknown, depth: number) => {
    if (typeof each !== 'object' || each === null) return;
    const members = Object.values(each);
    const kind = Array.isArray(each) ? 'items' : 'names';
    counts.objects++;
    counts.depth = Math.max(counts.depth, depth);
    counts[kind] = Math.max(counts[kind], members.length);
    // an object's first value is counted with the object
    counts.values += Math.max(0, members.length - 1);
    for (const member of members) visit(member, depth + 1);
  };
  visit(value, 1);
  return counts;
}

function measured(text: string, limits: JsonLimits, pieces = 1): keyof JsonLimits | undefined {
  const gauge = new JsonGauge(limits);
  const bytes = Buffer.from(text);
  const size = Math.max(1, Math.ceil(bytes.length / pieces));
  try {
    for (let at = 0; at < bytes.length; at += size) gauge.measure(bytes.subarray(at, at + size));
  } catch (error) {
    expect(error).toBeInstanceOf(LimitExceeded);
    return (error as LimitExceeded).limit;
  }
  return undefined;
}

const json = fc.jsonValue({ maxDepth: 6, stringUnit: 'binary' });
const written = fc
  .tuple(json, fc.constantFrom(undefined, 1))
  .map(([value, indent]) => [value, JSON.stringify(value, null, indent)] as const);

describe('the gauge of JSON', () => {
  it('lets a text pass that holds exactly as much as it may, however the text is cut', () => {
    fc.assert(
      fc.property(written, fc.integer({ min: 1, max: 50 }), ([value, text], pieces) => {
        // an empty list has room for one item
        const { items, names, ...counts } = countsOf(value, text);
        expect(measured(text, { ...counts, items: Math.max(1, items), names: Math.max(1, names) }, pieces)).toBe(
          undefined,
        );
      }),
    );
  });

  it.each<keyof JsonLimits>(['bytes', 'depth', 'items', 'names', 'objects', 'values'])(
    'refuses a text that has one more of its %s than it may',
    (limit) => {
      const many = { bytes: 1e9, depth: 1e9, items: 1e9, names: 1e9, objects: 1e9, values: 1e9 };
      fc.assert(
        fc.property(written, fc.integer({ min: 1, max: 50 }), ([value, text], pieces) => {
          const most = countsOf(value, text)[limit] - 1;
          fc.pre(most >= (limit === 'items' || limit === 'names' ? 1 : 0));
          expect(measured(text, { ...many, [limit]: most }, pieces)).toBe(limit);
        }),
      );
    },
  );

  it('counts no brackets and commas that stand in strings', () => {
    const none = { bytes: 1e9, depth: 0, items: 0, names: 0, objects: 0, values: 0 };
    expect(measured(JSON.stringify('[{,\\"[,'), none)).toBe(undefined);
  });

  it('reads a text that is not JSON without failing', () => {
    const limits = { bytes: 1e9, depth: 9, items: 9, names: 9, objects: 9, values: 9 };
    expect(measured(']]}},,{"', limits)).toBe(undefined);
  });
});
