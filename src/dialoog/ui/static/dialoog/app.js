// The scripts of every page. Each module listens on the document, so that swapped parts need no set-up.
import './keys.js';
import './live.js';
import './forms.js';
import './saving.js';
import './swaps.js';

// Light or dark: kept in a functional cookie, so that the server draws the right one at once.
const root = document.documentElement;

document.addEventListener('click', (event) => {
  if (!event.target.closest('[data-theme-toggle]')) return;
  const dark = root.dataset.theme ? root.dataset.theme === 'dark' : matchMedia('(prefers-color-scheme: dark)').matches;
  root.dataset.theme = dark ? 'light' : 'dark';
  document.cookie = `dialoog_theme=${root.dataset.theme}; path=/; max-age=31536000; samesite=lax`;
});
