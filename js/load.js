// @ts-check
// What is loaded only when somebody wants it; it lies beside the artefact that this is a part of, also for bundlers.

/** @type {Promise<typeof import('./mirror.js')> | undefined} */
let mirror;

/** Tells a page. Whoever asks while it loads, or later, gets the same one. */
export function loadMirror() {
  mirror ??= (async () => {
    const loaded = await import('./mirror.js');
    await loaded.default({ module_or_path: new URL('./mirror_bg.wasm', import.meta.url) });
    return loaded;
  })().catch((error) => {
    mirror = undefined;
    throw error;
  });
  return mirror;
}

/** Shares a page. @returns {Promise<typeof import('./cobrowse/begin.js').begin>} */
export async function loadSession() {
  const { default: ready, begin } = await import('./engage.js');
  await ready({ module_or_path: new URL('./engage_bg.wasm', import.meta.url) });
  return begin;
}

/** Does on a page what agents do. */
export const loadActor = async () => (await import('./act.js')).Actor;

/** What of the messenger not every visitor needs. */
export const loadExtras = () => import('./extras.js');

/** What visitors read in other languages than English. @type {Record<string, () => Promise<{words: Record<import('./messenger/words.js').Word, import('./surface/texts.js').Phrase>}>>} */
export const loadWords = { ja: () => import('./words-ja.js'), ko: () => import('./words-ko.js') };

/** Shows a mirrored page. */
export async function loadReplay() {
  const { default: ready, replay } = await import('./replay.js');
  await ready({ module_or_path: new URL('./replay_bg.wasm', import.meta.url) });
  return replay;
}
