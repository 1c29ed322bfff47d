// @ts-check
// What is loaded only when somebody wants it; it lies beside the artefact that this is a part of, also for bundlers.

/** Shows a mirrored page. */
export async function loadReplay() {
  const { default: ready, replay } = await import('./replay.js');
  await ready({ module_or_path: new URL('./replay_bg.wasm', import.meta.url) });
  return replay;
}
