// Runs inside the pages that the driver opens: reads them as a person does, and sends what an old screen would send.
const texts = (root) =>
  [...root.querySelectorAll(':scope > header, :scope > .blocks, :scope > footer')]
    .map((part) => {
      const copy = part.cloneNode(true);
      for (const hidden of copy.querySelectorAll('[aria-hidden], .sr, progress')) hidden.remove();
      for (const line of copy.querySelectorAll('p, li, dt, dd, pre, code, h2, h3, div')) line.append('\n');
      return copy.textContent.replaceAll(/[ \t]+/g, ' ').replaceAll(/\n[ \n]*/g, '\n').trim();
    })
    .join('\n');

const files = (article) =>
  [...article.querySelectorAll('figure[data-file]')].map((figure) => ({
    name: figure.dataset.file,
    alt: figure.querySelector('img')?.alt ?? figure.textContent.trim(),
    bytes: Number(figure.dataset.bytes),
  }));

const buttonsOf = (article) => [...article.querySelectorAll(':scope > .buttons form')];

const seen = (article, isPrivate) => ({
  message: {
    id: article.dataset.key,
    text: texts(article),
    buttons: buttonsOf(article).map((form) => form.querySelector('button').textContent),
    private: isPrivate,
    thread: [...article.querySelectorAll('details.thread > article')].map(texts),
    files: files(article),
    alerts: article.dataset.alerts === 'true',
  },
  sends: buttonsOf(article).map((form) => {
    const { verb, payload, channel } = form.elements;
    return [form.querySelector('button').textContent, { verb: verb.value, payload: payload.value, channel: channel.value }];
  }),
});

globalThis.zapas = {
  screen(channel) {
    // Pages show the newest first; a screen is read from the oldest on.
    const messages = [...document.querySelectorAll('main > article[data-key^="message-"]')].reverse();
    const notes = [...document.querySelectorAll(`aside article[data-channel="${channel}"]`)].reverse();
    return [...messages.map((one) => seen(one, false)), ...notes.map((one) => seen(one, true))];
  },
  form() {
    const dialog = document.querySelector('.dialog');
    if (!dialog) return undefined;
    const fields = [...dialog.querySelectorAll('[name^="field."]')].map((input) => ({
      name: input.name.slice('field.'.length),
      label: dialog.querySelector(`label[for="${input.id}"]`).firstChild.textContent.trim(),
      ...(input.tagName === 'SELECT' && { options: [...input.options].map(({ value }) => value).filter((value) => value !== '') }),
    }));
    const id = dialog.parentElement.dataset.hash;
    return { id, title: dialog.querySelector('h2').textContent, text: dialog.innerText, fields };
  },
  async send(path, values, times) {
    const nonce = document.querySelector('input[name="nonce"]').value;
    const body = new URLSearchParams({ ...values, nonce, back: location.pathname });
    const before = performance.now();
    const sent = Array.from({ length: times }, () => fetch(path, { method: 'POST', body }));
    const [{ url }] = await Promise.all(sent);
    return { ackMs: performance.now() - before, url };
  },
};
