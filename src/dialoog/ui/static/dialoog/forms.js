// Comfort in forms; every form works without it.
import { $, $$, make, words } from './dom.js';
import { toast } from './live.js';

// A sent form says so on its button and isn't sent twice. The width stays, so nothing jumps.
const faces = new WeakMap();
function setBusy(button) {
  if (!button || button.ariaBusy === 'true' || !button.matches('.btn')) return;
  faces.set(button, [...button.childNodes]);
  button.style.inlineSize = `${button.getBoundingClientRect().width}px`;
  button.ariaBusy = 'true';
  button.replaceChildren(button.dataset.busy || words.busy);
}
function setIdle(button) {
  if (!faces.has(button)) return;
  button.replaceChildren(...faces.get(button));
  faces.delete(button);
  button.style.inlineSize = '';
  button.removeAttribute('aria-busy');
}
document.addEventListener('submit', (event) => {
  const form = event.target;
  if ((event.submitter?.getAttribute('formmethod') || form.getAttribute('method')) !== 'post') return;
  const button = event.submitter || $('button:not([type="button"])', form);
  if (button?.ariaBusy === 'true') { event.preventDefault(); event.stopImmediatePropagation(); return; }
  delete form.dataset.changed;
  // After this turn: a button that is renamed at once would send its value no more.
  setTimeout(() => setBusy(button));
}, true);
const idle = () => $$('.btn[aria-busy="true"]').forEach(setIdle);
document.addEventListener('htmx:finally:request', idle);
addEventListener('pageshow', idle);

// A text area grows with its text; browsers that know field-sizing do it in the stylesheet.
const grow = (area) => { area.style.blockSize = 'auto'; area.style.blockSize = `${Math.min(area.scrollHeight + 2, 512)}px`; };
if (!CSS.supports('field-sizing', 'content')) {
  document.addEventListener('input', (event) => { if (event.target.matches('[data-autosize]')) grow(event.target); });
  $$('[data-autosize]').forEach(grow);
}

// Counters count what a person sees as one character.
const letters = new Intl.Segmenter(document.documentElement.lang, { granularity: 'grapheme' });
document.addEventListener('input', (event) => {
  const counter = event.target.id && $(`[data-count="${CSS.escape(event.target.id)}"]`);
  if (!counter) return;
  const used = [...letters.segment(event.target.value)].length;
  counter.textContent = `${used} / ${counter.dataset.limit}`;
  counter.toggleAttribute('data-over', used > Number(counter.dataset.limit));
});

// Unsaved work isn't left by accident.
document.addEventListener('input', (event) => {
  const form = event.target.closest?.('form[data-guard]:not([data-autosave])');
  if (form) form.dataset.changed = '';
});
addEventListener('beforeunload', (event) => { if ($('form[data-changed]')) event.preventDefault(); });

// Files by dropping them on the field
for (const kind of ['dragenter', 'dragover', 'dragleave', 'drop']) {
  document.addEventListener(kind, (event) => {
    const area = event.target.closest?.('[data-drop]');
    if (!area || !event.dataTransfer?.types.includes('Files')) return;
    event.preventDefault();
    area.toggleAttribute('data-over', kind === 'dragenter' || kind === 'dragover');
    if (kind !== 'drop') return;
    const input = $('input[type="file"]', area);
    input.files = event.dataTransfer.files;
    input.dispatchEvent(new Event('change', { bubbles: true }));
  });
}

// Chosen images are shown, so that somebody sees what goes along.
document.addEventListener('change', (event) => {
  const area = event.target.type === 'file' && event.target.closest('[data-drop]');
  if (!area) return;
  for (const old of $$('.drop__thumb', area)) { URL.revokeObjectURL(old.src); old.remove(); }
  const pictures = [...event.target.files].filter((file) => file.type.startsWith('image/'));
  area.append(...pictures.map((file) => make('img', '', { class: 'drop__thumb', src: URL.createObjectURL(file), alt: file.name })));
});

async function copy(text) {
  // Only a secure address gets the clipboard; elsewhere the old way still works.
  if (navigator.clipboard) return navigator.clipboard.writeText(text);
  const area = make('textarea', text, { class: 'vh' });
  document.activeElement.after(area);
  area.select();
  const isDone = document.execCommand('copy');
  area.remove();
  if (!isDone) throw new Error('not copied');
}

document.addEventListener('click', async (event) => {
  const reveal = event.target.closest('[data-reveal]');
  if (reveal) {
    const input = document.getElementById(reveal.dataset.reveal);
    input.type = input.type === 'password' ? 'text' : 'password';
    reveal.ariaPressed = String(input.type === 'text');
  }
  const copier = event.target.closest('[data-copy]');
  if (copier) await copy(copier.dataset.copy).then(() => toast(words.copied), () => toast(words.not_copied));
});
