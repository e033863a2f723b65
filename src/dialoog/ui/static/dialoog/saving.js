// Drafts save themselves: a form with data-autosave is posted one second after the last change.
import { $, words } from './dom.js';

const WAIT = 1000;
const AGAIN = 5000;
const waiting = new WeakMap();

function say(form, text, isBad = false) {
  const place = $('[data-saved]', form);
  if (!place) return;
  place.textContent = text;
  place.toggleAttribute('data-bad', isBad);
}

function plan(form, delay) {
  clearTimeout(waiting.get(form));
  waiting.set(form, setTimeout(() => save(form), delay));
}

function saved() {
  const clock = new Intl.DateTimeFormat(document.documentElement.lang, { hour: '2-digit', minute: '2-digit' });
  return words.saved.replace('%s', clock.format(new Date()));
}

// The typed text stays where it is, whatever the server says; it is offered again until it is kept.
async function save(form) {
  if (!form.isConnected || form.dataset.changed === undefined) return;
  form.dataset.changed = 'sent';
  const address = form.dataset.autosave || form.getAttribute('action') || location.href;
  const headers = { 'X-Autosave': '1' };
  const answer = await fetch(address, { method: 'POST', body: new FormData(form), headers }).catch(() => null);
  if (answer?.ok && !answer.redirected) {
    const text = answer.headers.get('Content-Type')?.startsWith('text/plain') ? await answer.text() : '';
    say(form, text || saved());
    if (form.dataset.changed === 'sent') delete form.dataset.changed;
    return;
  }
  const isRefused = answer && answer.status >= 400 && answer.status < 500;
  say(form, isRefused ? words.refused : words.kept, true);
  form.dataset.changed = '';
  if (!isRefused) plan(form, AGAIN);
}

document.addEventListener('input', (event) => {
  const form = event.target.closest?.('form[data-autosave]');
  if (!form) return;
  form.dataset.changed = '';
  plan(form, WAIT);
});
document.addEventListener('submit', (event) => clearTimeout(waiting.get(event.target)), true);
addEventListener('online', () => {
  for (const form of document.querySelectorAll('form[data-autosave][data-changed]')) plan(form, 0);
});
