/**
 * How the popup looks. In the shadow tree, as a constructed sheet: a page's strict content security policy allows it, and
 * nothing of the page leaks in but the custom properties that are named here.
 */
export const styles = `
:host {
  --ground: var(--countersign-ground, #ffffff);
  --ink: var(--countersign-ink, #12211b);
  --muted: var(--countersign-muted, #51605a);
  --line: var(--countersign-line, #dde5e1);
  --edge: var(--countersign-edge, #83928b);
  --accent: var(--countersign-accent, #0b6b4f);
  --soft: var(--countersign-soft, #e6f3ed);
  --on-accent: var(--countersign-on-accent, #ffffff);
  --bad: var(--countersign-bad, #a8231c);
  --bad-soft: var(--countersign-bad-soft, #fdeeec);
  --radius: var(--countersign-radius, 1rem);
  --font: var(--countersign-font, system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", "Noto Sans", sans-serif);
  color-scheme: light;
}
@media (prefers-color-scheme: dark) {
  :host(:not([theme="light"])) {
    --ground: var(--countersign-ground, #151d1a);
    --ink: var(--countersign-ink, #e9f0ec);
    --muted: var(--countersign-muted, #a5b3ac);
    --line: var(--countersign-line, #27322d);
    --edge: var(--countersign-edge, #6d7d75);
    --accent: var(--countersign-accent, #4cc38a);
    --soft: var(--countersign-soft, #163026);
    --on-accent: var(--countersign-on-accent, #06251a);
    --bad: var(--countersign-bad, #ff9a90);
    --bad-soft: var(--countersign-bad-soft, #371917);
    color-scheme: dark;
  }
}
:host([theme="dark"]) {
  --ground: var(--countersign-ground, #151d1a);
  --ink: var(--countersign-ink, #e9f0ec);
  --muted: var(--countersign-muted, #a5b3ac);
  --line: var(--countersign-line, #27322d);
  --edge: var(--countersign-edge, #6d7d75);
  --accent: var(--countersign-accent, #4cc38a);
  --soft: var(--countersign-soft, #163026);
  --on-accent: var(--countersign-on-accent, #06251a);
  --bad: var(--countersign-bad, #ff9a90);
  --bad-soft: var(--countersign-bad-soft, #371917);
  color-scheme: dark;
}
dialog {
  box-sizing: border-box;
  width: min(28rem, 100vw - 1rem);
  max-width: none;
  max-height: calc(100dvh - 1rem);
  padding: 0;
  overflow: auto;
  border: 1px solid var(--line);
  border-radius: var(--radius);
  background: var(--ground);
  color: var(--ink);
  font: 400 1rem/1.5 var(--font);
  text-align: start;
  box-shadow: 0 1px 2px rgb(0 0 0 / 8%), 0 24px 64px -16px rgb(0 0 0 / 40%);
}
dialog::backdrop { background: rgb(8 20 15 / 55%); }
dialog * { box-sizing: border-box; }
.body { display: flex; flex-direction: column; gap: 1rem; padding: 1.5rem; }
@media (max-width: 24rem) { .body { padding: 1.25rem 1rem; } }
h2 { margin: 0; font-size: 1.375rem; line-height: 1.25; font-weight: 650; letter-spacing: -0.01em; text-wrap: balance; }
h2:focus { outline: none; }
p, ol, dl { margin: 0; }
.challenge .ring { width: 3.5rem; height: 3.5rem; font-size: 0.875rem; }
.asked { display: flex; flex-direction: column; gap: 0.5rem; padding: 0.875rem 1rem; border: 1px solid var(--line); border-radius: calc(var(--radius) * 0.75); }
.asked .from { color: var(--muted); font-size: 0.875rem; }
.headline { font-weight: 650; overflow-wrap: anywhere; }
dl { display: grid; grid-template-columns: minmax(5rem, auto) minmax(50%, 1fr); gap: 0.25rem 0.75rem; font-size: 0.9375rem; }
dt { color: var(--muted); }
dd { margin: 0; overflow-wrap: anywhere; }
.wait { display: flex; align-items: center; gap: 1rem; min-height: 4.5rem; }
.number { flex: 1; display: flex; flex-direction: column; gap: 0.125rem; }
.number strong { font-size: 2.75rem; line-height: 1; font-weight: 700; letter-spacing: 0.02em; font-variant-numeric: tabular-nums; }
.says { flex: 1; }
.ring { position: relative; flex: none; width: 4.5rem; height: 4.5rem; }
.ring svg { width: 100%; height: 100%; transform: rotate(-90deg); }
.ring circle { fill: none; stroke-width: 7; stroke: var(--line); }
.ring .rest { stroke: var(--accent); stroke-linecap: round; transition: stroke-dashoffset 1s linear; }
.ring[data-late="true"] .rest { stroke: var(--bad); }
.ring span { position: absolute; inset: 0; display: flex; align-items: center; justify-content: center; font-weight: 650; font-variant-numeric: tabular-nums; }
@media (prefers-reduced-motion: reduce) { .ring .rest { transition: none; } }
.muted { color: var(--muted); font-size: 0.9375rem; }
p:empty { display: none; }
.notice { padding: 0.75rem 1rem; border-radius: calc(var(--radius) * 0.625); background: var(--bad-soft); color: var(--bad); font-size: 0.9375rem; }
.notice:empty { display: none; }
ol { display: flex; flex-direction: column; gap: 0.875rem; padding-inline-start: 1.25rem; }
ol li::marker { font-weight: 650; }
.challenge { display: flex; flex-wrap: wrap; align-items: center; gap: 1rem; margin-top: 0.5rem; }
.code { display: flex; gap: 0.6em; font-size: clamp(1.5rem, 7.5vw, 1.875rem); line-height: 1.2; font-weight: 700; letter-spacing: 0.06em; font-variant-numeric: tabular-nums; }
.code[data-stale="true"] { opacity: 0.4; }
.hint { margin-top: 0.25rem; color: var(--muted); font-size: 0.875rem; min-height: 2.6em; }
input { display: block; width: 100%; min-height: 2.75rem; margin-top: 0.5rem; padding: 0.5rem 0.75rem; border: 1px solid var(--edge); border-radius: 0.5rem; background: var(--ground); color: var(--ink); font: 600 1.25rem/1.3 var(--font); letter-spacing: 0.08em; font-variant-numeric: tabular-nums; }
input[aria-invalid="true"] { border-color: var(--bad); }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
.actions { display: flex; flex-direction: column; gap: 0.5rem; }
button { min-height: 2.75rem; padding: 0.5rem 1rem; border: 1px solid var(--edge); border-radius: 0.5rem; background: transparent; color: var(--ink); font: 600 1rem/1.3 var(--font); cursor: pointer; }
button.main { border-color: var(--accent); background: var(--accent); color: var(--on-accent); }
button.plain { border-color: transparent; }
button:hover:not([aria-disabled="true"]):not(.main) { background: var(--soft); }
button[aria-disabled="true"] { opacity: 0.6; cursor: default; }
.sign { display: flex; align-items: center; justify-content: center; width: 3rem; height: 3rem; border-radius: 50%; background: var(--soft); color: var(--accent); }
.sign[data-tone="bad"] { background: var(--bad-soft); color: var(--bad); }
.sign svg { width: 1.75rem; height: 1.75rem; fill: none; stroke: currentcolor; stroke-width: 2.25; stroke-linecap: round; stroke-linejoin: round; }
a { color: inherit; overflow-wrap: anywhere; }
.unseen { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
@media (forced-colors: active) { .ring .rest { stroke: Highlight; } button { border-color: ButtonText; } }
`
