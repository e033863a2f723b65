// The palette and the shortcuts. What they know stands in the page: links and buttons with data-keys.
import { $, $$, kept, make } from './dom.js';

const palette = $('#palette');
const box = palette && $('input', palette);
const list = palette && $('ul', palette);
let shown = [];
let at = 0;
let asked;

function goals() {
  return $$('.rail .nav a, .rail .menu__list a, [data-find] a').map((link) => ({
    label: link.dataset.label || link.textContent.trim(), url: link.href, keys: link.dataset.keys, hint: link.dataset.hint,
  }));
}

function draw() {
  at = Math.max(0, Math.min(at, shown.length - 1));
  list.replaceChildren(...shown.map((item, index) => {
    const option = make('li', item.label, { role: 'option', id: `found-${index}`, 'aria-selected': String(index === at) });
    if (item.hint) option.append(make('small', item.hint));
    if (item.keys) option.append(make('kbd', item.keys));
    return option;
  }));
  $('p', palette).hidden = shown.length > 0;
  if (shown.length) box.setAttribute('aria-activedescendant', `found-${at}`); else box.removeAttribute('aria-activedescendant');
  $('[aria-selected="true"]', list)?.scrollIntoView({ block: 'nearest' });
}

function fold(text) {
  return text.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase();
}

function find() {
  const query = fold(box.value.trim());
  at = 0;
  shown = goals().filter((item) => fold(item.label).includes(query));
  draw();
  clearTimeout(asked);
  if (palette.dataset.url && query.length > 1) asked = setTimeout(() => ask(box.value.trim()), 200);
}

async function ask(query) {
  const answer = await fetch(`${palette.dataset.url}?${new URLSearchParams({ q: query })}`).catch(() => null);
  if (!answer?.ok || box.value.trim() !== query) return;
  const page = new DOMParser().parseFromString(await answer.text(), 'text/html');
  shown.push(...$$('a', page).map((link) => ({
    label: link.textContent.trim(), url: new URL(link.getAttribute('href'), location.href).href, hint: link.dataset.hint,
  })));
  draw();
}

function openPalette() {
  if (palette.open) return;
  box.value = '';
  find();
  palette.showModal();
}

function follow(index) {
  if (!shown[index]) return;
  palette.close();
  location.assign(shown[index].url);
}

if (palette) {
  box.addEventListener('input', find);
  box.addEventListener('keydown', (event) => {
    if (event.key === 'ArrowDown') at += 1;
    else if (event.key === 'ArrowUp') at -= 1;
    else if (event.key === 'Enter') { event.preventDefault(); follow(at); return; } else return;
    event.preventDefault();
    draw();
  });
  list.addEventListener('click', (event) => {
    const option = event.target.closest('[role="option"]');
    if (option) follow([...list.children].indexOf(option));
  });
}

// Shortcuts
const isOn = () => kept.get('keys') !== 'off';
let first = '';

function rows(step) {
  const links = $$('[data-row]').map((row) => $('a, button', row)).filter((link) => link?.getClientRects().length);
  const here = links.findIndex((link) => link.closest('[data-row]').contains(document.activeElement));
  const next = links[here < 0 ? 0 : Math.max(0, Math.min(here + step, links.length - 1))];
  next?.focus();
  next?.scrollIntoView({ block: 'nearest' });
  return Boolean(next);
}

function select() {
  const tick = $('input[type="checkbox"]', document.activeElement.closest('[data-row]') || make('i'));
  tick?.click();
  return Boolean(tick);
}

function open(id) {
  const dialog = document.getElementById(id);
  if (!dialog?.showModal) return false;
  if (!dialog.open) dialog.showModal();
  return true;
}

const own = { '/': () => { openPalette(); return true; }, '?': () => open('shortcuts'), j: () => rows(1), k: () => rows(-1), x: select };

function press(keys) {
  const target = $$('[data-keys]').find((element) => element.dataset.keys === keys);
  const folded = target?.closest('details:not([open])');
  if (folded && !folded.matches('.menu')) folded.open = true;
  if (target?.matches('input, textarea, select')) target.focus(); else target?.click();
  return Boolean(target);
}

document.addEventListener('keydown', (event) => {
  if ((event.ctrlKey || event.metaKey) && event.key === 'k' && palette) { event.preventDefault(); openPalette(); return; }
  if (event.ctrlKey || event.metaKey || event.altKey || !isOn() || $('dialog[open]')) return;
  if (event.target.closest('input, textarea, select, [contenteditable="true"]') && event.target.type !== 'checkbox') return;
  const keys = first ? `${first} ${event.key}` : event.key;
  first = '';
  if (press(keys) || own[keys]?.()) event.preventDefault();
  else if (event.key === 'g') { first = 'g'; setTimeout(() => { first = ''; }, 1500); }
});

document.addEventListener('click', (event) => {
  if (event.target.closest('[data-palette]') && palette) openPalette();
  const opener = event.target.closest('[data-open]');
  if (opener && open(opener.dataset.open)) opener.closest('details.menu')?.removeAttribute('open');
  for (const menu of $$('details.menu[open]')) if (!menu.contains(event.target)) menu.open = false;
  if (event.target instanceof HTMLDialogElement) event.target.close();
});
document.addEventListener('keydown', (event) => {
  const menu = event.key === 'Escape' && $('details.menu[open]');
  if (menu) { menu.open = false; $('summary', menu).focus(); }
});

const lines = $('[data-keylist]');
for (const element of lines ? $$('[data-keys]') : []) {
  const name = element.dataset.label || element.textContent.trim();
  const term = make('dt');
  term.append(...element.dataset.keys.split(' ').flatMap((key) => [make('kbd', key), ' ']));
  lines.append(term, make('dd', name));
}
const onOff = $('[data-keys-switch]');
if (onOff) {
  onOff.checked = isOn();
  onOff.addEventListener('change', () => kept.set('keys', onOff.checked ? 'on' : 'off'));
}
