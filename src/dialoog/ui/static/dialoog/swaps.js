// htmx: what it sends along, where the focus goes, and what to do when the server says no.
import { $, make, words } from './dom.js';

document.addEventListener('htmx:config:request', (event) => {
  const { request } = event.detail.ctx;
  if (document.body.dataset.csrf && request.method !== 'GET') request.headers['X-CSRFToken'] = document.body.dataset.csrf;
});

// A whole page in answer to a request for a part means that we were sent elsewhere, to sign in for instance.
document.addEventListener('htmx:after:request', (event) => {
  const { ctx } = event.detail;
  const isPage = ctx.request.headers['HX-Request-Type'] === 'partial' && /^\s*<!doctype/i.test(ctx.text || '');
  if (isPage && ctx.response.status < 400) { event.preventDefault(); location.assign(ctx.response.raw.url); }
});

function trouble(text) {
  const place = $('#trouble');
  if (!place) return;
  const notice = make('div', '', { class: 'notice notice--bad', role: 'alert' });
  const close = make('button', words.close, { class: 'btn btn--small', type: 'button', 'data-close': '' });
  const way = make('div', '', { class: 'notice__act' });
  way.append(close);
  notice.append(make('b', `${words.error}:`), make('p', text), way);
  place.replaceChildren(notice);
  notice.scrollIntoView({ block: 'nearest' });
}

// An error page isn't swapped into a part; its sentence becomes a notice that stays.
document.addEventListener('htmx:response:error', (event) => {
  const { ctx } = event.detail;
  if (ctx.response.status === 422) return;
  const page = new DOMParser().parseFromString(ctx.text || '', 'text/html');
  trouble($('[data-problem]', page)?.textContent.trim() || words.failed);
});
document.addEventListener('htmx:error', (event) => {
  if (event.detail.ctx && !event.detail.ctx.response) trouble(words.offline);
});

// htmx keeps the focus on an element whose id comes back. Otherwise it goes to what the new part asks for, or to
// its heading when the focus was on something that is gone.
const placeOf = (target) => (typeof target === 'string' ? $(target) : target);
let wasInside = false;
document.addEventListener('htmx:before:swap', (event) => {
  wasInside = Boolean(placeOf(event.detail.ctx?.target)?.contains(document.activeElement));
});
document.addEventListener('htmx:after:swap', (event) => {
  const { ctx } = event.detail;
  const prefix = `${words.error}: `;
  const isRefused = ctx?.response?.status === 422;
  const bare = document.title.startsWith(prefix) ? document.title.slice(prefix.length) : document.title;
  if (isRefused || bare !== document.title) document.title = isRefused ? prefix + bare : bare;
  const target = placeOf(ctx?.target);
  const place = target?.isConnected ? target : target?.id && document.getElementById(target.id);
  const wanted = isRefused ? $('#summary') : place && $('[data-focus]', place);
  if (wanted) wanted.focus();
  else if (place && wasInside && document.activeElement === document.body) {
    const heading = $('h1, h2, h3', place) || place;
    if (!heading.hasAttribute('tabindex')) heading.tabIndex = -1;
    heading.focus();
  }
});

// A page that came back with errors begins at their summary.
$('#summary')?.focus();
