// The composer: tabs follow the ticks, an own text begins as the main text, and chosen images are sent at once.
const form = document.getElementById('compose');
const $ = (selector, root = document) => root.querySelector(selector);

function showTabs() {
  const chosen = new Set([...form.querySelectorAll('[name="channels"]:checked')].map((tick) => tick.value));
  const tabs = [...form.querySelectorAll('[data-tab]')];
  for (const tab of tabs) tab.hidden = !chosen.has(tab.dataset.tab);
  const open = tabs.find((tab) => !tab.hidden && $('.vtab__pick', tab).checked);
  const first = tabs.find((tab) => !tab.hidden);
  if (!open && first) $('.vtab__pick', first).checked = true;
}

function begin(tick) {
  const area = $('textarea', tick.closest('.vtab__body'));
  if (tick.checked && !area.value) area.value = $('[name="text"]', form).value;
  if (tick.checked) area.focus();
}

if (form) {
  showTabs();
  form.addEventListener('change', (event) => {
    const { target } = event;
    if (target.name === 'channels') showTabs();
    else if (target.name?.startsWith('own_')) begin(target);
    else if (target.type === 'file' && target.files.length) $('[data-add-image]', form).click();
  });
  form.addEventListener('click', (event) => {
    const button = event.target.closest('[data-follow]');
    if (!button) return;
    const tick = document.getElementById(button.dataset.follow);
    tick.checked = false;
    tick.dispatchEvent(new Event('change', { bubbles: true }));
    tick.focus();
  });
  // Leaving is safe again once the server keeps it; a colleague's change in between keeps the warning.
  document.addEventListener('htmx:after:swap', () => {
    const side = $('#side [data-needs-reason]');
    const reason = $('[data-reason]', form);
    if (side && reason) reason.hidden = side.dataset.needsReason !== '1' && !$('textarea', reason).value;
    if (!$('#trouble .notice--warn')) delete form.dataset.changed;
  });
}
