/** The page of a model card, for Mustache. It loads nothing from anywhere. */
export const TEMPLATE = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Model card: {{name}}, version {{version}}</title>
<style>
:root { color-scheme: light dark; --ink: #1f2430; --soft: #667085; --line: #d8dde6; --back: #fff; --accent: #3b5bdb; --warn: #b54708; --tint: #eef2ff }
@media (prefers-color-scheme: dark) { :root { --ink: #e8eaf0; --soft: #98a2b3; --line: #3a4152; --back: #171a21; --accent: #8da2fb; --warn: #fdb022; --tint: #232a3d } }
* { box-sizing: border-box }
body { margin: 0 auto; max-width: 960px; padding: 32px 24px 64px; background: var(--back); color: var(--ink); font: 15px/1.5 system-ui, sans-serif }
h1 { font-size: 26px; margin: 0 } h2 { font-size: 18px; margin: 40px 0 8px } h3 { font-size: 15px; margin: 20px 0 4px }
p { margin: 4px 0 12px; max-width: 70ch } .soft { color: var(--soft) } .warn { color: var(--warn); font-weight: 600 }
.figures { display: flex; flex-wrap: wrap; gap: 12px; margin: 20px 0 }
.figure { flex: 1 1 140px; border: 1px solid var(--line); border-radius: 8px; padding: 12px 14px }
.figure b { display: block; font-size: 22px; font-weight: 600 } .figure span { color: var(--soft); font-size: 13px }
.charts { display: flex; flex-wrap: wrap; gap: 16px } .charts figure { flex: 1 1 280px; margin: 0 } figcaption { font-size: 13px; color: var(--soft) }
svg { width: 100%; max-width: 640px; height: auto } svg text { fill: var(--soft); font-size: 11px }
.frame { fill: none; stroke: var(--line) } .even { fill: none; stroke: var(--soft); stroke-dasharray: 4 4 } .line { fill: none; stroke: var(--accent); stroke-width: 2.5 }
.thin { fill: none; stroke: var(--accent) } .dot, .bar { fill: var(--accent) } .bar { opacity: .75 } .band { stroke: var(--ink); stroke-width: 1.5 }
.scroll { overflow-x: auto } table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums }
th, td { text-align: left; padding: 5px 10px 5px 0; border-bottom: 1px solid var(--line); vertical-align: top } th { color: var(--soft); font-weight: 500; font-size: 13px }
td.n, th.n { text-align: right; white-space: nowrap } .meter { background: var(--tint); border-radius: 3px; min-width: 90px } .meter i { display: block; height: 10px; border-radius: 3px; background: var(--accent) }
</style>
</head>
<body>
<h1>{{name}}</h1>
<p class="soft">Model card of version {{version}} ({{stage}}), trained {{trainedAt}}</p>
<p>{{purpose}}</p>
<div class="figures">
{{#figures}}<div class="figure"><b>{{value}}</b><span>{{label}}</span></div>
{{/figures}}
</div>
{{#warnings}}<p class="warn">{{.}}</p>{{/warnings}}

<h2>What it learnt from</h2>
<div class="scroll"><table>
{{#facts}}<tr><th>{{label}}</th><td>{{value}}</td></tr>
{{/facts}}
</table></div>

<h2>How good it is</h2>
<p>All figures are of contacts that the model did not learn from (five-fold cross-validation). {{gradeText}}</p>
<div class="charts">
<figure>{{{roc}}}<figcaption>How many of those who attain are found, against how many others are taken for them.</figcaption></figure>
<figure>{{{calibration}}}<figcaption>What was predicted and what happened, by tenths of contacts. On the dashed line they agree.</figcaption></figure>
</div>
<h3>Lift by tenth</h3>
{{{lift}}}
<div class="scroll"><table>
<tr><th>Tenth</th><th class="n">Contacts</th><th class="n">Attained</th><th class="n">Rate</th><th class="n">Lift (95 % band)</th><th class="n">Captured so far</th></tr>
{{#deciles}}<tr><td>{{decile}}</td><td class="n">{{contacts}}</td><td class="n">{{attained}}</td><td class="n">{{rate}}</td><td class="n">{{lift}}</td><td class="n">{{captured}}</td></tr>
{{/deciles}}
</table></div>

<h2>What it goes by</h2>
<div class="scroll"><table>
<tr><th>Trait</th><th>Weight</th><th class="n"></th><th>Which way</th></tr>
{{#importance}}<tr><td>{{trait}}</td><td><div class="meter"><i style="width:{{width}}%"></i></div></td><td class="n">{{share}}</td><td>{{statement}}</td></tr>
{{/importance}}
</table></div>

<h2>Fairness</h2>
<p>Who would be selected if the best scored fifth of everyone were. A group that is selected less than four fifths as often as the group selected most is marked. Age and gender are read for this table only, unless they are listed above.</p>
{{#bias}}<h3>By {{by}} <span class="soft">(from {{source}})</span></h3>
<div class="scroll"><table>
<tr><th>Group</th><th class="n">Contacts</th><th class="n">Attained</th><th class="n">Mean prediction</th><th class="n">AUC</th><th class="n">Selected</th><th class="n">Ratio</th><th></th></tr>
{{#groups}}<tr><td>{{group}}</td><td class="n">{{contacts}}</td><td class="n">{{rate}}</td><td class="n">{{mean}}</td><td class="n">{{auc}}</td><td class="n">{{selected}}</td><td class="n">{{ratio}}</td><td>{{#flagged}}<span class="warn">under four fifths</span>{{/flagged}}</td></tr>
{{/groups}}
</table></div>
{{/bias}}
{{^bias}}<p class="soft">Neither birth dates nor genders are known, so nothing can be said.</p>{{/bias}}

<h2>Traits left out</h2>
{{#hasDropped}}<div class="scroll"><table>
<tr><th>Trait</th><th>Why</th></tr>
{{#dropped}}<tr><td>{{trait}}</td><td>{{detail}}</td></tr>
{{/dropped}}
</table></div>{{/hasDropped}}
{{^hasDropped}}<p class="soft">None.</p>{{/hasDropped}}

<h2>How it was made</h2>
<p>{{method}}</p>
</body>
</html>
`;
