import { settingDescriptions } from './describe.ts';
import { loadSettings, Settings, type SettingsError, unknownSettings } from './settings.ts';

const problemsOf = (env: Record<string, string>): string[] => {
  try {
    loadSettings(env);
    return [];
  } catch (error) {
    return (error as SettingsError).problems;
  }
};

describe('settings', () => {
  it('has a default for everything that is not a secret or a served engine', () => {
    expect(loadSettings({})).toMatchObject({ PORT: 3000, REACH_ROLE: 'all', REACH_FACEBOOK_API_VERSION: 'v26.0' });
  });

  it('describes every variable', () => {
    const described = settingDescriptions(Settings).map((s) => s.name);
    expect(new Set(described).size).toBe(described.length);
    for (const name of Object.keys(new Settings())) expect(described).toContain(name);
  });

  it('reads numbers and booleans, and takes an empty value for absent', () => {
    expect(loadSettings({ PORT: '0', REACH_ALLOW_PRIVATE_HOSTS: 'true', DATABASE_URL: '' })).toMatchObject({
      PORT: 0,
      REACH_ALLOW_PRIVATE_HOSTS: true,
    });
  });

  it.each([
    ['PORT', 'eighty'],
    ['PORT', '70000'],
    ['REACH_ROLE', 'boss'],
    ['REACH_ADMIN_KEY', 'short'],
    ['REACH_ENCRYPTION_KEY', 'zz'],
    ['DATABASE_URL', 'mysql://x'],
    ['REDIS_URL', 'http://x'],
    ['CLICKHOUSE_URL', 'tcp://x'],
    ['REACH_FACEBOOK_API_VERSION', '26'],
    ['REACH_FACEBOOK_URL', 'not a url'],
    ['REACH_ALLOW_PRIVATE_HOSTS', 'maybe'],
  ])('refuses %s=%s and names it', (name, value) => {
    expect(problemsOf({ [name]: value }).join()).toContain(name);
  });

  it('names every problem at once', () => {
    expect(problemsOf({ PORT: 'x', REACH_ROLE: 'y' }).length).toBeGreaterThanOrEqual(2);
  });

  it('tells variables that look like ours and are not, but for those of the command line', () => {
    expect(unknownSettings({ REACH_DATADIR: '/tmp', PATH: '/bin' })).toEqual(['REACH_DATADIR']);
    expect(unknownSettings({ REACH_URL: 'http://x', REACH_KEY: 'k', REACH_ROLE: 'all' })).toEqual([]);
  });

  it.each(['api', 'worker'])('refuses REACH_ROLE=%s without served engines, naming what is missing', (role) => {
    const [problem, ...more] = problemsOf({ REACH_ROLE: role, DATABASE_URL: 'postgres://x/y' });
    expect(more).toEqual([]);
    expect(problem).toMatch(/REDIS_URL, CLICKHOUSE_URL, REACH_ENCRYPTION_KEY/);
    expect(problem).not.toMatch(/DATABASE_URL,/);
  });

  it('accepts a split deployment with everything it needs', () => {
    const env = {
      REACH_ROLE: 'worker',
      DATABASE_URL: 'postgres://x/y',
      REDIS_URL: 'redis://x',
      CLICKHOUSE_URL: 'http://x',
      REACH_ENCRYPTION_KEY: 'a'.repeat(64),
    };
    expect(loadSettings(env).REACH_ROLE).toBe('worker');
  });
});
