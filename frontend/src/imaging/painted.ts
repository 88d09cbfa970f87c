/** Frames come every 16 ms; in a page that nobody sees there are none. */
const NO_FRAME_MS = 60;

/** Wait until the browser had time to put on the screen what was drawn. */
export const painted = (): Promise<void> =>
  new Promise((resolve) => {
    const late = setTimeout(resolve, NO_FRAME_MS);
    requestAnimationFrame(() => {
      setTimeout(() => {
        clearTimeout(late);
        resolve();
      });
    });
  });
