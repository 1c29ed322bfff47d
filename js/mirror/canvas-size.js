// @ts-check

/** Most pixels of a canvas' picture. */
const PIXELS = 2_100_000;

/** Pixels of its picture by pixel of a canvas, as both sides reckon it. @param {number} width @param {number} height */
export const scaleOf = (width, height) => Math.min(1, Math.sqrt(PIXELS / (width * height)));
