// @ts-check
// An agent asked the visitor to sign in: he does so by the customer's page, or does not, and either is said in the thread.

import { button, make } from '../surface/make.js';

/** @param {import('./view.js').Kit} kit */
export function signIn({ say, commands }) {
  let isBusy = false;
  const note = make('p', { class: 'note', role: 'status' }, commands.signIn ? '' : say('signInHere'));
  const begin = button({
    name: 'sign-in', label: say('signIn'), kind: 'reply',
    act: async () => {
      if (isBusy) return;
      isBusy = true;
      note.textContent = '';
      const isDone = await commands.signIn?.();
      isBusy = false;
      if (!isDone) note.textContent = say('signInFailed');
    },
  });
  const later = button({ name: 'not-now', label: say('notNow'), kind: 'reply', act: () => commands.notNow?.() });
  return make('div', { class: 'choices', role: 'group', 'aria-label': say('signIn') }, commands.signIn && begin, later, note);
}
