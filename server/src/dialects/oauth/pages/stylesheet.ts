/**
 * The stylesheet of the pages, and the lamp that stands above them.
 *
 * Colours are pairs of foreground and background whose contrast `stylesheet.test.ts` measures.
 */

export const STYLESHEET = `:root {
  color-scheme: light dark;
  --ground: #f7f2ea;
  --card: #fffdf9;
  --ink: #221c15;
  --quiet: #62574a;
  --edge: #85796a;
  --act: #84460a;
  --on-act: #ffffff;
  --focus: #0b5cad;
  --alarm: #9c1f0a;
  --alarm-ground: #fdeeea;
  --flame: #f3b04f;
}
@media (prefers-color-scheme: dark) {
  :root {
    --ground: #15120e;
    --card: #211c16;
    --ink: #f4ede3;
    --quiet: #bdb1a0;
    --edge: #94887a;
    --act: #f3b866;
    --on-act: #241703;
    --focus: #8cc4ff;
    --alarm: #ffb3a3;
    --alarm-ground: #3a1710;
    --flame: #f7c978;
  }
}
* { box-sizing: border-box; }
html { font: 100%/1.5 system-ui, "Segoe UI", "Noto Sans", "Noto Sans Arabic", sans-serif; }
body { margin: 0; min-height: 100vh; background: var(--ground); color: var(--ink); }
body { display: flex; flex-direction: column; align-items: center; padding: 2.5rem 1rem; }
header { text-align: center; margin-block-end: 1.25rem; }
.brand { margin: 0; color: var(--quiet); font-size: .9375rem; letter-spacing: .02em; }
[dir="rtl"] .brand { letter-spacing: 0; }
.lamp { display: block; width: 2.25rem; height: 2.75rem; margin: 0 auto .625rem; }
.lamp { border: 3px solid var(--edge); border-radius: .5rem .5rem .75rem .75rem; }
.lamp { background: radial-gradient(circle at 50% 62%, var(--flame) 0 26%, transparent 68%); }
.lamp { position: relative; }
.lamp::before { content: ""; position: absolute; inset: -.75rem .375rem auto; height: .5rem; }
.lamp::before { border: 3px solid var(--edge); border-block-end: 0; }
.lamp::before { border-radius: .75rem .75rem 0 0; }
main { width: 100%; max-width: 26rem; background: var(--card); padding: 1.75rem; }
main { border-radius: .875rem; box-shadow: 0 1px 2px #0002, 0 8px 28px #0000001f; }
h1 { font-size: 1.5rem; line-height: 1.25; margin: 0; }
p, ul, dl { margin: .75rem 0 0; overflow-wrap: anywhere; }
ul { padding-inline-start: 1.25rem; }
.quiet { color: var(--quiet); }
form { margin: 0; }
label { display: block; font-weight: 600; margin-block: 1.125rem .375rem; }
input { font: inherit; color: inherit; background: var(--card); }
input:not([type="checkbox"]) { width: 100%; min-height: 2.75rem; padding: .5rem .75rem; }
input:not([type="checkbox"]) { border: 1px solid var(--edge); border-radius: .5rem; }
input[aria-invalid="true"] { border: 2px solid var(--alarm); }
input[type="checkbox"] { flex: none; width: 1.25rem; height: 1.25rem; margin: 0; }
input[type="checkbox"] { accent-color: var(--act); }
.choice { display: flex; gap: .625rem; align-items: center; font-weight: 400; }
.code { font-family: ui-monospace, monospace; font-size: 1.25rem; letter-spacing: .15em; }
.code { text-align: center; direction: ltr; }
button { font: inherit; font-weight: 600; width: 100%; min-height: 2.75rem; padding: .5rem 1rem; }
button { margin-block-start: 1.375rem; border-radius: .5rem; cursor: pointer; }
button { border: 1px solid var(--act); background: var(--act); color: var(--on-act); }
button + button { margin-block-start: .75rem; }
button.second { background: var(--card); color: var(--ink); border-color: var(--edge); }
a { color: var(--act); }
:focus-visible { outline: 3px solid var(--focus); outline-offset: 2px; }
[role="alert"] { margin-block-start: 1.125rem; padding: .75rem .875rem; border-radius: .5rem; }
[role="alert"] { border-inline-start: 4px solid var(--alarm); }
[role="alert"] { background: var(--alarm-ground); color: var(--alarm); }
[role="alert"] p { margin: 0; }
pre { white-space: pre-wrap; overflow-wrap: anywhere; margin: .75rem 0 0; color: var(--quiet); }
@media (max-width: 24rem) { body { padding: 1.25rem .75rem; } main { padding: 1.25rem; } }
@media (forced-colors: active) { .lamp { forced-color-adjust: none; } }
`;
