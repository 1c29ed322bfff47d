// The demo customers sign in and out, and the SDK hears of it. Where the site's server knows no customers, nothing is shown.

/** @param {(key: string) => string} say @param {(name: string, attributes?: object, ...children: unknown[]) => HTMLElement} make */
export async function signIn(say, make) {
  if (!document.querySelector('meta[name=customers]')) return;
  const ask = async (path, method, body) => {
    const answer = await fetch(path, { method, ...(body && { body: JSON.stringify(body) }) });
    return answer.ok ? answer.json() : undefined;
  };
  const known = await ask('/session', 'GET').catch(() => {});
  if (!known) return;

  const summary = make('summary', { class: 'quiet' });
  const menu = make('div');
  const details = make('details', { class: 'help', id: 'customer' }, summary, menu);
  document.getElementById('language').before(details);
  let name = known.name;
  const draw = () => {
    details.open = false;
    summary.textContent = name ?? say('signIn');
    const leaving = make('button', { class: 'quiet', onclick: leave }, say('signOut'));
    const entering = async (customer) => {
      await enter(customer);
      await window.alongside?.('identity.signIn');
    };
    menu.replaceChildren(...(name ? [leaving] : choices(entering)));
  };
  const choices = (chosen) =>
    [['mika', 'Mika Tanaka'], ['jun', 'Jun Park']].map(([customer, label]) => make('button', { class: 'quiet', onclick: () => chosen(customer) }, label));
  const enter = async (customer) => {
    name = (await ask('/session', 'POST', { customer }))?.name ?? null;
    draw();
  };
  const leave = async () => {
    await ask('/session', 'DELETE');
    name = null;
    draw();
    // The next one at this computer sees nothing of this one.
    await window.alongside?.('identity.signOut');
  };
  /** Whether the customer says once more that it is he. It stands above all else, the messenger too. */
  const confirm = () =>
    new Promise((resolve) => {
      const dialog = make('dialog', { class: 'confirm', 'aria-labelledby': 'is-it-you' }, make('h2', { id: 'is-it-you' }, say('isItYou')));
      const entering = async (customer) => {
        await enter(customer);
        dialog.close('yes');
      };
      const yes = make('button', { class: 'button', onclick: () => dialog.close('yes') }, say('itIsMe'));
      dialog.append(...(name ? [make('p', {}, name), yes] : choices(entering)), make('button', { class: 'quiet', onclick: () => dialog.close() }, say('notNow')));
      dialog.addEventListener('close', () => {
        dialog.remove();
        resolve(dialog.returnValue === 'yes');
      });
      document.body.append(dialog);
      dialog.showModal();
    });
  const getToken = async ({ reason }) => {
    const isConfirmed = reason === 'step-up' && (await confirm());
    if (reason === 'step-up' && !isConfirmed) return null;
    return (await ask('/token', 'POST', { isConfirmed }))?.token ?? null;
  };
  draw();
  const begin = () => window.alongside?.('identity.provide', getToken);
  // The SDK's script is there when the page has loaded, or never.
  if (document.readyState === 'complete') begin();
  else addEventListener('load', begin, { once: true });
}
