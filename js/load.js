// @ts-check
// What is loaded only when somebody wants it; it lies beside the artefact that this is a part of, also for bundlers.

/** Tells a page. */
export async function loadMirror() {
  const loaded = await import('./mirror.js');
  await loaded.default({ module_or_path: new URL('./mirror_bg.wasm', import.meta.url) });
  return loaded;
}

/** Does on a page what agents do. */
export const loadActor = async () => (await import('./act.js')).Actor;

/** Shows a mirrored page. */
export async function loadReplay() {
  const { default: ready, replay } = await import('./replay.js');
  await ready({ module_or_path: new URL('./replay_bg.wasm', import.meta.url) });
  return replay;
}
