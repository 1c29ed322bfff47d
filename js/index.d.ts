/** What `start` takes. */
export interface Options {
  /** Id of your deployment. */
  deployment: string;
  /** Origin of your hub, such as `https://hub.example`. */
  hub: string;
  /** `auto` (default): WebSocket, and long polling where that is blocked; or an object of your own. */
  transport?: 'auto' | 'websocket' | 'http' | Transport;
  /** Encoding of frames. Default: `binary`. */
  format?: 'binary' | 'json';
  /** `auto` (default): at load and at each navigation within the page; `once`: at load; `off`: by call only. */
  pageViews?: 'auto' | 'once' | 'off';
  /** Query parameters that hold a search term, at most 50. Default: `q`, `query`, `search`, `s`. */
  searchParameters?: string[];
  /** Query parameters whose values never leave the page, at most 50, besides a built-in list of credentials. */
  excludedParameters?: string[];
  /** Keep what follows `#` in addresses. Default: false. */
  keepFragment?: boolean;
  /** What agents see of a shared page. What people type in, passwords and payment cards are masked anyway. */
  masking?: Masking;
  /** How a page is shared with agents. */
  cobrowse?: Cobrowse;
  /** How visitors and agents write to each other. */
  messenger?: Messenger;
  /**
   * `frame`: the messenger, and what the browser keeps of the visitor, is in a frame of the hub's origin, which scripts of the page cannot read. The
   * commands that read or write messages are refused then (`isolated`), and `message` is not told. Default: `page`.
   */
  isolation?: 'page' | 'frame';
  /**
   * Origins of pages that may show this one to agents, as `https://shop.example`, where it is in a frame of theirs. It has no visitor of its own there,
   * and no messenger: only `on` and `stop` are for it, other commands are refused as `inside`. Default: none.
   */
  inside?: string[];
  /** Proves who the visitor is. With the script tag: `alongside('identity.provide', getToken)`. */
  getToken?: GetToken;
}

/**
 * Gives a token (JWT) of your site for the visitor, or null where nobody is signed in or nothing is known; errors are survived. It gets
 * 30 seconds, and for `step-up` ten minutes: then the visitor wants to sign in because an agent asked, and your page may show him how.
 * `start`: the page is online, or `identity.signIn` was called; `refresh`: the token expires soon; `expired`: the visitor is back after it
 * did; `rejected`: the hub did not take the last one, so give another one. A token for somebody else begins a new visitor.
 */
export type GetToken = (wish: { reason: 'start' | 'refresh' | 'expired' | 'step-up' | 'rejected' }) => Promise<Proof | null> | Proof | null;

/** A signed token (JWT), or an OpenID provider's code that the hub exchanges for one: good for once, with PKCE. */
export type Proof = string | { code: string; verifier: string; redirectUri: string };

/** Who the visitor is, as the customer's page hears it at each change. */
export interface IdentityState {
  /** `identified`: he was verified, and is no longer: his token expired, or nothing happened for too long. */
  status: 'anonymous' | 'identified' | 'verified';
  name?: string;
  /** Unix milliseconds. */
  expires?: number;
  /** The last token was not taken; nothing has changed by it. */
  error?: {
    /** `token-failed`: yours; `no-token`; `too-weak`: not what the agent asked for; `failed`: the hub cannot be reached; others are the hub's. */
    code: 'token-failed' | 'no-token' | 'too-weak' | 'failed' | 'rejected' | 'too-many-tries' | 'busy' | 'not-configured' | 'unavailable' | 'deployment' | 'bad-request';
    message: string;
  };
}

/** In the script tag: `data-launcher`, `data-launcher-pages`, `data-open-selector`, `data-home`, `data-position`, `data-theme`, `data-notifications`, `data-title`, `data-greeting`, `data-headless`. Its language is that of `cobrowse`. */
export interface Messenger {
  /**
   * `always` draws the button that opens the messenger; `demand` only once the visitor has a conversation, or a message waits for him; `never` (default)
   * leaves it to your own, which call `messenger.open`.
   */
  launcher?: 'always' | 'demand' | 'never';
  /** The button is drawn on pages for which one of these holds: rules as those of `cobrowse.pausePages`, such as `starts /shop`. Default: on all. */
  launcherPages?: string | string[];
  /** A selector of what in your pages opens the messenger when it is clicked; a link then leads nowhere. */
  openSelector?: string;
  /** Where both stand. `bottom-end` (default) is right, and left in pages that are written from right to left. */
  position?: 'bottom-end' | 'bottom-start' | 'bottom-right' | 'bottom-left';
  /** Default: as the visitor's device is set. */
  theme?: 'auto' | 'light' | 'dark';
  /** What a notification of the browser says, where the visitor wants them: who wrote what (`content`, default), or only that somebody did (`plain`). */
  notifications?: 'content' | 'plain';
  /** Stands over a conversation that nobody has taken yet. */
  title?: string;
  /** The panel begins with a home screen: greeting, hours, conversations that go on, earlier ones. Where there are several, it does as soon as there are two. Default: false. */
  home?: boolean;
  /** Stands in a thread that is empty. */
  greeting?: string;
  /** Texts of yours instead of the built-in ones, by their names in `js/messenger/words.js`. */
  labels?: Record<string, string | Partial<Record<Intl.LDMLPluralRule, string>>>;
  /** Nothing is drawn: your page does, by `messenger.view` and the events `messenger` and `message`. Default: false. */
  headless?: boolean;
}

/** How the conversation stands, as the customer's page hears it at each change. */
export interface MessengerState {
  stage: 'none' | 'waiting' | 'open' | 'ended';
  /** Who has it. */
  agent: string | null;
  /** Messages that the visitor has not read. */
  unread: number;
  isOpen: boolean;
}

/** What is to be seen of the thread. */
export interface MessengerView {
  top: {
    stage: MessengerState['stage'];
    link: 'online' | 'connecting' | 'offline' | 'refused';
    who?: { name: string; kind: 'agent' | 'bot' };
    /** 1 is the next one. */
    place?: number;
    /** Minutes, from and to. */
    wait?: [number, number];
    /** Who is writing. */
    typing?: string;
    unread: number;
    /** The conversation that is shown alone, as `messenger.choose` takes it; one that the next message begins has a `+` before it. Absent: all that there is. */
    front?: string;
    /** Conversations may go on at a time. */
    several?: true;
    /** Of `unread`, those in other conversations; where there are several. */
    elsewhere?: number;
    /** So many go on that none begins before one of them is over; where there are several. */
    isFull?: boolean;
    /** There are messages of any conversation before those that are known; where there are several. */
    hasOlder?: boolean;
    /** Whether there are messages before these. */
    earlier: 'none' | 'some' | 'loading';
    isLoading: boolean;
    /** Longest message in bytes of UTF-8. */
    limit: number;
    /** Largest file in bytes. */
    fileLimit: number;
    /** Whether somebody is at work. Absent where the hub knows no hours. */
    isOpen?: boolean;
    /** When somebody is, where nobody is: Unix milliseconds. */
    opensAt?: number;
    /** Messages are deleted after so many days. */
    keptDays?: number;
    /** Asked before the next message, which begins a conversation: a form, as `rich` has one. */
    preChat?: { form: Record<string, unknown> };
  };
  rows: MessengerRow[];
  uploads: MessengerUpload[];
}

/** One row of the thread; `after` is the key of the one before it. Rows of other kinds are to be passed over. */
export type MessengerRow = { key: string; after?: string } & (
  | { kind: 'day'; at: number }
  | { kind: 'new' }
  | { kind: 'event'; at: number; event: string; name?: string }
  | {
      kind: 'message';
      /** Unix milliseconds. */
      at: number;
      author: 'visitor' | 'agent' | 'bot';
      name?: string;
      /** Of those by one author within two minutes. */
      isFirst: boolean;
      isLast: boolean;
      /** Of the visitor's own. */
      state?: 'queued' | 'sending' | 'sent' | 'delivered' | 'read' | 'failed';
      /** Why it waits or failed: `too-fast`, `busy`, `not-permitted` ... */
      reason?: string;
      /** Seconds. */
      retryAfter?: number;
      /** Without the name of its file. */
      blocks: MessengerBlock[];
      /** What it offers besides its text, as in `src/protocol/rich.rs`; kinds that you do not know are to be passed over. */
      rich?: Record<string, unknown>;
      /** Whether that can still be answered, by `messenger.answer`. */
      isOpen?: boolean;
      file?: MessengerFile;
      /** What the first address in it leads to, as the hub found it; `image` is at the hub. */
      link?: { address: string; title: string; text?: string; site?: string; image?: string; width?: number; height?: number };
      /** It says how the conversation was: 1 to 5. */
      score?: number;
      /** It asks the visitor to sign in, and nothing has come of it yet: `messenger.signIn` or `messenger.notNow`. */
      asksToSignIn?: boolean;
    }
  /** The visitor is asked how the conversation was, from 1 to `best`: `messenger.rate`. */
  | { kind: 'rate'; best: number }
);

/** A conversation, with what was said last in it. */
export interface MessengerConversation {
  /** As `messenger.choose` takes it. */
  conversation: string;
  /** `none`: what begins it is not sent yet. */
  stage: MessengerState['stage'];
  unread: number;
  /** Who answered last. */
  name?: string;
  /** Unix milliseconds. */
  at?: number;
  author?: 'visitor' | 'agent' | 'bot';
  /** The beginning of it, at most 160 characters, without marks. */
  excerpt?: string;
}

/** A file of a message. Who has its address may read it. */
export interface MessengerFile {
  id: string;
  name: string;
  /** Its media type, by its bytes. */
  type: string;
  /** Bytes. */
  size: number;
  /** Of a picture that can be shown. */
  width?: number;
  height?: number;
  /** Only `clean` ones, and those that nobody scans, can be fetched. */
  scan?: 'pending' | 'clean' | 'infected';
  url: string;
  /** The picture, where this page has it itself. */
  preview: string | null;
}

/** A file on its way to the hub: it becomes a message, or stays and says why not. */
export interface MessengerUpload {
  key: string;
  name: string;
  size: number;
  preview: string | null;
  /** The conversation for which it was chosen, as `front` has it; empty: the one that goes on. */
  which: string;
  state: 'waiting' | 'sending' | 'checking' | 'failed';
  /** From 0 to 1. */
  done: number;
  /** `too-large`, `empty-file`, `kind-not-allowed`, `too-many-files`, `infected`, `offline`, `failed` and others. */
  reason: string | null;
  /** Another try makes no sense. */
  isFinal: boolean;
}

/** Formatted text, as nodes: it never holds HTML. */
export type MessengerBlock = { p: MessengerInline[] } | { list: MessengerInline[][]; first?: number } | { quote: MessengerBlock[] } | { code: string };
export type MessengerInline =
  | { text: string }
  | { strong: MessengerInline[] }
  | { em: MessengerInline[] }
  | { strike: MessengerInline[] }
  | { code: string }
  | { link: string; label: MessengerInline[] }
  | { br: true };

/** In the script tag: `data-language`, `data-agents-submit`, `data-allowed-origins`, `data-pause-pages`, `data-cookie-domain`, `data-frames`. */
export interface Cobrowse {
  /** `en`, `ja` or `ko`. Default: that of the page (`<html lang>`), else the browser's. */
  language?: string;
  /** Lets agents with the visitor's permission press buttons that send a form. Default: false. */
  agentsSubmit?: boolean;
  /** Other origins that agents with the visitor's permission may go to, as `https://pay.example`. Default: none. */
  allowedOrigins?: string[];
  /**
   * Pages that nobody sees, also in a session: page rules such as `starts /account` (`equals`, `contains`, `contains-not`, `starts`, `ends`,
   * and what the address without query, or the part after the origin where it begins with a slash, is compared with). In the script tag with
   * semicolons between them. With a rule that is none, nothing is shown. Default: none.
   */
  pausePages?: string[];
  /**
   * Origins of pages in frames of this one that agents see as well, as `https://pay.example`: those of them that run the SDK and name this
   * page's origin in `inside`. Such a page is masked by its own rules and by this page's. Others are a badge. Default: none.
   */
  frames?: string[];
  /** A shared session goes on at other sub-domains of this domain; it keeps a cookie there, one hour. Default: none. */
  cookieDomain?: string;
}

/** How far a shared session is, as the customer's page hears it. */
export interface CobrowseState {
  stage: 'idle' | 'asked' | 'joining' | 'live' | 'over';
  /** Why it is over. */
  reason?: 'visitor' | 'agent' | 'conversation' | 'transfer' | 'idle' | 'declined' | 'unanswered' | 'lost' | 'withdrawn';
}

/**
 * Masking by selectors; the same words work as `data-alongside="mask"` on an element. In the script tag:
 * `data-private-by-default`, `data-mask="..."` and so on. The hub's own rules come in addition. With a selector that is none, or is not
 * closed, nothing is shown, and `cobrowse.startWithCode` and the like are rejected with `bad-options`.
 */
export interface Masking {
  /** Masks all texts that no `show` covers. Default: false. */
  privateByDefault?: boolean;
  /** Shown as other characters, in the same layout. */
  mask?: string;
  /** Shown as an empty box. */
  block?: string;
  /** Left out. */
  hide?: string;
  /** Shown as it is, also in a page that is private by default. */
  show?: string;
  /** Shown, but not to be acted on. */
  readonly?: string;
}

/** A transport of your own: it carries messages to a backend that speaks the protocol. */
export interface Transport {
  /** Opens a socket and calls back; after `onclose`, or after `close()`, it must not call back again. */
  open(socket: {
    url: string;
    format: 'binary' | 'json';
    onopen(): void;
    onmessage(message: Uint8Array | ArrayBuffer | string): void;
    onclose(reason?: string): void;
  }): void;
  send(message: Uint8Array | string): void;
  close(): void;
}

/** How the link to the hub is doing. */
export interface Status {
  state: 'connecting' | 'online' | 'offline' | 'refused' | 'stopped';
  transport: 'websocket' | 'http' | 'custom';
  /** The visitor's public id, once the hub gave it. */
  visitor: string | null;
  visit: string | null;
  /** Events that the hub has not acknowledged. */
  queued: number;
  /** Events that were dropped because the queue (1,000 events or 256 KiB) was full. */
  dropped: number;
  /** Why the hub refused. */
  code?: string;
  reason?: string;
}

/** Every rejected promise carries one of these. */
export interface AlongsideError extends Error {
  code:
    | 'bad-options'
    | 'bad-argument'
    | 'unknown-command'
    | 'bad-name'
    | 'too-many-attributes'
    | 'empty-term'
    | 'queue-full'
    | 'stopped'
    | 'no-page'
    | 'no-visit'
    | 'empty-message'
    | 'too-long'
    | 'too-many-waiting'
    | 'not-asked'
    | 'isolated'
    | 'inside'
    | 'failed'
    | 'fatal';
}

/** Text, finite numbers and booleans; at most 40; names of 1 to 64 bytes. */
export type Attributes = Record<string, string | number | boolean>;

/** The one function: a command and its arguments. Calls made before the SDK is loaded are kept, at most 100. */
export interface Alongside {
  /** Records a page view; what is absent is read from the page. */
  (command: 'journey.pageView', page?: { url?: string; title?: string }): Promise<void>;
  /** Records a search on your site. */
  (command: 'journey.search', term: string): Promise<void>;
  /** Records an event of your own. */
  (command: 'journey.record', name: string, attributes?: Attributes): Promise<void>;
  /** Erases this visitor at the hub and in this browser. */
  (command: 'visitor.forget'): Promise<void>;
  /**
   * Uses a code that an agent told the visitor; without one, a dialog asks for it. The visitor is asked before anybody sees the page.
   * Rejected with `no-visit` before a page view was recorded.
   */
  (command: 'cobrowse.startWithCode', code?: string): Promise<void>;
  /** Shows the visitor a code that he tells an agent. Rejected with `no-visit` before a page view was recorded. */
  (command: 'cobrowse.showCode'): Promise<void>;
  /** Nothing leaves the page and nothing is done on it, until `cobrowse.goOn`. */
  (command: 'cobrowse.pause'): Promise<void>;
  (command: 'cobrowse.goOn'): Promise<void>;
  /** Ends the shared session. */
  (command: 'cobrowse.end'): Promise<void>;
  /** Opens the messenger's panel. Its code is fetched with the first of these commands. */
  (command: 'messenger.open' | 'messenger.close' | 'messenger.toggle'): Promise<void>;
  /** Draws the button that opens the messenger in this page, or does not, whatever the options say. */
  (command: 'messenger.showLauncher' | 'messenger.hideLauncher'): Promise<void>;
  /**
   * Says something in the visitor's name. It is kept in this browser until the hub has it.
   * Rejected with `empty-message`, `too-long` (4,096 bytes), `too-many-waiting` (50).
   */
  (command: 'messenger.say', text: string): Promise<void>;
  /** What is to be seen of the thread now. */
  (command: 'messenger.view'): Promise<MessengerView>;
  /** Those of which something is known, at most 100: first those in which something waits to be sent, then the latest first. Earlier ones come with `messenger.earlier`. */
  (command: 'messenger.conversations'): Promise<MessengerConversation[]>;
  /**
   * Puts a conversation in front: it is shown, and written in. `new`: the next message begins one, where there may be several; nothing: the one that goes on.
   * What is in front then, as `front` in `messenger.view` has it; empty: all that there is. Where there is one at a time, a page that draws the messenger
   * itself can have an earlier one shown alone, until something is said. Rejected with `bad-argument`.
   */
  (command: 'messenger.choose', conversation?: string): Promise<string>;
  /** For pages that draw the messenger: loads earlier messages; the end is in view; the visitor is typing. */
  (command: 'messenger.earlier' | 'messenger.seen' | 'messenger.typing'): Promise<void>;
  /** Sends files in the visitor's name: at most 10 MB each. How they are doing is in `messenger.view`. */
  (command: 'messenger.attach', files: File | File[] | FileList): Promise<void>;
  /** Sends a message or a file that failed again, or gives it up; `key` is that of its row or its upload. */
  (command: 'messenger.retry' | 'messenger.discard', key: string): Promise<void>;
  /** Chooses or fills in what the message of that key offers; `text` says the same in words. */
  (command: 'messenger.answer', key: string, values: Array<{ name?: string; value: string }>, text: string): Promise<void>;
  /** Says how the conversation was that is over, 1 to 5, and perhaps why. Rejected with `not-asked`. */
  (command: 'messenger.rate', score: number, comment?: string): Promise<void>;
  /** Ends the conversation; what the visitor writes then begins another one. */
  (command: 'messenger.end'): Promise<void>;
  /** The visitor signs in, as an agent asked him to: `getToken` is called with `step-up`. Whether he did; undefined without `getToken`. */
  (command: 'messenger.signIn'): Promise<boolean | undefined>;
  /** He does not. */
  (command: 'messenger.notNow'): Promise<void>;
  /** Proves who the visitor is from now on: `getToken` of the options. */
  (command: 'identity.provide', getToken: GetToken): Promise<void>;
  /** The visitor has signed in: asks for a token again. */
  (command: 'identity.signIn'): Promise<IdentityState>;
  /**
   * The visitor has signed out: from now on, in all tabs, he is a new one, and nothing of the old one is left in this browser. Resolves once
   * he is. The conversation stays with the agent.
   */
  (command: 'identity.signOut'): Promise<void>;
  /** How the link is doing now. */
  (command: 'status'): Promise<Status>;
  /** Listens: `status` at each change, `refused` when the hub refuses for good. */
  (command: 'on', event: 'status' | 'refused', listener: (status: Status) => void): Promise<void>;
  /** Listens: how far a shared session is, at each change. */
  (command: 'on', event: 'cobrowse', listener: (state: CobrowseState) => void): Promise<void>;
  /** Listens: how the conversation stands, at each change. */
  (command: 'on', event: 'messenger', listener: (state: MessengerState) => void): Promise<void>;
  /** Listens: who the visitor is, at each change. */
  (command: 'on', event: 'identity', listener: (state: IdentityState) => void): Promise<void>;
  /** Listens: a message for the visitor came just now. */
  (command: 'on', event: 'message', listener: (message: { name: string | null; text: string; conversation: string }) => void): Promise<void>;
  /** Listens: the SDK cannot run here, or stopped by a fault; page views are still sent. */
  (command: 'on', event: 'fatal', listener: (error: AlongsideError) => void): Promise<void>;
  /** Ends the SDK and leaves the page as it was. */
  (command: 'stop'): Promise<void>;
}

/**
 * Starts Alongside in this page; a second call returns what the first one started.
 * @throws AlongsideError `no-page` outside a browser page, `bad-options` without deployment or hub.
 */
export function start(options: Options): Alongside;

declare global {
  interface Window {
    /** Made by the script tag, under the name in `data-global`. */
    alongside?: Alongside;
  }
}
