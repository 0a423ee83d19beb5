import { personaSegment, retiredSegment, sessionId, templateFault, wholeSegment } from './segments.ts';

const names = {
  nameTemplate: '{{audience}} – {{persona}}',
  descriptionTemplate: '{{summary}} {{traits}} ({{share}})',
  delivery: 'Spring',
  audience: 'Customers & <friends>',
};
const persona = {
  key: 'p1',
  name: 'Loyal fiber',
  color: '#123456',
  summary: 'Long-standing customers.',
  size: 10,
  share: 0.25,
  salientTraits: [
    { trait: 'contract', statement: 'contract is Two year', lift: 3.1 },
    { trait: 'tenure', statement: 'tenure above 60', lift: 2.4 },
  ],
  tone: 'warm',
  offer: null,
};

describe('segments', () => {
  it('renders names and descriptions as plain text', () => {
    const segment = personaSegment(persona, names);
    expect(segment.name).toBe('Customers & <friends> – Loyal fiber');
    expect(segment.description).toBe('Long-standing customers. contract is Two year; tenure above 60 (25 %)');
    expect(segment.brief).toMatchObject({ personaKey: 'p1', tone: 'warm' });
    expect(segment.brief).not.toHaveProperty('offer');
  });

  it('carries creatives, best first, until the persona retires', () => {
    const creatives = ['Spring', 'Summer'].map((name, i) => {
      return { id: `cre_${i}`, revision: 1, name, headline: name, reasons: ['It fits.'] };
    });
    const segment = personaSegment(persona, { ...names, descriptionTemplate: '{{creatives}}' }, creatives);
    expect(segment).toMatchObject({ description: 'Spring; Summer', creatives });
    expect(segment.brief.creativeIds).toEqual(['cre_0', 'cre_1']);
    expect(personaSegment(persona, names, []).brief.creativeIds).toEqual([]);
    expect(personaSegment(persona, names).brief).not.toHaveProperty('creativeIds');
    const retired = retiredSegment(retiredSegment(segment));
    expect(retired.name).toBe(`${segment.name} (retired)`);
    expect(retiredSegment(retired, 'Big (and) loyal').name).toBe(`${segment.name} (merged into Big (and) loyal)`);
    expect(retiredSegment(retiredSegment(segment, 'Big (and) loyal'), 'Big').name).toBe(
      `${segment.name} (merged into Big)`,
    );
    expect(retired.brief.personaName).toBe(persona.name);
    const renamed = retiredSegment(retired, undefined, new Set([persona.name]));
    expect(renamed.brief.personaName).toBe(`${persona.name} (retired)`);
    expect(retiredSegment(renamed).brief.personaName).toBe(persona.name);
    expect([retired.creatives, retired.brief.creativeIds]).toEqual([undefined, undefined]);
  });

  it('makes one segment of an audience that is not split', () => {
    expect(wholeSegment({ ...names, nameTemplate: '{{audience}}' })).toMatchObject({
      key: 'all',
      name: 'Customers & <friends>',
      brief: { share: 1 },
    });
  });

  it('says what is wrong with a template', () => {
    expect(templateFault('{{persona}}')).toBeUndefined();
    expect(templateFault('{{#persona}}')).toMatch(/persona/);
    expect(templateFault('{{persona')).toBeDefined();
  });

  it('gives an upload the same session id each time, a positive integer that JSON can carry', () => {
    expect(sessionId('run_1.p1.2')).toBe(sessionId('run_1.p1.2'));
    expect(sessionId('run_1.p1.2')).not.toBe(sessionId('run_1.p2.2'));
    expect(Number.isSafeInteger(sessionId('x')) && sessionId('x') > 0).toBe(true);
  });
});
