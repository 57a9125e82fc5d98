import { createHash } from 'node:crypto'

/** The only style of the page. Light and dark, on paper, and 400 pixels wide. */
export const STYLE = `
:root { color-scheme: light dark; --line: #d0d7de; --soft: #f6f8fa; --dim: #59636e; --good: #1a7f37; --bad: #cf222e; --warn: #9a6700; }
@media (prefers-color-scheme: dark) { :root { --line: #3d444d; --soft: #151b23; --dim: #9198a1; --good: #3fb950; --bad: #f85149; --warn: #d29922; } }
* { box-sizing: border-box; }
body { font: 15px/1.5 system-ui, sans-serif; margin: 0 auto; max-width: 72rem; padding: 1rem; }
h1 { font-size: 1.5rem; margin: 0 0 .5rem; } h2 { font-size: 1.25rem; margin: 2rem 0 .5rem; border-top: 1px solid var(--line); padding-top: 1rem; }
h3 { font-size: 1rem; margin: 1.25rem 0 .25rem; } h1, h2, h3, summary, dd { overflow-wrap: anywhere; }
nav ul { list-style: none; padding: 0; margin: 0; } nav li { padding: .125rem 0; }
.passed, .improved, .fixed { color: var(--good); } .failed, .error, .regressed, .broken { color: var(--bad); }
.stopped, .skipped { color: var(--warn); } .state { font-weight: 600; } .dim { color: var(--dim); }
.wide { overflow-x: auto; } table { border-collapse: collapse; min-width: 100%; }
th, td { border: 1px solid var(--line); padding: .25rem .5rem; text-align: left; vertical-align: top; }
th { background: var(--soft); } td.number { text-align: right; white-space: nowrap; }
pre { background: var(--soft); margin: 0; padding: .375rem .5rem; white-space: pre-wrap; overflow-wrap: anywhere; font: 13px/1.4 ui-monospace, monospace; }
td pre { min-width: 8rem; max-width: 28rem; }
details { border: 1px solid var(--line); border-radius: .375rem; margin: .375rem 0; } summary { cursor: pointer; padding: .375rem .75rem; }
details > dl { padding: 0 .75rem .75rem; margin: 0; } dt { font-weight: 600; margin-top: .375rem; } dd { margin: 0; }
@media print { body { max-width: none; padding: 0; } details { break-inside: avoid; } nav { display: none; } }
`

/** Lets nothing into the page but this style: no script, no image, no font, no frame, no form, no other base. */
export const POLICY = [
  "default-src 'none'",
  `style-src 'sha256-${createHash('sha256').update(STYLE).digest('base64')}'`,
  "base-uri 'none'",
  "form-action 'none'",
].join('; ')
