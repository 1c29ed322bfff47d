// How smooth a page is scrolled.

/** Frames a second while the wheel turns so often over what is at that place, by so many CSS pixels each. */
export async function frames(page, { x, y, by, turns }) {
  await page.mouse.move(x, y);
  await page.evaluate(() => {
    window.frames_ = [];
    const look = (now) => {
      window.frames_.push(now);
      window.looking = requestAnimationFrame(look);
    };
    window.looking = requestAnimationFrame(look);
  });
  for (let turn = 0; turn < turns; turn += 1) {
    await page.mouse.wheel(0, by);
    await page.waitForTimeout(16);
  }
  return page.evaluate(() => {
    cancelAnimationFrame(window.looking);
    const times = window.frames_;
    return ((times.length - 1) * 1000) / (times.at(-1) - times[0]);
  });
}
