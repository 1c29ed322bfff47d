// What exists only once it is built: the glue that wasm-bindgen makes, and the bundle of core.js around it.

declare module 'alongside-wasm' {

  export default function init(options: { module_or_path: string | URL }): Promise<unknown>;
  /** `src/browser/mirror.rs` */
  export class Mirror {
    /** `key`: four random numbers */
    constructor(isPrivate: boolean, key: Uint32Array);
    begin(width: number, height: number, isQuirky: boolean, device: number, ratio: number): void;
    handle(numbers: Uint32Array, text: Uint8Array, names: string): Uint32Array;
    flush(): Uint32Array;
    /** False when it is to be called again. */
    check(): boolean;
    frame(): Uint8Array | undefined;
    fetch(): string | undefined;
    offer(number: number, hash: Uint8Array, kind: number): void;
    /** Of a canvas; without a hash, why there is none. */
    picture(node: number, hash: Uint8Array, kind: number): void;
    asset(hash: Uint8Array, at: number, isLast: boolean, bytes: Uint8Array): void;
  }
  /** `src/browser/share.rs`; times are in milliseconds. */
  export class Share {
    constructor(isJson: boolean);
    share(visit: string): boolean;
    unshare(): void;
    handleOnline(): void;
    handleOffline(): void;
    handleText(text: string, now: number): void;
    handleBytes(bytes: Uint8Array, now: number): void;
    handleFrame(frame: Uint8Array): void;
    handleTimeout(now: number): void;
    pollTimeout(now: number): number | undefined;
    poll(): Wish;
    text(): string | undefined;
    bytes(): Uint8Array | undefined;
    hash(): string;
  }
  export enum Wish {
    None,
    Send,
    Begin,
    End,
    Give,
  }
  /** `src/browser/replay.rs` */
  export class Replay {
    constructor(painter: unknown);
    handle(frame: Uint8Array): boolean;
    wants(): string[];
  }
  /** `src/api`: what it refuses is thrown as a string, `code: message`. */
  export class Core {
    constructor(host: unknown, deployment: string, transport: string, isJson: boolean, keepsFragment: boolean, excluded: string);
  }
}
