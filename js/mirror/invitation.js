// @ts-check
// What crosses between a page and the page around it, of another site, so that the one is shown in the other.

/** To the page around it: a page is there that runs the SDK. */
export const ANNOUNCEMENT = 'alongside:here';

/** The name of what is sent to the page in a frame, with a port: how it is to mask, `{isPrivate, selectors}`. */
export const INVITATION = 'alongside:tell';

/** Over the port, both ways: are you there, I am. Besides it carries frames one way, and the other how many bytes were taken, hashes that are wanted, `{draw: hash}` for what is drawn now in its place, and null at the end. */
export const PING = 0;

/** Over the port to the page in the frame: somebody was not there. */
export const AGAIN = true;
