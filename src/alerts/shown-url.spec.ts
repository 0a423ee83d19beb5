import fc from 'fast-check';
import { shownUrl } from './shown-url.ts';

describe('the address of a webhook', () => {
  it.each([
    ['https://hooks.slack.com/services/T0000/B0000/abcdefghijkl', 'https://hooks.slack.com/…ijkl'],
    ['https://user:secret@example.com', 'https://example.com/…'],
    ['https://example.com:8443/?token=s3cret', 'https://example.com:8443/…cret'],
    ['https://example.com/hook', 'https://example.com/…'],
    ['https://example.com', 'https://example.com/'],
    ['http://[::1]:9000/reach/alerts', 'http://[::1]:9000/…erts'],
  ])('%s is shown as %s', (url, shown) => expect(shownUrl(url)).toBe(shown));

  it('never shows a secret of more than four characters, wherever it stands', () => {
    const secret = fc.stringMatching(/^[a-z0-9]{6,40}$/).map((text) => `zq${text}qz`);
    const place = fc.constantFrom(
      (s: string) => `https://${s}:x@example.com/hook`,
      (s: string) => `https://u:${s}@example.com/`,
      (s: string) => `https://example.com/${s}`,
      (s: string) => `https://example.com/a/${s}/b?c=d`,
      (s: string) => `https://example.com/?k=${s}`,
    );
    fc.assert(fc.property(secret, place, (text, put) => expect(shownUrl(put(text))).not.toContain(text)));
  });
});
