// @ts-check
// What of a page opens the messenger besides its launcher, and where the launcher belongs as the address changes.

import { watchNavigation } from './host/page.js';

/**
 * @param {{launcherPages?: unknown, openSelector?: string}} options
 * @param {AbortSignal} signal
 * @param {{look(): void}} launcher
 * @param {() => void} open
 */
export function watchOpeners({ launcherPages, openSelector }, signal, launcher, open) {
  if (launcherPages) watchNavigation(false, signal, () => launcher.look());
  if (!openSelector) return;
  addEventListener('click', (event) => {
    if (!event.composedPath().some((part) => part instanceof Element && part.matches(openSelector))) return;
    // A link leads nowhere then.
    event.preventDefault();
    open();
  }, { signal });
}
