// @ts-check
// What the messenger draws, as the machine tells it, and what it asks of the machine. Types only.

/**
 * All that is not a row.
 * @typedef {object} Top
 * @property {'none' | 'waiting' | 'open' | 'ended'} stage
 * @property {'online' | 'connecting' | 'offline' | 'refused'} link
 * @property {{name: string, kind: 'agent' | 'bot'} | null} who answers
 * @property {number | null} place in line
 * @property {[number, number] | null} wait minutes, from and to
 * @property {string | null} typing who is
 * @property {number} unread messages
 * @property {'none' | 'some' | 'loading'} earlier messages than these
 * @property {boolean} isLoading the first history is not there yet
 * @property {number} limit bytes of a message
 * @property {number} [fileLimit] bytes of a file
 * @property {boolean | null} [isOpen] whether somebody is at work; null: nobody knows
 * @property {number | null} [opensAt] Unix milliseconds, where nobody is
 * @property {number | null} [keptDays] after which messages are deleted
 * @property {boolean} [several] conversations may go on at a time
 * @property {string | null} [front] the conversation that is shown alone; `+` before it: the next message begins it; null: all that there is
 * @property {number} [elsewhere] unread messages in other conversations
 * @property {boolean} [isFull] none begins before another one is over
 * @property {boolean} [hasOlder] there are earlier messages of any conversation
 * @property {{form: {title?: string, fields: import('./offers.js').Field[]}} | null} [preChat] asked before the next message, which begins a conversation
 */

/**
 * A row stands after the one with the key `after`; null: it is the first. Rows of kinds that are not known here are not shown.
 * @typedef {{key: string, after: string | null}} Placed
 * @typedef {Placed & {kind: 'day', at: number}} Day
 * @typedef {Placed & {kind: 'new'}} New
 * @typedef {Placed & {kind: 'rate', best: number}} Rate he is asked how it was, from 1 to `best`
 * @typedef {Placed & {kind: 'event', at: number, event: 'joined' | 'left' | 'transferred' | 'ended' | 'bot' | 'waiting' | 'signed-in' | 'sign-in-declined' | 'sign-in-expired', name: string | null}} Event
 * @typedef {'queued' | 'sending' | 'sent' | 'delivered' | 'read' | 'failed'} State
 * @typedef {object} Said
 * @property {'message'} kind
 * @property {number} at Unix milliseconds
 * @property {'visitor' | 'agent' | 'bot'} author
 * @property {string | null} name
 * @property {boolean} isFirst of its group
 * @property {boolean} isLast of its group
 * @property {State | null} state of the visitor's own
 * @property {string | null} reason why it failed: `too-long`, `too-many` or `refused`; or while it is queued, why it is not taken now: `too-fast` or `busy`
 * @property {number | null} retryAfter seconds until such a one is sent again
 * @property {Block[]} blocks
 * @property {import('./offers.js').Rich} [rich] what it offers besides
 * @property {boolean} [isOpen] whether that can still be answered
 * @property {boolean} [asksToSignIn] and that is still open
 * @property {Attached | null} [file]
 * @property {Linked | null} [link] what its first address leads to
 * @property {number | null} [score] it says how the conversation was, from 1 to 5
 * @typedef {Placed & Said} Message
 * @typedef {Day | New | Event | Rate | Message} Row
 */

/**
 * @typedef {{p: Inline[]} | {list: Inline[][], first: number | null} | {quote: Block[]} | {code: string}} Block `first`: an ordered list counts from it
 * @typedef {{text: string} | {strong: Inline[]} | {em: Inline[]} | {strike: Inline[]} | {code: string} | {link: string, label: Inline[]} | {br: true}} Inline
 */

/**
 * A file of a message.
 * @typedef {object} Attached
 * @property {string} id
 * @property {string} name
 * @property {string} type its media type
 * @property {number} size bytes
 * @property {number | null} [width] of a picture
 * @property {number | null} [height] of a picture
 * @property {'pending' | 'clean' | 'infected' | null} [scan] null: nobody looks at files
 * @property {string | null} [url] where the hub has it
 * @property {string | null} [preview] the picture, where this page has it itself
 */

/** @typedef {{address: string, title: string, text?: string, site?: string, image?: string, width?: number, height?: number}} Linked `image`: its address at the hub */

/**
 * A file on its way to the hub.
 * @typedef {object} Upload
 * @property {string} key
 * @property {string} name
 * @property {number} size bytes
 * @property {string | null} preview
 * @property {'waiting' | 'sending' | 'checking' | 'failed'} state
 * @property {string} which the conversation for which it was chosen, as `Top.front`
 * @property {number} done from 0 to 1
 * @property {string | null} reason why it failed: a code of the hub's, `offline` or `failed`
 * @property {boolean} isFinal another try makes no sense
 */

/** @typedef {{top: Top, rows?: Row[], gone?: string[]}} Change `rows`: new ones and changed ones, in order; `gone`: keys */

/**
 * @typedef {object} Commands
 * @property {(text: string) => boolean | string | void} say false, a code that says why, or an error, and the text stays in the composer
 * @property {(files: File[]) => void} attach
 * @property {(key: string) => void} retry of a message or an upload
 * @property {(key: string) => void} discard of a message or an upload
 * @property {() => void} typed at each input
 * @property {() => void} earlier loads more, upwards
 * @property {() => void} seen the end is in view, and the page is visible
 * @property {() => void} end the conversation
 * @property {() => void} transcript
 * @property {() => void} forget
 * @property {() => void} closed by the visitor
 * @property {(isOn: boolean) => void} setSound
 * @property {() => boolean} isSoundOn
 * @property {(key: string, values: import('./offers.js').Values, text: string) => void} [answer] what the message of that key offers; `text` says it in words
 * @property {() => import('./home.js').Known[]} [conversations] those that are known, the latest first
 * @property {(which: string) => void} [choose] what is in front: a conversation, `new`, or nothing for the current one
 * @property {() => string} [drafted] what was not sent yet in the conversation in front
 * @property {(values: Record<string, string>) => void} [filled] in before the conversation, all of it, by the names of the fields
 * @property {(score: number, comment: string) => void} [rate] how the conversation was that is over
 * @property {() => boolean} [canNotify] whether the browser has notifications, and has not refused them
 * @property {() => boolean} [isNotifying]
 * @property {() => void} [notify] of what comes while the page is not seen, or no longer
 * @property {() => Promise<boolean>} [signIn] by the customer's page, where it can; whether he did
 * @property {() => void} [notNow] he does not
 * @property {(text: string) => void} [draft] keeps what is not sent yet
 */

/**
 * @typedef {object} Options
 * @property {string} [language] such as `ja-JP`; otherwise the page's, otherwise the browser's
 * @property {Record<string, import('../surface/texts.js').Phrase>} [labels] words instead of the built-in ones, by their names in words.js
 * @property {'bottom-right' | 'bottom-left' | 'bottom-end' | 'bottom-start'} [position] default: `bottom-end`, in the page's direction
 * @property {'auto' | 'light' | 'dark'} [theme]
 * @property {string} [title] over a conversation in which nobody answers yet
 * @property {string} [greeting] where nothing was written yet
 * @property {string} [draft] what was not sent the last time
 * @property {boolean | string} [home] whether the panel begins with a home screen; as an attribute it is empty
 * @property {Record<string, string>} [filled] and what was filled in before it
 */

/** All that parts of the panel use. @typedef {{texts: import('./words.js').Texts, say: import('./words.js').Texts['say'], commands: Commands, later: import('./later.js').Later}} Kit */

export {};
