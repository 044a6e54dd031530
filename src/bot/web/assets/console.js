// The console works without this file. With it, pages keep themselves up to date and forms are sent without leaving the page.
// The server draws everything; this only asks for the page again and puts in what changed.

const FALLBACK_MS = 20_000;
let busy = 0;
let asked = 0;

/** Takes over what differs, region by region; elements with the same key and hash stay, with their focus and open threads. */
function merge(fresh) {
  for (const region of fresh.querySelectorAll('[data-region]')) {
    const current = document.querySelector(`[data-region="${region.dataset.region}"]`);
    if (!current) continue;
    const known = new Map([...current.children].map((child) => [child.dataset.key, child]));
    const children = [...region.children].map((child) => {
      const before = known.get(child.dataset.key);
      if (!before) return child;
      if (child.dataset.hash && child.dataset.hash === before.dataset.hash) {
        renew(before, child);
        return before;
      }
      for (const [index, thread] of [...child.querySelectorAll('details')].entries())
        thread.open = before.querySelectorAll('details')[index]?.open ?? false;
      return child;
    });
    const same = children.length === current.children.length && children.every((child, at) => child === current.children[at]);
    if (!same) current.replaceChildren(...children);
  }
  renew(document, fresh);
  const answers = document.querySelector('aside');
  if (answers && fresh.querySelector('[data-region="answers"] .card')) answers.hidden = false;
}

/** A page drawn anew begins a new delivery: forms that stayed get its nonce. */
function renew(scope, fresh) {
  const nonce = fresh.querySelector('input[name="nonce"]')?.value;
  if (nonce) for (const input of scope.querySelectorAll('input[name="nonce"]')) input.value = nonce;
}

function take(text, url) {
  const fresh = new DOMParser().parseFromString(text, 'text/html');
  if (!fresh.querySelector('main[data-region]')) {
    location.assign(url);
    return;
  }
  const to = new URL(url);
  const elsewhere = to.pathname !== location.pathname;
  const moved = elsewhere || to.search !== location.search;
  if (moved) history.pushState(null, '', url);
  document.title = fresh.title;
  const wasOpen = document.querySelector('.dialog');
  merge(fresh);
  if (elsewhere) scrollTo(0, 0);
  const dialog = document.querySelector('.dialog');
  if (dialog && !wasOpen) dialog.querySelector('[autofocus]')?.focus();
  if (!dialog && wasOpen) document.getElementById('line')?.focus();
}

/** The page as it is now. While something is being sent its answer brings the page anyway. */
async function refresh() {
  if (busy > 0) return;
  const turn = (asked += 1);
  const at = location.href;
  const response = await fetch(at, { headers: { accept: 'text/html' } }).catch(() => undefined);
  const text = await response?.text();
  // Only the newest answer counts, and only where it was asked for.
  if (text !== undefined && turn === asked && busy === 0 && at === location.href && !typing()) take(text, response.url);
}

function sending(more) {
  busy += more;
  document.body.ariaBusy = String(busy > 0);
}

/** A form that is being filled in is left alone. */
function typing() {
  return document.activeElement?.closest('.dialog') != null;
}

/** Sends a form of ours without leaving the page; sending it twice is one act, for its nonce stays the same until the answer. */
async function submit(form, button) {
  if (button) button.disabled = true;
  sending(1);
  try {
    const response = await fetch(form.action, { method: 'POST', body: new URLSearchParams(new FormData(form)) });
    const text = await response.text();
    if (form.matches('.command') && response.ok) form.elements.line.value = '';
    if (typing()) document.activeElement.blur();
    take(text, response.url);
  } catch {
    online(false);
  } finally {
    sending(-1);
    if (button) button.disabled = false;
  }
}

document.addEventListener('submit', (event) => {
  const form = event.target;
  if (!form.matches('form[action^="/do/"]')) return;
  event.preventDefault();
  const button = event.submitter ?? form.querySelector('button');
  if (!button?.disabled) void submit(form, button);
});

document.addEventListener('keydown', (event) => {
  if (event.key === 'Escape') document.querySelector('.dialog .cancel')?.requestSubmit();
  if (event.key === '/' && !event.target.closest('input, textarea, select')) {
    event.preventDefault();
    document.getElementById('line')?.focus();
  }
});

addEventListener('popstate', () => location.reload());

let asking;
document.getElementById('line')?.addEventListener('input', (event) => {
  clearTimeout(asking);
  const typed = event.target.value;
  asking = setTimeout(async () => {
    const response = await fetch(`/complete?typed=${encodeURIComponent(typed)}`).catch(() => undefined);
    if (!response?.ok || event.target.value !== typed) return;
    const options = (await response.json()).map((line) => Object.assign(document.createElement('option'), { value: line }));
    document.getElementById('known').replaceChildren(...options);
  }, 120);
});

function online(yes) {
  const sign = document.getElementById('live');
  if (!sign) return;
  sign.hidden = false;
  sign.classList.toggle('off', !yes);
  sign.textContent = yes ? sign.dataset.on : sign.dataset.off;
}

const events = new EventSource('/events');
events.addEventListener('open', () => {
  online(true);
  void refresh();
});
events.addEventListener('error', () => online(false));
events.addEventListener('changed', () => void refresh());
setInterval(() => void refresh(), FALLBACK_MS);
