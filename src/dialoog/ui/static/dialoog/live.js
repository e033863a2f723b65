// What moves by itself: clocks, toasts and the line that says the server is busy.
import { $, $$, make, words } from './dom.js';

// A clock counts the time since it was drawn, so a browser that is wrong about the hour doesn't matter.
const drawn = new WeakMap();

function span(seconds) {
  const minutes = Math.floor(Math.abs(seconds) / 60);
  if (minutes < 60) return `${minutes} ${words.minute}`;
  return `${Math.floor(minutes / 60)} ${words.hour} ${String(minutes % 60).padStart(2, '0')}`;
}

function tick() {
  for (const clock of $$('.clock[data-left]')) {
    const { left, soon, until } = clock.dataset;
    const key = `${left} ${until}`;
    let start = drawn.get(clock);
    if (start?.key !== key) { start = { key, at: performance.now() }; drawn.set(clock, start); }
    let passed = (performance.now() - start.at) / 1000;
    if (until !== undefined) passed = Math.min(passed, Number(until));
    const now = Number(left) - passed;
    if (Math.abs(now) >= 172800 || passed < 30) continue;
    const words_ = now < 0 ? words.late : words.left;
    $('[data-face]', clock).textContent = words_.replace('%s', span(now));
    if (now < 0) clock.dataset.state = 'late';
    else if (now < Number(soon)) clock.dataset.state = 'soon';
  }
}
setInterval(tick, 15000);
document.addEventListener('htmx:after:settle', tick);
tick();

// Toasts: six seconds, longer while somebody reads or tabs into them.
const toasts = $('#toasts');

export function toast(text) {
  const box = make('div', '', { class: 'toast', 'data-toast': '' });
  box.append(make('span', text));
  toasts.append(box);
}

function leave(box) {
  if (!box.isConnected) return;
  if (box.matches(':hover, :focus-within')) setTimeout(() => leave(box), 2000);
  else box.remove();
}

if (toasts) {
  const waiting = $$('.toast', toasts);
  toasts.replaceChildren();
  // A live region speaks of what is added to it, so what came with the page is added again.
  setTimeout(() => toasts.append(...waiting), 100);
  new MutationObserver((changes) => {
    for (const box of changes.flatMap((change) => [...change.addedNodes])) {
      if (box.nodeType === 1) setTimeout(() => leave(box), 6000);
    }
  }).observe(toasts, { childList: true });
}
document.addEventListener('click', (event) => {
  event.target.closest('[data-close]')?.closest('.toast, .notice')?.remove();
});

// The line on top appears after 400 ms, and not for what nobody asked for.
const line = $('#progress');
let busy = 0;
let delay;

function begin() {
  busy += 1;
  delay ??= setTimeout(() => { line.dataset.on = ''; }, 400);
}
function end() {
  busy = Math.max(0, busy - 1);
  if (busy) return;
  clearTimeout(delay);
  delay = undefined;
  delete line.dataset.on;
}
const isQuiet = (event) => event.detail.ctx.sourceElement?.closest?.('[data-quiet]');
document.addEventListener('htmx:before:request', (event) => isQuiet(event) || begin());
document.addEventListener('htmx:finally:request', (event) => isQuiet(event) || end());
addEventListener('pagehide', () => { busy = 0; end(); });
document.addEventListener('submit', (event) => { if (!event.defaultPrevented) begin(); });
