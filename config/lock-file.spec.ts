import { readFileSync } from 'node:fs';

interface LockedPackage {
  integrity?: string;
  resolved?: string;
}

/** Builds for other platforms, which not every registry offers: nobody can tell their digest. */
const UNKNOWN = /^node_modules\/@chdb\/lib-(darwin-arm64|darwin-x64|linux-arm64-gnu)$/;

describe('the lock file', () => {
  const text = readFileSync(new URL('../package-lock.json', import.meta.url), 'utf8');
  const { packages } = JSON.parse(text) as { packages: Record<string, LockedPackage> };
  const installed = Object.entries(packages).filter(([path]) => path !== '');

  it('states the integrity of every package', () => {
    const without = installed.filter(
      ([path, { integrity }]) => !integrity?.startsWith('sha512-') && !UNKNOWN.test(path),
    );
    expect(without.map(([path]) => path)).toEqual([]);
  });

  it('names no registry, so that packages come from the one that is set', () => {
    expect(installed.filter(([, { resolved }]) => resolved !== undefined)).toEqual([]);
  });
});
