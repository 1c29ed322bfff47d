// @ts-check
// The sound of a message: two short tones, made here, so that no file is fetched.

/** Hertz, and when each begins in seconds. */
const TONES = [[660, 0], [880, 0.09]];

/** How loud, of 1. */
const GAIN = 0.06;

/** Where the browser lets a page make sounds: after the visitor has used it. */
export function chime() {
  try {
    const context = new AudioContext();
    if (context.state !== 'running') return void context.close();
    for (const [frequency, start] of TONES) {
      const gain = new GainNode(context, { gain: 0 });
      const tone = new OscillatorNode(context, { frequency });
      const at = context.currentTime + start;
      gain.gain.linearRampToValueAtTime(GAIN, at + 0.01);
      gain.gain.linearRampToValueAtTime(0, at + 0.18);
      tone.connect(gain).connect(context.destination);
      tone.start(at);
      tone.stop(at + 0.2);
      tone.onended = start > 0 ? () => void context.close() : null;
    }
  } catch {
    // Silence is no fault.
  }
}
