// Passkeys: the browser asks for a finger, a face or a PIN, and its answer goes along with the form.
// Conversion to and from JSON is done by webauthn-json, which django-allauth brings along.
const { create, get, supported } = window.webauthnJSON;

function tell(form, reason) {
  const notice = document.getElementById(form.dataset.passkeyNotice);
  notice.querySelector('p').textContent = notice.dataset[reason] || notice.dataset.cancelled;
  notice.hidden = false;
}

async function asked(form) {
  const page = document.getElementById('passkey-options');
  if (page) return JSON.parse(page.textContent);
  const answer = await fetch(form.action, {
    headers: { Accept: 'application/json', 'X-Requested-With': 'XMLHttpRequest' },
  });
  if (!answer.ok) throw new Error('no options');
  return answer.json();
}

function wanted(form, options) {
  const alone = form.elements.passwordless;
  if (!alone) return options;
  const choice = options.publicKey.authenticatorSelection;
  choice.residentKey = alone.checked ? 'required' : 'discouraged';
  choice.requireResidentKey = alone.checked;
  if (alone.checked) choice.userVerification = 'required';
  return options;
}

async function ceremony(form) {
  const { creation_options: making, request_options: showing } = await asked(form);
  return making ? create(wanted(form, making)) : get(showing);
}

const reasons = { InvalidStateError: 'known', SecurityError: 'unsupported', NotSupportedError: 'unsupported' };

// At the window, before the scripts of every page mark the button as busy.
addEventListener('submit', async (event) => {
  const form = event.target;
  if (!form.matches('form[data-passkey-notice]')) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  if (!supported()) { tell(form, 'unsupported'); return; }
  if (form.ariaBusy === 'true') return;
  form.ariaBusy = 'true';
  document.getElementById(form.dataset.passkeyNotice).hidden = true;
  try {
    form.elements.credential.value = JSON.stringify(await ceremony(form));
    form.submit();
  } catch (error) {
    tell(form, reasons[error.name] || 'cancelled');
  } finally {
    form.ariaBusy = 'false';
  }
}, true);
