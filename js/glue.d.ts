// What exists only once it is built: the glue that wasm-bindgen makes, and the bundle of core.js around it.

declare module 'alongside-wasm' {

  export default function init(options: { module_or_path: string | URL }): Promise<unknown>;
  /** `src/browser/mirror.rs` */
  export class Mirror {
    /** `key`: five random numbers; `after`: the last epoch of the mirror that was before */
    constructor(isPrivate: boolean, key: Uint32Array, after: number);
    begin(width: number, height: number, isQuirky: boolean, device: number, ratio: number): void;
    handle(numbers: Uint32Array, text: Uint8Array, names: string): Uint32Array;
    flush(): Uint32Array;
    /** Begins to tell again what was told, but for what is known. */
    retell(known: Uint8Array): Uint32Array;
    /** False when it is to be called again. */
    retellMore(): boolean;
    /** `begin` is to follow. */
    mask(isPrivate: boolean): void;
    /** False when it is to be called again. */
    check(): boolean;
    frame(): Uint8Array | undefined;
    fetch(): string | undefined;
    offer(number: number, hash: Uint8Array, kind: number): void;
    /** Of a canvas; without a hash, why there is none. */
    picture(node: number, hash: Uint8Array, kind: number): void;
    asset(hash: Uint8Array, at: number, isLast: boolean, bytes: Uint8Array): void;
    /** Whether something in what was told stands for that page. */
    inner(node: number, frame: Uint8Array): boolean;
    epoch(): number;
    /** Bits: 1 masked, 2 its value is not seen, 4 read-only; nothing where it was not told. */
    guards(node: number): number | undefined;
    fingerprint(node: number): number | undefined;
    outline(node: number): number | undefined;
  }
  /** `src/browser/messenger.rs`; times are in milliseconds. */
  export class Conversation {
    /** `stored`: a line of id and text for each; `offset`: minutes ahead of UTC. */
    constructor(isJson: boolean, stored: string, offset: number);
    handleOnline(now: number): void;
    handleOffline(): void;
    handleText(text: string, now: number): void;
    handleBytes(bytes: Uint8Array, now: number): void;
    /** A code where it is not taken. */
    say(text: string, id: Uint8Array, wall: number, now: number): string | undefined;
    answer(answer: string, text: string, id: Uint8Array, wall: number, now: number): string | undefined;
    /** `file`: its id, name, media type, and for which conversation it was chosen, each on a line; `pixels`: width and height, 0 for what is no picture. A code where it is not taken. */
    sendFile(file: string, size: number, pixels: Uint32Array, id: Uint8Array, wall: number, now: number): string | undefined;
    /** Whether anything was said; absent while nobody knows. */
    hasTalk(): boolean | undefined;
    /** A code where it is not taken. */
    rate(score: number, comment: string, id: Uint8Array, wall: number, now: number): string | undefined;
    /** `filled`: JSON of an answer to any message. */
    fill(filled: string): boolean;
    /** `which`: nothing for the current conversation, or an id, with a `+` before that of one that begins. Whether it could be read. */
    choose(which: string): boolean;
    /** As `choose` takes it. */
    front(): string;
    /** JSON of the conversations that are known. */
    conversations(): string;
    /** Bytes of the largest file. */
    fileLimit(): number;
    retry(id: string, now: number): void;
    discard(id: string): void;
    handleStored(id: string, text: string | undefined, now: number): void;
    typed(now: number): void;
    earlier(): void;
    handleShown(): void;
    handleHidden(): void;
    handleSeen(): void;
    finish(): void;
    declineSignIn(): void;
    handleTimeout(now: number): void;
    pollTimeout(now: number): number | undefined;
    poll(): Todo;
    text(): string | undefined;
    bytes(): Uint8Array | undefined;
    id(): string;
    kept(): string | undefined;
    incoming(): string;
    changes(link: string, now: number): string;
    whole(link: string, now: number): string;
    standing(): string;
    unread(): number;
  }
  export enum Todo { None, Send, Keep, Drop, Announce, Draw }
  /** `src/browser/cobrowse.rs`; times are in milliseconds. */
  export class Cobrowse {
    constructor(isJson: boolean);
    resume(kept: string, now: number): boolean;
    handleVisit(visit?: string): void;
    handleForgotten(): void;
    makeCode(visit: string): void;
    useCode(code: string, visit: string): void;
    accept(key: Uint8Array): void;
    decline(): void;
    dismiss(): void;
    decide(isGranted: boolean, now: number): void;
    revoke(): void;
    pause(now: number): void;
    /** One rule a line; false where one of them is none. */
    handlePage(rules: string, address: string, now: number): boolean;
    isPrivatePage(): boolean;
    isPrivate(): boolean;
    /** One rule a line: a word, a space, a selector. */
    selectors(address: string): string | undefined;
    goOn(now: number): void;
    end(): void;
    handleInput(now: number): void;
    handleVisibility(isVisible: boolean, now: number): void;
    point(node: number | undefined, x: number, y: number, isPressed: boolean, now: number): void;
    draw(number: number, tool: string, points: Uint32Array): void;
    erase(): void;
    handleOnline(): void;
    handleOffline(now: number): void;
    handleText(text: string, now: number): void;
    handleBytes(bytes: Uint8Array, now: number): void;
    handleFrame(frame: Uint8Array): void;
    handleTimeout(now: number): void;
    pollTimeout(now: number): number | undefined;
    poll(): Wish;
    known(): Uint8Array;
    hash(): string;
    text(): string | undefined;
    bytes(): Uint8Array | undefined;
    kept(): string;
    act(): string;
    within(): number | undefined;
    proposes(): boolean;
    judge(facts: number, lead: number, submits: boolean): string | undefined;
    done(outcome: string): void;
    doneLater(agent: number, number: number, outcome: string): void;
    sign(): string;
    stage(): string;
    told(now: number): string;
    isSharing(): boolean;
    isOnline(): boolean;
    latency(): number | undefined;
    objection(): string | undefined;
    retryAfter(): number | undefined;
    code(): string | undefined;
    codeEndsIn(now: number): number | undefined;
  }
  export enum Wish {
    None,
    Send,
    Begin,
    Retell,
    Hold,
    End,
    Mask,
    Give,
    Draw,
    Remember,
    Forget,
    Perform,
    Show,
    Changed,
  }
  /** `src/browser/replay.rs` */
  export class Replay {
    constructor(painter: unknown);
    handle(frame: Uint8Array): boolean;
    wants(): string[];
    /** What to ask the mirror for; nothing: a beginning. */
    ask(): Uint8Array | undefined;
  }
  /** `src/api`: what it refuses is thrown as a string, `code: message`. */
  export class Core {
    constructor(host: unknown, deployment: string, transport: string, isJson: boolean, keepsFragment: boolean, excluded: string);
  }
}
