// @ts-check

/** The words of `data-alongside`, by their bits. */
export const MARK_WORDS = ['mask', 'block', 'hide', 'show', 'readonly'];
