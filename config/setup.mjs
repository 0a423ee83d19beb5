// Plain JavaScript for the oldest Node we meet (20): installs once, so that one command is enough on a bare clone.
// The `node` package in the lock file then gives npm scripts a current Node from node_modules/.bin.
import { execSync } from 'node:child_process';
import { existsSync, readdirSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const at = (...parts) => join(root, ...parts);
const mtime = (path) => (existsSync(path) ? statSync(path).mtimeMs : 0);
const run = (command) => execSync(command, { cwd: root, stdio: 'inherit' });

if (mtime(at('node_modules', '.package-lock.json')) < mtime(at('package-lock.json'))) {
  console.log('Installing packages (once)…');
  // not `npm ci`: it installs everything again, also when one package changed
  run('npm install --no-save --no-audit --no-fund --loglevel=error');
}

/** Newest modification below a folder; 0 where there is none. */
function newest(path) {
  if (!existsSync(path)) return 0;
  if (!statSync(path).isDirectory()) return mtime(path);
  return Math.max(0, ...readdirSync(path).map((name) => (name === 'node_modules' ? 0 : newest(join(path, name)))));
}

if (process.argv.includes('--build')) {
  const server = Math.max(...['src', 'connectors', 'config', 'sandbox', 'package.json'].map((p) => newest(at(p))));
  if (mtime(at('dist', 'src', 'main.js')) < server) run('npm run --silent build:server');
  if (mtime(at('dist', 'console', 'index.html')) < newest(at('console'))) run('npm run --silent build:console');
}
