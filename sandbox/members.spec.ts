import { MemberSet } from './members.ts';

const NOW = new Date('2026-01-01T00:00:00Z');

function setOf(...rows: string[][]): MemberSet {
  const set = new MemberSet();
  for (const row of rows) set.add(row, NOW);
  return set;
}

describe('the members of an audience', () => {
  it('are distinct whatever the order of their identifiers', () => {
    expect(setOf(['EMAIL=a', 'PHONE=b'], ['PHONE=b', 'EMAIL=a'], ['EMAIL=c']).size).toBe(2);
  });

  it('take the place of rows that name nobody else', () => {
    const set = setOf(['EMAIL=a', 'LN=old'], ['EMAIL=b'], ['EMAIL=a', 'LN=new'], ['EMAIL=b', 'PHONE=p'], ['PHONE=q']);
    expect([...set.list()].sort()).toEqual(['EMAIL=a|LN=new', 'EMAIL=b|PHONE=p', 'PHONE=q']);
  });

  it('are removed exactly when a row is named exactly', () => {
    const set = setOf(['EMAIL=a', 'PHONE=p'], ['EMAIL=b', 'PHONE=p']);
    expect(set.remove(['PHONE=p', 'EMAIL=a'])).toBe(1);
    expect([...set.list()]).toEqual(['EMAIL=b|PHONE=p']);
  });

  it('are all removed that have every identifier named', () => {
    const set = setOf(['EMAIL=a', 'PHONE=p'], ['EMAIL=b', 'PHONE=p'], ['EMAIL=c']);
    expect(set.remove(['PHONE=p'])).toBe(2);
    expect(set.remove(['EMAIL=c', 'PHONE=q'])).toBe(0);
    expect(set.remove(['EMAIL=c', 'PHONE=q'], true)).toBe(1);
    expect(set.size).toBe(0);
  });

  it('keeps its index right while rows come and go', () => {
    const set = setOf(['EMAIL=a', 'PHONE=p']);
    set.remove(['EMAIL=z']);
    set.add(['EMAIL=b', 'PHONE=p'], NOW);
    set.remove(['EMAIL=a', 'PHONE=p']);
    expect(set.remove(['PHONE=p'])).toBe(1);
  });

  it('forgets what was added before a time', () => {
    const set = setOf(['EMAIL=a'], ['EMAIL=b']);
    set.add(['EMAIL=b'], new Date(NOW.getTime() + 1));
    expect(set.removeBefore(new Date(NOW.getTime() + 1))).toBe(1);
    expect([...set.values('EMAIL')]).toEqual(['b']);
  });
});
