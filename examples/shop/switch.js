// @ts-check
// The demo's switch: shows this tab to agents, also after the next page has loaded. Who mirrors a page does not see it.

(() => {
  const KEY = 'alongside-demo:shown';
  const host = document.createElement('div');
  host.dataset.alongside = 'hide';
  const root = host.attachShadow({ mode: 'open' });
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(`
    :host { all: initial; position: fixed; inset: auto 16px 16px auto; z-index: 2147483647 }
    button {
      font: 14px/20px system-ui, sans-serif; padding: 8px 14px; border-radius: 999px; border: 1px solid #14161a; cursor: pointer;
      background: #fff; color: #14161a; box-shadow: 0 2px 8px rgb(20 22 26 / 20%)
    }
    button[aria-pressed='true'] { background: #17803d; border-color: #17803d; color: #fff }
    button:focus-visible { outline: 3px solid #2f5bea; outline-offset: 2px }
  `);
  root.adoptedStyleSheets = [sheet];
  const button = document.createElement('button');
  button.type = 'button';
  root.append(button);
  document.body.append(host);

  const draw = () => {
    const isShown = sessionStorage.getItem(KEY) !== null;
    button.setAttribute('aria-pressed', String(isShown));
    button.textContent = isShown ? 'Agents see this tab: stop' : 'Show this tab to agents';
  };
  const tell = () => {
    const command = sessionStorage.getItem(KEY) === null ? 'cobrowse.unshare' : 'cobrowse.share';
    const { alongside } = /** @type {any} */ (window);
    // The script tag is loaded at its own pace.
    if (!alongside) {
      setTimeout(tell, 50);
      return;
    }
    alongside(command).catch((/** @type {Error} */ error) => {
      sessionStorage.removeItem(KEY);
      draw();
      button.textContent = error.message;
    });
  };
  button.addEventListener('click', () => {
    if (sessionStorage.getItem(KEY) === null) sessionStorage.setItem(KEY, 'yes');
    else sessionStorage.removeItem(KEY);
    draw();
    tell();
  });
  draw();
  if (sessionStorage.getItem(KEY) !== null) tell();
})();
