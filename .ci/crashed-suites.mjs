// The suites whose worker process the runtime itself ended (V8 ends with SIGTRAP now and then when modules run in a VM).
// Prints them, one a line; ends with 1 when a test failed, for then nothing is to be run again.
import { readFileSync } from 'node:fs';

const { testResults } = JSON.parse(readFileSync(process.argv[2], 'utf8'));
const failed = testResults.filter(({ status }) => status === 'failed');
const crashed = failed.filter(({ message }) =>
  /A jest worker process \(pid=\d+\) was terminated by another process/.test(message),
);
if (failed.length === 0 || crashed.length < failed.length) process.exit(1);
for (const { name } of crashed) console.log(name);
