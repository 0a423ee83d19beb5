import { strict as assert } from 'node:assert';
import { join } from 'node:path';
import * as around from './console/around.ts';
import * as connections from './console/connections.ts';
import * as creatives from './console/creatives.ts';
import * as datasets from './console/datasets.ts';
import * as delivering from './console/delivering.ts';
import * as groundwork from './console/groundwork.ts';
import * as imports from './console/imports.ts';
import * as insights from './console/insights.ts';
import * as monitors from './console/monitors.ts';
import * as outcomes from './console/outcomes.ts';
import * as personas from './console/personas.ts';
import * as rehearsing from './console/rehearsing.ts';
import { lookAt, page, world } from './console/screen.ts';
import { startConsole } from './support/console.ts';

let passed = 0;

/**
 * The console as a person uses it: from an empty installation to a confirmed delivery, in a real browser against the
 * built service and the sandbox. Fails on anything wrong on a page, in its console or on its network.
 * `node test/console.e2e.ts [--screenshots]` writes pictures to docs/images; `--to folder` writes every one elsewhere.
 */
async function main(): Promise<void> {
  lookAt(await startConsole());
  try {
    await step('refuses an unknown key and opens with a known one', groundwork.signIn);
    await step('shows an empty installation what to do', groundwork.emptyOverview);
    await step('imports contacts by their suggested mapping', groundwork.importContacts);
    await step('imports orders as events', groundwork.importOrders);
    await step('renames a dataset, and shows what deleting it takes out', datasets.manageDataset);
    await step('builds a cohort and shows its size', groundwork.buildCohort);
    await step('trains personas, shows them whole, renames one and publishes', groundwork.trainPersonas);
    await step('merges and splits personas as drafts, and compares them with what is live', personas.reviewDrafts);
    await step('writes a creative with rules, and what is wrong with them in their place', creatives.writeCreative);
    await step('shows which personas have a creative', creatives.coverage);
    await step('shows what personas bring in, and who went where', insights.dashboard);
    await step('sets two groups against each other, trait by trait', insights.explore);
    await step('learns an outcome', outcomes.learn);
    await step('shows how good it is, what it goes by and whom it treats how', outcomes.judge);
    await step('publishes it and says why somebody is scored as they are', outcomes.publish);
    await step('builds a cohort by score', outcomes.chooseByScore);
    await step('trains it again, publishes and rolls back', outcomes.rollBack);
    await step('builds an audience with drop-off and personas', groundwork.buildAudience);
    await step('connects a destination by the fields it declares and checks it', groundwork.connect);
    await step('shows a failing prerequisite in words', groundwork.connectWrongly);
    await step('asks for nested settings part by part, and says what is wrong with each', outcomes.connectByParts);
    await step('puts a delivery together, dry runs it and runs it', delivering.deliver);
    await step('holds the run until a person approves it', delivering.approve);
    await step('shows the evidence of the run', delivering.evidence);
    await step('changes guards and schedule, and pauses what runs by itself', delivering.changeRules);
    await step('sends nothing when nothing changed, and compares the runs', delivering.runAgain);
    await step('rejects a held full resync', delivering.reject);
    await step('pins a creative to a persona of a delivery, and takes it off again', creatives.pin);
    await step('shows where one contact is and what is sent of it', around.oneContact);
    await step('says that a platform cannot judge people before the first run', rehearsing.beforeTheFirstRun);
    await step('lets the platform judge a dry run, which keeps nobody', rehearsing.withPeopleToAdd);
    await step('looks back at what those delivered did, by the score they had', outcomes.lookBack);
    await step('keeps a consent policy and a suppression list', around.privacy);
    await step('tells a webhook, and what was told', around.alerts);
    await step('logs in with a key it made, to a host key that a person confirmed', connections.keys);
    await step('watches a cohort by bands of its own, and says what is wrong with them', monitors.watch);
    await step('sets the drift of a run against the limit, and measures anew', monitors.drift);
    await step('shows on the overview what there is', around.overview);
    await step('starts no import of a file without a key until a person chooses one', imports.chooseKey);
    await step('keeps how orders are read when their event is added again, and counts them', imports.keepOrderReading);
    await step('replaces the file of a dataset after a question', imports.replaceFile);
    await step('explains the problems of a mapping in the labels of the page', imports.explainProblems);
    await step('fits a telephone', around.narrow);
    await step('signs out', around.signOut);
    process.stdout.write(`\n${passed} passed, 0 failed\n`);
  } catch (error) {
    await page.screenshot({ path: join(world.folder, '..', 'console-e2e-failure.png') }).catch(() => undefined);
    process.stdout.write(`\n${String((error as Error).stack ?? error)}\n${passed} passed, 1 failed\n`);
    process.exitCode = 1;
  } finally {
    await world.close();
  }
}

async function step(name: string, run: () => Promise<void>): Promise<void> {
  const start = Date.now();
  process.stdout.write(`- ${name} … `);
  await run();
  assert.deepEqual(world.faults, [], 'the browser met faults');
  passed++;
  process.stdout.write(`${((Date.now() - start) / 1000).toFixed(1)} s\n`);
}

await main();
