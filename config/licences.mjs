// Lists the packages of production by licence, from the lock file: `npm run licences`.
import { readFileSync } from 'node:fs';

const { packages } = JSON.parse(readFileSync(new URL('../package-lock.json', import.meta.url), 'utf8'));
const byLicence = {};
for (const [path, { version, license, dev, link }] of Object.entries(packages)) {
  if (path === '' || dev || link) continue;
  const name = path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length);
  const licence = license ?? 'not stated';
  byLicence[licence] = [...(byLicence[licence] ?? []), `${name} ${version}`];
}
for (const licence of Object.keys(byLicence).sort())
  console.log(`${licence}\n  ${[...new Set(byLicence[licence])].sort().join('\n  ')}`);
