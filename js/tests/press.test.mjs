// Large frames are compressed on their way, and come in the order in which they went.

import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { test } from 'node:test';
import { inflateRawSync } from 'node:zlib';
import { Press } from '../mirror/press.js';

const frame = (kind, length) => {
  const bytes = new Uint8Array(length).map((_, at) => at % 100);
  bytes[0] = kind;
  return bytes;
};
const noise = (length) => {
  const bytes = new Uint8Array(randomBytes(length));
  bytes[0] = 1;
  return bytes;
};
/** The frames in one that came. */
function framesIn(bytes) {
  const whole = unpacked(bytes);
  if (whole[0] !== 8) return [whole];
  const frames = [];
  for (let at = 1; at < whole.length;) {
    let length = 0;
    for (let shift = 0; ; shift += 7) {
      length |= (whole[at] & 127) << shift;
      if (whole[at++] < 128) break;
    }
    frames.push(whole.subarray(at, at += length));
  }
  return frames;
}
const unpacked = (bytes) => (bytes[0] === 5 ? new Uint8Array(inflateRawSync(bytes.subarray(1))) : bytes);

function sent() {
  const frames = [];
  const press = new Press((bytes) => frames.push(bytes));
  const empty = async () => {
    while (press.waiting > 0) await new Promise((resolve) => setTimeout(resolve));
  };
  return { frames, press, empty };
}

test('frames come in order, whatever their size', async () => {
  const { frames, press, empty } = sent();
  const all = [frame(0, 9), frame(1, 60_000), frame(1, 20), frame(1, 5_000), frame(4, 32_000), noise(9_000), frame(2, 12)];
  for (const one of all) press.put(one);
  assert.deepEqual(frames, all.slice(0, 1), 'a small one before all others goes at once');
  await empty();
  assert.deepEqual(frames.map(unpacked), all);
  assert.deepEqual(frames.map((bytes) => bytes[0]), [0, 5, 1, 5, 4, 1, 2], 'large patches that get shorter are compressed, and nothing else');
  press.put(frame(1, 20));
  assert.equal(frames.length, 8);
});

test('what waits when it is cleared never comes, and what comes after it does', async () => {
  const { frames, press, empty } = sent();
  press.put(frame(1, 60_000));
  press.put(frame(1, 20));
  assert.equal(press.waiting, 60_020);
  press.clear();
  press.put(frame(1, 7_000));
  await empty();
  await new Promise((resolve) => setTimeout(resolve, 20));
  assert.deepEqual(frames.map(unpacked), [frame(1, 7_000)]);
});

test('of many slices the first goes alone, and others go together', async () => {
  const { frames, press, empty } = sent();
  const slices = Array.from({ length: 9 }, (_, at) => frame(at % 2 ? 7 : 1, 34_000 + at));
  const end = [frame(2, 12), frame(1, 5_000), frame(1, 6_000)];
  for (const slice of slices) press.put(slice, true);
  for (const one of end) press.put(one);
  await empty();
  assert.deepEqual(frames.flatMap(framesIn), [...slices, ...end]);
  assert.deepEqual(frames.map((bytes) => framesIn(bytes).length), [1, 4, 4, 1, 1, 1]);
  // Of the next page, too.
  press.put(slices[0], true);
  press.put(slices[1], true);
  press.put(noise(300_000), true);
  press.put(slices[2], true);
  press.put(slices[3], false);
  await empty();
  assert.deepEqual(frames.slice(6).map((bytes) => framesIn(bytes).length), [1, 1, 1, 2], 'none is longer than a frame may be');
});

test('small slices among large ones go with them, what is no patch does not', async () => {
  const { frames, press, empty } = sent();
  const slices = [frame(1, 9_000), frame(1, 30), frame(1, 9_001), frame(1, 20), frame(7, 21), frame(1, 9_002)];
  for (const slice of slices) press.put(slice, true);
  press.put(frame(1, 22));
  press.put(frame(1, 9_003), true);
  press.put(frame(4, 23), true);
  press.put(frame(1, 24), true);
  await empty();
  assert.deepEqual(frames.flatMap(framesIn), [...slices, frame(1, 22), frame(1, 9_003), frame(4, 23), frame(1, 24)]);
  assert.deepEqual(frames.map((bytes) => framesIn(bytes).length), [1, 1, 5, 1, 1, 1]);
});

test('slices that nothing follows go soon nevertheless, also where nothing compresses them', async () => {
  const { frames, press, empty } = sent();
  const slices = [frame(1, 9_000), noise(5_000), noise(5_001)];
  for (const slice of slices) press.put(slice, true);
  await empty();
  assert.deepEqual(frames.flatMap(framesIn), slices);
  assert.deepEqual(frames.map((bytes) => bytes[0]), [5, 8]);
});

test('a browser that cannot compress sends frames as they are', async () => {
  const { CompressionStream } = globalThis;
  delete globalThis.CompressionStream;
  try {
    const { Press: Plain } = await import('../mirror/press.js?plain');
    const frames = [];
    new Plain((bytes) => frames.push(bytes)).put(frame(1, 60_000));
    assert.deepEqual(frames, [frame(1, 60_000)]);
  } finally {
    globalThis.CompressionStream = CompressionStream;
  }
});

test('what fails to be compressed is sent as it is', async () => {
  const { CompressionStream } = globalThis;
  globalThis.CompressionStream = class extends CompressionStream {
    constructor(format) {
      super(format);
      this.readable.cancel('broken');
    }
  };
  try {
    const { Press: Broken } = await import('../mirror/press.js?broken');
    const frames = [];
    const press = new Broken((bytes) => frames.push(bytes));
    press.put(frame(1, 60_000));
    press.put(frame(1, 20));
    while (press.waiting > 0) await new Promise((resolve) => setTimeout(resolve));
    assert.deepEqual(frames, [frame(1, 60_000), frame(1, 20)]);
  } finally {
    globalThis.CompressionStream = CompressionStream;
  }
});
